// Package sbom writes the CycloneDX bill of materials of what ships, the same bytes for the same artifact.
package sbom

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"strings"

	cdx "github.com/CycloneDX/cyclonedx-go"

	"example.com/presigned/test/supply/inventory"
)

// OfBinary describes a Go binary by what the linker wrote into it: the modules, and Go's own library, which has
// vulnerabilities like any other. licences has a licence for the name of each module.
func OfBinary(name, path string, licences map[string]string) (*cdx.BOM, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	goVersion, linked, err := inventory.Linked(path)
	if err != nil {
		return nil, fmt.Errorf("read the modules of %q: %w", path, err)
	}
	for i, c := range linked {
		linked[i].Licence = licences[c.Name]
	}
	release, _, _ := strings.Cut(strings.TrimPrefix(goVersion, "go"), " ") // experiments follow
	std := inventory.Component{Ecosystem: "golang", Name: "std", Version: release, Licence: "BSD-3-Clause"}
	sum := sha256.Sum256(text)
	bom := of(name, append([]inventory.Component{std}, linked...))
	bom.Metadata.Component.Hashes = &[]cdx.Hash{{Algorithm: cdx.HashAlgoSHA256, Value: hex.EncodeToString(sum[:])}}
	return bom, nil
}

// OfPage describes the web page by what its lock file installs for it: what the bundle holds is among that.
func OfPage(name, lock string) (*cdx.BOM, error) {
	ships, _, err := inventory.NPM(lock)
	if err != nil {
		return nil, err
	}
	return of(name, ships), nil
}

// of leaves out what would differ between two runs: a serial number and a timestamp.
func of(name string, components []inventory.Component) *cdx.BOM {
	bom := cdx.NewBOM()
	bom.Metadata = &cdx.Metadata{Component: &cdx.Component{
		BOMRef: name, Type: cdx.ComponentTypeApplication, Name: name,
		Licenses: &cdx.Licenses{{License: &cdx.License{ID: "MIT"}}},
	}}
	listed, seen := []cdx.Component{}, map[string]bool{}
	for _, c := range components {
		if !seen[c.PURL()] { // npm may install one package in two folders
			seen[c.PURL()] = true
			listed = append(listed, component(c))
		}
	}
	bom.Components = &listed
	return bom
}

func component(c inventory.Component) cdx.Component {
	out := cdx.Component{BOMRef: c.PURL(), Type: cdx.ComponentTypeLibrary, Name: c.Name, Version: c.Version, PackageURL: c.PURL()}
	if c.Licence != "" {
		out.Licenses = &cdx.Licenses{{Expression: c.Licence}}
	}
	switch {
	case c.SHA256 != "":
		out.Hashes = &[]cdx.Hash{{Algorithm: cdx.HashAlgoSHA256, Value: c.SHA256}}
	case c.SHA512 != "":
		out.Hashes = &[]cdx.Hash{{Algorithm: cdx.HashAlgoSHA512, Value: c.SHA512}}
	}
	return out
}

// Encode writes CycloneDX 1.6, as JSON.
func Encode(bom *cdx.BOM) ([]byte, error) {
	var out bytes.Buffer
	encoder := cdx.NewBOMEncoder(&out, cdx.BOMFileFormatJSON).SetPretty(true).SetEscapeHTML(false)
	err := encoder.EncodeVersion(bom, cdx.SpecVersion1_6)
	return out.Bytes(), err
}
