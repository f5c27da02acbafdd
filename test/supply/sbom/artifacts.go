package sbom

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
)

// Function returns the binary that an assembly deploys: the one bootstrap among its assets. What an earlier synthesis
// left in the folder is none of them.
func Function(assembly string) (string, error) {
	manifests, err := filepath.Glob(filepath.Join(assembly, "*.assets.json"))
	if err != nil {
		return "", err
	}
	var found []string
	for _, path := range manifests {
		text, err := os.ReadFile(path)
		if err != nil {
			return "", err
		}
		var manifest struct {
			Files map[string]struct{ Source struct{ Path string } }
		}
		if err := json.Unmarshal(text, &manifest); err != nil {
			return "", fmt.Errorf("read %q: %w", path, err)
		}
		for _, file := range manifest.Files {
			binary := filepath.Join(assembly, file.Source.Path, "bootstrap")
			if _, err := os.Stat(binary); err == nil && !slices.Contains(found, binary) {
				found = append(found, binary)
			}
		}
	}
	if len(found) != 1 {
		return "", fmt.Errorf("assembly %q has the functions %q, want one", assembly, found)
	}
	return found[0], nil
}
