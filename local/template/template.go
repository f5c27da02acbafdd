// Package template reads a CDK cloud assembly (the folder that `cdk synth` writes) and returns the content of its one
// stack: resources in stable order, properties with their intrinsic functions evaluated, assets by key, outputs.
//
// It knows no resource type. The packages that model resources (S3, Cognito, ...) register the IDs and attributes
// that CloudFormation would know after creating them ([Template.SetID]), and decode each resource into a struct that
// has every property they model ([Each]). [Template.Unread] finds the resources that no package has decoded.
package template

import (
	"cmp"
	"crypto/sha256"
	"encoding/base32"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Template is the one stack of a cloud assembly. Once every ID is set it is safe for concurrent use.
type Template struct {
	// StackName is the name that the stack deploys under, such as PresignedUploads-dev.
	StackName string

	dir string // of the cloud assembly, absolute
	doc document
	ids map[string]physical // by logical ID; pseudo parameters are among them

	read        map[string]bool // types that a package has decoded, or ignores
	notEnforced map[NotEnforcedProperty]bool
}

// physical is what CloudFormation knows of a resource once it exists.
type physical struct {
	ref   string
	attrs map[string]string
}

// Resource is one resource of the template.
type Resource struct {
	LogicalID, Ref, ARN string `json:"-"` // Ref and ARN once a package has registered them
	Type                string
	// Properties are as written. [Each] evaluates their intrinsic functions.
	Properties map[string]any

	DependsOn                           any             // the local run creates everything before it answers anything
	DeletionPolicy, UpdateReplacePolicy string          // nothing is ever deleted or replaced locally
	Metadata                            json.RawMessage // no meaning at run time
}

// document is a template's JSON: Resources and Outputs, and the sections that have no effect here. Any other section fails the
// load.
type document struct {
	AWSTemplateFormatVersion string
	Description              string
	Metadata                 json.RawMessage
	Rules                    json.RawMessage // asserted by CloudFormation before it deploys (bootstrap version)
	Parameters               json.RawMessage // the bootstrap version, which only the rules refer to
	Resources                map[string]Resource
	Outputs                  map[string]struct {
		Value       any
		Description string
	}
}

// Load opens the cloud assembly in dir. The assembly must have exactly one stack.
func Load(dir string) (*Template, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	m, err := readManifest(dir)
	if err != nil {
		return nil, err
	}
	t := &Template{
		StackName: m.stackName, dir: dir,
		ids: map[string]physical{}, read: map[string]bool{}, notEnforced: map[NotEnforcedProperty]bool{},
	}
	for name, value := range map[string]string{
		"AWS::AccountId": "000000000000", // the account of versitygw's IAM
		"AWS::Partition": "aws",
		"AWS::Region":    m.region,
		"AWS::URLSuffix": "amazonaws.com",
	} {
		t.SetID(name, value, nil)
	}
	file := filepath.Join(dir, m.templateFile)
	if err := decodeStrict(file, &t.doc); err != nil {
		return nil, fmt.Errorf("template %s: %w", file, err)
	}
	return t, nil
}

// decodeStrict refuses fields that it does not know, because a section that nobody reads would have no effect.
func decodeStrict(file string, into any) error {
	f, err := os.Open(file) //nolint:gosec // G304: reading the given cloud assembly is what this package is for
	if err != nil {
		return err
	}
	defer f.Close() //nolint:errcheck // only read
	d := json.NewDecoder(f)
	d.DisallowUnknownFields()
	return d.Decode(into)
}

// Region is the stack's region.
func (t *Template) Region() string { return t.ids["AWS::Region"].ref }

// AccountID is the account that the stack is in.
func (t *Template) AccountID() string { return t.ids["AWS::AccountId"].ref }

// ARN is the ARN of something in the stack's region and account.
func (t *Template) ARN(service, resource string) string {
	return "arn:aws:" + service + ":" + t.Region() + ":" + t.AccountID() + ":" + resource
}

// Resources returns the resources of a type, sorted by logical ID.
func (t *Template) Resources(typ string) []Resource {
	var found []Resource
	for _, id := range slices.Sorted(maps.Keys(t.doc.Resources)) {
		if r := t.doc.Resources[id]; r.Type == typ {
			r.LogicalID, r.Ref, r.ARN = id, t.ids[id].ref, t.ids[id].attrs["Arn"]
			found = append(found, r)
		}
	}
	return found
}

// SetID registers what CloudFormation would know after creating a resource: ref is what Ref gives, attrs what
// Fn::GetAtt gives.
func (t *Template) SetID(logicalID, ref string, attrs map[string]string) {
	t.ids[logicalID] = physical{ref, attrs}
}

// StableID makes up an ID of small letters and digits that is the same at each start, so that outputs do not change, and what
// a client has stored stays valid.
func (t *Template) StableID(length int, names ...string) string {
	sum := sha256.Sum256(fmt.Appendf([]byte(t.StackName), "%q", names))
	return strings.ToLower(base32.StdEncoding.EncodeToString(sum[:]))[:length]
}

// Asset returns the absolute path of the folder that the assembly has for an object key of the bootstrap bucket, which is
// what a function's Code.S3Key says. CDK names both by the hash of the content.
func (t *Template) Asset(objectKey string) (string, error) {
	path := filepath.Join(t.dir, "asset."+strings.TrimSuffix(objectKey, ".zip"))
	if _, err := os.Stat(path); err != nil {
		return "", fmt.Errorf("asset %q: not in the cloud assembly: %w", objectKey, err)
	}
	return path, nil
}

// Outputs evaluates the stack's outputs.
func (t *Template) Outputs() (map[string]string, error) {
	values := map[string]string{}
	for name, o := range t.doc.Outputs {
		v, err := t.String(o.Value)
		if err != nil {
			return nil, fmt.Errorf("output %s: %w", name, err)
		}
		values[name] = v
	}
	return values, nil
}

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
