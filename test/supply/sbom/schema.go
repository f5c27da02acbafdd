package sbom

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// schemas maps what a schema is called to its file, in the module that encodes: it comes with CycloneDX's own.
func schemas() map[string]string {
	return map[string]string{
		"bom-1.6.schema.json":  "bom-1.6.schema.json",
		"spdx.schema.json":     "spdx.schema.json",
		"jsf-0.82.schema.json": "jsf-0.82.schemax.json",
	}
}

// Schema compiles CycloneDX 1.6. moduleDir is a folder of a Go module that needs cyclonedx-go.
func Schema(moduleDir string) (*jsonschema.Schema, error) {
	cmd := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/CycloneDX/cyclonedx-go")
	cmd.Dir = moduleDir
	dir, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("find cyclonedx-go: %w", err)
	}
	const base = "http://cyclonedx.org/schema/"
	compiler := jsonschema.NewCompiler()
	for name, file := range schemas() {
		text, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(dir)), "schema", file))
		if err != nil {
			return nil, err
		}
		document, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", file, err)
		}
		if err := compiler.AddResource(base+name, document); err != nil {
			return nil, err
		}
	}
	return compiler.Compile(base + "bom-1.6.schema.json")
}

// Validate checks a document against the schema.
func Validate(schema *jsonschema.Schema, document []byte) error {
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(document))
	if err != nil {
		return err
	}
	return schema.Validate(value)
}
