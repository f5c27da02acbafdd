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
	stackName, templateFile, region string
	assets                          map[string]string // absolute path by object key
}

func readManifest(dir string) (manifest, error) {
	var f struct {
		Artifacts map[string]struct {
			Type, Environment string
			Properties        struct{ TemplateFile, StackName, File string }
		}
	}
	m := manifest{region: defaultRegion, assets: map[string]string{}}
	err := readJSON(dir, "manifest.json", &f)
	if errors.Is(err, os.ErrNotExist) {
		return m, fmt.Errorf("no cloud assembly in %s: want the folder that `cdk synth` writes", dir)
	}
	stacks := 0
	for name, a := range f.Artifacts {
		switch a.Type {
		case "aws:cloudformation:stack":
			stacks++
			m.templateFile, m.stackName = a.Properties.TemplateFile, a.Properties.StackName
			if m.stackName == "" {
				m.stackName = name
			}
			// "aws://ACCOUNT/REGION"; the region may be left to the deployment.
			if region := a.Environment[strings.LastIndex(a.Environment, "/")+1:]; region != "unknown-region" {
				m.region = region
			}
		case "cdk:asset-manifest":
			err = errors.Join(err, m.readAssets(dir, a.Properties.File))
		}
	}
	if err == nil && stacks != 1 {
		err = fmt.Errorf("cloud assembly %s: %d stacks, want exactly one: choose with `cdk synth -c stage=`", dir, stacks)
	}
	return m, err
}

// readAssets adds the file assets of an asset manifest under the object keys that the template refers to.
func (m manifest) readAssets(dir, name string) error {
	var f struct {
		Files map[string]struct {
			Source       struct{ Path string }
			Destinations map[string]struct{ ObjectKey string }
		}
	}
	err := readJSON(dir, name, &f)
	for _, a := range f.Files {
		for _, d := range a.Destinations {
			m.assets[d.ObjectKey] = filepath.Join(dir, a.Source.Path)
		}
	}
	return err
}

func readJSON(dir, name string, into any) error {
	data, err := os.ReadFile(filepath.Join(dir, name)) //nolint:gosec // G304: reading the given cloud assembly is what this package is for
	if err != nil {
		return err
	}
	if err := json.Unmarshal(data, into); err != nil {
		return fmt.Errorf("cloud assembly %s: %s: %w", dir, name, err)
	}
	return nil
}
