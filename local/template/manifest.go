package template

import (
	"cmp"
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
}

func readManifest(dir string) (manifest, error) {
	m := manifest{region: defaultRegion}
	text, err := os.ReadFile(filepath.Join(dir, "manifest.json")) //nolint:gosec // G304: reading the given cloud assembly is what this package is for
	if errors.Is(err, os.ErrNotExist) {
		return m, fmt.Errorf("no cloud assembly in %s: want the folder that `cdk synth` writes", dir)
	}
	var f struct {
		Artifacts map[string]struct {
			Type, Environment string
			Properties        struct{ TemplateFile, StackName string }
		}
	}
	if err := errors.Join(err, json.Unmarshal(text, &f)); err != nil {
		return m, fmt.Errorf("cloud assembly %s: manifest.json: %w", dir, err)
	}
	stacks := 0
	for name, a := range f.Artifacts {
		if a.Type != "aws:cloudformation:stack" {
			continue
		}
		stacks++
		m.templateFile, m.stackName = a.Properties.TemplateFile, cmp.Or(a.Properties.StackName, name)
		// "aws://ACCOUNT/REGION"; the region may be left to the deployment.
		if region := a.Environment[strings.LastIndex(a.Environment, "/")+1:]; region != "unknown-region" {
			m.region = region
		}
	}
	if stacks != 1 {
		return m, fmt.Errorf("cloud assembly %s: %d stacks, want exactly one: choose with `cdk synth -c stage=`", dir, stacks)
	}
	return m, nil
}
