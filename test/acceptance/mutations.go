package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

// unreachable are the changes that turn no row red, by how their names begin or what is in them, and why. One that turns
// a row red has no place here.
func unreachable() map[string]string {
	const (
		unprovoked = "nothing that a client sends provokes it"
		noTLS      = "the local run serves plain HTTP, and takes it for TLS 1.2"
	)
	reasons := map[string]string{
		"bucket policy: DenyOldTLS removed":            noTLS,
		"bucket policy: DenyPlainHTTP removed":         noTLS,
		"bucket policy: DenySignatureVersion2 removed": "the local store knows Signature Version 4 only, so it refuses by itself",
		"bucket policy: DenyPresignedPOST removed":     "the local store asks the role for a right on the bucket, which it has not, where S3 asks for one on the object",
		"DenyDeletionBySigners removed":                "the other roles do not allow it either; test/iam judges the statement by itself",
		"DenyDeletionOfVersionsBySigners removed":      "no role allows it either; test/iam judges the statement by itself",
	}
	for _, response := range []string{
		"ACCESS_DENIED", "API_CONFIGURATION_ERROR", "AUTHORIZER_CONFIGURATION_ERROR", "AUTHORIZER_FAILURE", "BAD_REQUEST_PARAMETERS",
		"DEFAULT_4XX", "DEFAULT_5XX", "EXPIRED_TOKEN", "INTEGRATION_FAILURE", "INTEGRATION_TIMEOUT", "INVALID_API_KEY",
		"INVALID_SIGNATURE", "QUOTA_EXCEEDED", "RESOURCE_NOT_FOUND", "UNSUPPORTED_MEDIA_TYPE", "WAF_FILTERED",
	} {
		reasons["gateway response "+response+" removed"] = unprovoked
	}
	return reasons
}

// excuse is why a change turns no row red, or "".
func excuse(change string) string {
	for part, reason := range unreachable() {
		if strings.Contains(change, part) {
			return reason
		}
	}
	return ""
}

// shown is how many red rows of a change are named. More would differ with what happens at the same time.
const shown = 3

// mutations sends the rows to the local run of the dev stage with one thing in its template changed, for each thing,
// and compares what turns red with the file beside this program; or writes that file.
func mutations(ctx context.Context, root, write string) error {
	program, err := os.Executable()
	if err != nil {
		return err
	}
	scratch, err := os.MkdirTemp("", "mutations")
	if err != nil {
		return err
	}
	defer os.RemoveAll(scratch)
	l := lab{program: program, assembly: filepath.Join(root, "build", "local-assembly"), scratch: scratch}
	unchanged, file, err := l.load()
	if err != nil {
		return err
	}
	l.file = file
	base, err := l.red(ctx, 0, unchanged)
	if err != nil {
		return fmt.Errorf("the template as it is: %w", err)
	}
	changes := unchanged.mutants()
	found := make([]string, len(changes))
	wrong := make([]error, len(changes))
	places := make(chan struct{}, 2)
	var wait sync.WaitGroup
	for i, m := range changes {
		places <- struct{}{}
		wait.Go(func() {
			defer func() { <-places }()
			found[i], wrong[i] = l.line(ctx, i+1, m, base)
			fmt.Fprintln(os.Stderr, found[i])
		})
	}
	wait.Wait()
	if err := errors.Join(append(wrong, ctx.Err())...); err != nil {
		return err
	}
	text := describe("the template as it is", base) + "\n" + strings.Join(found, "\n") + "\n"
	if write != "" {
		return os.WriteFile(write, []byte(text), 0o600)
	}
	golden, err := os.ReadFile(filepath.Join(root, "test", "acceptance", "testdata", "mutations.golden"))
	if err == nil && text != string(golden) {
		err = fmt.Errorf("other rows are red than testdata/mutations.golden says:\n%s", text)
	}
	return err
}

// lab runs this program on changed copies of an assembly.
type lab struct{ program, assembly, file, scratch string }

// load reads the assembly's template.
func (l lab) load() (template, string, error) {
	files, err := filepath.Glob(filepath.Join(l.assembly, "*.template.json"))
	if err != nil || len(files) != 1 {
		return nil, "", fmt.Errorf("%s: got %d templates, want one (%w)", l.assembly, len(files), err)
	}
	text, err := os.ReadFile(files[0])
	if err != nil {
		return nil, "", err
	}
	var t template
	return t, filepath.Base(files[0]), json.Unmarshal(text, &t)
}

// line says what a change turns red, and is an error if that is nothing and nobody knows why.
func (l lab) line(ctx context.Context, number int, m mutant, base []string) (string, error) {
	red, err := l.red(ctx, number, m.template)
	if err != nil {
		return "", fmt.Errorf("%s: %w", m.name, err)
	}
	red = slices.DeleteFunc(red, func(row string) bool { return slices.Contains(base, row) })
	reason := excuse(m.name)
	switch {
	case len(red) == 0 && reason == "":
		return "", fmt.Errorf("%s: no row is red", m.name)
	case len(red) == 0:
		return m.name + ": not reached, because " + reason, nil
	case reason != "":
		return "", fmt.Errorf("%s: %s is red, and unreachable says that %s", m.name, red[0], reason)
	}
	return describe(m.name, red), nil
}

func describe(name string, red []string) string {
	more := ""
	if len(red) > shown {
		red, more = red[:shown], ", and more"
	}
	if len(red) == 0 {
		return name + ": nothing is red"
	}
	return name + ": " + strings.Join(red, ", ") + more
}

// red serves a template in a process of its own, because one runs one S3 gateway, and returns the red rows.
func (l lab) red(ctx context.Context, number int, t template) ([]string, error) {
	dir := filepath.Join(l.scratch, fmt.Sprint(number))
	defer os.RemoveAll(dir)
	if err := os.CopyFS(dir, os.DirFS(l.assembly)); err != nil {
		return nil, err
	}
	text, err := json.Marshal(t)
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(filepath.Join(dir, l.file), text, 0o600); err != nil {
		return nil, err
	}
	file := filepath.Join(dir, "report.json")
	command := exec.CommandContext(ctx, l.program, "-local", dir, "-report", file)
	out, _ := command.CombinedOutput() // red rows are an error too
	document, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("no report:\n%.2000s", out)
	}
	var r report
	if err := json.Unmarshal(document, &r); err != nil {
		return nil, err
	}
	var red []string
	for _, o := range r.Rows {
		if len(o.Failures) > 0 {
			red = append(red, o.Row)
		}
	}
	return red, nil
}
