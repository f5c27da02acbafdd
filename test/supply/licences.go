package main

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"example.com/presigned/test/supply/inventory"
	"example.com/presigned/test/supply/licence"
)

// shippedGo are the main packages that are handed out, by the folder of their module.
func shippedGo() map[string]string {
	return map[string]string{".": "./lambda", "client": "./cmd/presigned"}
}

func licences(root string, out io.Writer) error {
	sets, err := installed(root)
	if err != nil {
		return err
	}
	python, err := pythonSets(root)
	if err != nil {
		return err
	}
	sets = append(sets, python...)
	count := 0
	for _, set := range sets {
		count += len(set.Components)
	}
	return report(fmt.Sprintf("licences: %d dependencies in %d sets", count, len(sets)), licence.Check(sets, licence.Exceptions()), out)
}

// installed reads Go modules from the module cache and npm packages from their lock files.
func installed(root string) ([]licence.Set, error) {
	var sets []licence.Set
	for dir, main := range shippedGo() {
		found, err := inventory.GoModules(filepath.Join(root, dir), false, main)
		if err != nil {
			return nil, err
		}
		sets = append(sets, licence.Set{Name: "Go, " + filepath.Join(dir, main), Components: found, Ships: true})
	}
	for _, dir := range goModules() {
		found, err := inventory.GoModules(filepath.Join(root, dir), true, "./...")
		if err != nil {
			return nil, err
		}
		sets = append(sets, licence.Set{Name: "Go, tools and tests of " + dir, Components: found})
	}
	page, tools, err := inventory.NPM(filepath.Join(root, "web", "package-lock.json"))
	if err != nil {
		return nil, err
	}
	sets = append(sets, licence.Set{Name: "npm, web page", Components: page, Ships: true},
		licence.Set{Name: "npm, tools of web", Components: tools})
	for _, dir := range npmTools() {
		runs, tools, err := inventory.NPM(filepath.Join(root, dir, "package-lock.json"))
		if err != nil {
			return nil, err
		}
		sets = append(sets, licence.Set{Name: "npm, " + dir, Components: append(runs, tools...)})
	}
	return sets, nil
}

// pythonSets needs what `make verify` and `make deploy-emulated` install.
func pythonSets(root string) ([]licence.Set, error) {
	var sets []licence.Set
	for _, dir := range pythonTools() {
		venv := filepath.Join(root, "build", "venv", strings.TrimPrefix(dir, "test/"))
		found, err := inventory.Python(filepath.Join(root, dir, "requirements.txt"), venv)
		if err != nil {
			return nil, err
		}
		sets = append(sets, licence.Set{Name: "Python, " + dir, Components: found})
	}
	return sets, nil
}
