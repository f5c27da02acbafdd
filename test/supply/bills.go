package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"

	cdx "github.com/CycloneDX/cyclonedx-go"

	"example.com/presigned/test/supply/inventory"
	"example.com/presigned/test/supply/sbom"
)

// bills writes a bill of materials for each thing that is handed out, and checks it against CycloneDX's schema.
func bills(root, assembly, output string, out io.Writer) error {
	licences, err := licencesByModule(root)
	if err != nil {
		return err
	}
	function, err := sbom.Function(filepath.Join(root, assembly))
	if err != nil {
		return err
	}
	artifacts := map[string]func(string) (*cdx.BOM, error){
		"function": func(name string) (*cdx.BOM, error) { return sbom.OfBinary(name, function, licences) },
		"presigned": func(name string) (*cdx.BOM, error) {
			return sbom.OfBinary(name, filepath.Join(root, "build", "presigned"), licences)
		},
		"page": func(name string) (*cdx.BOM, error) {
			return sbom.OfPage(name, filepath.Join(root, "web", "package-lock.json"))
		},
	}
	schema, err := sbom.Schema(filepath.Join(root, "test"))
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Join(root, output), 0o750); err != nil {
		return err
	}
	for name, describe := range artifacts {
		bom, err := describe(name)
		if err != nil {
			return err
		}
		document, err := sbom.Encode(bom)
		if err != nil {
			return err
		}
		if err := sbom.Validate(schema, document); err != nil {
			return fmt.Errorf("bill of %s: %w", name, err)
		}
		path := filepath.Join(output, name+".cdx.json")
		if err := os.WriteFile(filepath.Join(root, path), document, 0o600); err != nil {
			return err
		}
		fmt.Fprintf(out, "%s: %d components\n", path, len(*bom.Components))
	}
	return nil
}

// licencesByModule reads the licence of each Go module that ships.
func licencesByModule(root string) (map[string]string, error) {
	found := map[string]string{}
	for dir, main := range shippedGo() {
		modules, err := inventory.GoModules(filepath.Join(root, dir), false, main)
		if err != nil {
			return nil, err
		}
		for _, m := range modules {
			found[m.Name] = m.Licence
		}
	}
	return found, nil
}
