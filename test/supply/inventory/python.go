package inventory

import (
	"fmt"
	"net/mail"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

var (
	separators  = regexp.MustCompile(`[-_.]+`)
	requirement = regexp.MustCompile(`(?m)^([A-Za-z0-9._-]+)==(\S+)`)
)

// Python returns the requirements of a file with the licence that each says of itself in a virtual environment where
// they are installed. Metadata of Python has the licence in one of three places.
func Python(requirements, venv string) ([]Component, error) {
	text, err := os.ReadFile(requirements)
	if err != nil {
		return nil, err
	}
	licences, err := installed(venv)
	if err != nil {
		return nil, err
	}
	var found []Component
	for _, m := range requirement.FindAllStringSubmatch(string(text), -1) {
		name := canonical(m[1])
		licence, ok := licences[name+"=="+m[2]]
		if !ok {
			return nil, fmt.Errorf("%s==%s of %q is not in %q", name, m[2], requirements, venv)
		}
		found = append(found, Component{Ecosystem: "pypi", Name: name, Version: m[2], Licence: licence})
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("%q has no requirement", requirements)
	}
	return found, nil
}

func canonical(name string) string { return strings.ToLower(separators.ReplaceAllString(name, "-")) }

// installed maps name==version to licence.
func installed(venv string) (map[string]string, error) {
	paths, err := filepath.Glob(filepath.Join(venv, "lib/python*/site-packages/*.dist-info/METADATA"))
	if err != nil {
		return nil, err
	}
	licences := map[string]string{}
	for _, path := range paths {
		file, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		m, err := mail.ReadMessage(file) // the same format: RFC 822 headers
		_ = file.Close()
		if err != nil {
			return nil, fmt.Errorf("read %q: %w", path, err)
		}
		licences[canonical(m.Header.Get("Name"))+"=="+m.Header.Get("Version")] = licenceOf(m.Header)
	}
	return licences, nil
}

func licenceOf(h mail.Header) string {
	if expression := h.Get("License-Expression"); expression != "" {
		return expression
	}
	if text := h.Get("License"); text != "" && len(text) < 60 { // longer is the licence itself
		return text
	}
	for _, c := range h["Classifier"] {
		if strings.HasPrefix(c, "License :: ") {
			_, last := cutLast(c, " :: ")
			return last
		}
	}
	return ""
}
