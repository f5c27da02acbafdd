package template

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// defaultRegion is used when the app was synthesized without a region of its own ("environment-agnostic").
const defaultRegion = "us-east-1"

// manifest is what the cloud assembly's manifest.json says about its one stack.
type manifest struct {
	stackName    string
	templateFile string
	region       string
	assets       map[string]string
}

// manifestFile is the part of manifest.json that is read here. The file holds more (tree, feature flags), all of it
// for the CDK CLI.
type manifestFile struct {
	Artifacts map[string]struct {
		Type        string `json:"type"`
		Environment string `json:"environment"`
		Properties  struct {
			TemplateFile string `json:"templateFile"`
			StackName    string `json:"stackName"`
			File         string `json:"file"`
		} `json:"properties"`
	} `json:"artifacts"`
}

func readManifest(dir string) (manifest, error) {
	file := filepath.Join(dir, "manifest.json")
	data, err := os.ReadFile(file) //nolint:gosec // G304: reading the given cloud assembly is what this package is for
	if errors.Is(err, os.ErrNotExist) {
		return manifest{}, fmt.Errorf("no cloud assembly in %s: want the folder that `cdk synth` writes", dir)
	}
	if err != nil {
		return manifest{}, err
	}
	var f manifestFile
	if err := json.Unmarshal(data, &f); err != nil {
		return manifest{}, fmt.Errorf("manifest %s: %w", file, err)
	}
	m := manifest{region: defaultRegion, assets: map[string]string{}}
	for name, a := range f.Artifacts {
		switch a.Type {
		case "aws:cloudformation:stack":
			if m.templateFile != "" {
				return manifest{}, fmt.Errorf("manifest %s: more than one stack, want exactly one: choose with `cdk synth -c stage=`", file)
			}
			m.templateFile, m.stackName = a.Properties.TemplateFile, a.Properties.StackName
			if m.stackName == "" {
				m.stackName = name
			}
			if r := environmentRegion(a.Environment); r != "" {
				m.region = r
			}
		case "cdk:asset-manifest":
			if err := readAssets(dir, a.Properties.File, m.assets); err != nil {
				return manifest{}, err
			}
		}
	}
	if m.templateFile == "" {
		return manifest{}, fmt.Errorf("manifest %s: no stack, want exactly one", file)
	}
	return m, nil
}

// environmentRegion reads "aws://ACCOUNT/REGION"; "" if the region is left to the deploy.
func environmentRegion(environment string) string {
	region := environment[strings.LastIndex(environment, "/")+1:]
	if region == "unknown-region" {
		return ""
	}
	return region
}

// readAssets adds the file assets of an asset manifest under the object keys that the template refers to.
func readAssets(dir, name string, assets map[string]string) error {
	data, err := os.ReadFile(filepath.Join(dir, name)) //nolint:gosec // G304: as above
	if err != nil {
		return fmt.Errorf("asset manifest: %w", err)
	}
	var f struct {
		Files map[string]struct {
			Source       struct{ Path string }
			Destinations map[string]struct{ ObjectKey string }
		}
	}
	if err := json.Unmarshal(data, &f); err != nil {
		return fmt.Errorf("asset manifest %s: %w", name, err)
	}
	for _, a := range f.Files {
		for _, d := range a.Destinations {
			assets[d.ObjectKey] = filepath.Join(dir, a.Source.Path)
		}
	}
	return nil
}
