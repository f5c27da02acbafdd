// Package template reads a CDK cloud assembly (the folder that `cdk synth` writes) and answers what its one stack
// says: resources in stable order, properties with their intrinsic functions evaluated, assets by key, outputs.
//
// It knows no resource type. The parts that stand for resources (S3, Cognito, ...) register the IDs and attributes
// that CloudFormation would know after creating them ([Template.SetID]), and declare what they model ([Coverage]);
// [Template.Check] stops the start at anything that no part knows. It imports nothing of this
// module, every part of the local run may import it, and it needs no IAM action.
package template

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
)

// Template is the one stack of a cloud assembly. It is safe for concurrent use.
type Template struct {
	// StackName is the name that the stack deploys under, such as PresignedUploads-dev.
	StackName string

	doc    document
	assets map[string]string // object key -> absolute path of the asset's folder or file

	mu     sync.RWMutex
	pseudo map[string]string // AWS::Region and so on
	ids    map[string]physical
}

// physical is what CloudFormation knows of a resource once it exists.
type physical struct {
	ref   string
	attrs map[string]string
}

// Resource is one resource of the template that its condition, if it has one, lets exist.
type Resource struct {
	LogicalID string
	Type      string
	// Properties are as written: intrinsic functions not yet evaluated. [Template.Decode] evaluates them.
	Properties map[string]any
}

// document is a template's JSON: the sections that this package reads. Any other section fails the load.
type document struct {
	AWSTemplateFormatVersion string
	Description              string
	Metadata                 json.RawMessage
	Rules                    json.RawMessage // asserted by CloudFormation before it deploys (bootstrap version)
	Parameters               map[string]parameter
	Mappings                 map[string]map[string]map[string]any
	Conditions               map[string]any
	Resources                map[string]resource
	Outputs                  map[string]output
}

type parameter struct {
	Type, Description     string
	Default               any
	NoEcho                any
	AllowedValues         []any
	AllowedPattern        string
	ConstraintDescription string
	MinLength, MaxLength  any
	MinValue, MaxValue    any
}

type resource struct {
	Type                string
	Properties          map[string]any
	Condition           string
	DependsOn           any             // the local run creates everything before it answers anything
	DeletionPolicy      string          // nothing is ever deleted or replaced locally
	UpdateReplacePolicy string          // the same
	Metadata            json.RawMessage // no meaning at run time
}

type output struct {
	Value       any
	Description string
	Condition   string
	Export      any
}

// Load opens the cloud assembly in dir. It wants exactly one stack in it.
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
		StackName: m.stackName,
		assets:    m.assets,
		ids:       map[string]physical{},
		pseudo: map[string]string{
			"AWS::AccountId": "000000000000", // the account of versitygw's IAM
			"AWS::Partition": "aws",
			"AWS::Region":    m.region,
			"AWS::StackName": m.stackName,
			"AWS::StackId":   "arn:aws:cloudformation:" + m.region + ":000000000000:stack/" + m.stackName + "/local",
			"AWS::URLSuffix": "amazonaws.com",
		},
	}
	file := filepath.Join(dir, m.templateFile)
	if err := decodeStrict(file, &t.doc); err != nil {
		return nil, fmt.Errorf("template %s: %w", file, err)
	}
	return t, nil
}

// decodeStrict refuses fields that it does not know: an unread section is a promise that nobody keeps.
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
func (t *Template) Region() string { return t.Pseudo("AWS::Region") }

// AccountID is the account that the stack is in.
func (t *Template) AccountID() string { return t.Pseudo("AWS::AccountId") }

// Pseudo returns a pseudo parameter such as AWS::Region; "" if there is none of that name.
func (t *Template) Pseudo(name string) string {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.pseudo[name]
}

// Resources returns the resources of a type, sorted by logical ID.
func (t *Template) Resources(typ string) []Resource {
	var found []Resource
	for _, r := range t.all() {
		if r.Type == typ {
			found = append(found, r)
		}
	}
	return found
}

// Resource returns the resource with a logical ID.
func (t *Template) Resource(logicalID string) (Resource, bool) {
	for _, r := range t.all() {
		if r.LogicalID == logicalID {
			return r, true
		}
	}
	return Resource{}, false
}

// all returns every resource, sorted by logical ID. A condition that cannot be evaluated keeps its resource:
// [Template.Check] reports it.
func (t *Template) all() []Resource {
	ids := make([]string, 0, len(t.doc.Resources))
	for id := range t.doc.Resources {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	var found []Resource
	for _, id := range ids {
		r := t.doc.Resources[id]
		if holds, err := t.condition(r.Condition); err == nil && !holds {
			continue
		}
		found = append(found, Resource{LogicalID: id, Type: r.Type, Properties: r.Properties})
	}
	return found
}

// SetID registers what CloudFormation would know after creating a resource: ref is what Ref gives, attrs what
// Fn::GetAtt gives. Called again for the same resource it adds attributes, and replaces ref if ref is not "".
func (t *Template) SetID(logicalID, ref string, attrs map[string]string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	p := t.ids[logicalID]
	if ref != "" {
		p.ref = ref
	}
	if p.attrs == nil {
		p.attrs = map[string]string{}
	}
	for k, v := range attrs {
		p.attrs[k] = v
	}
	t.ids[logicalID] = p
}

// Asset returns the absolute path of the folder (or file) that the assembly holds for an object key of the
// bootstrap bucket, which is what a function's Code.S3Key says.
func (t *Template) Asset(objectKey string) (string, error) {
	path, ok := t.assets[objectKey]
	if !ok {
		return "", fmt.Errorf("asset %q: not in the cloud assembly", objectKey)
	}
	return path, nil
}

// Outputs evaluates the stack's outputs.
func (t *Template) Outputs() (map[string]string, error) {
	values := map[string]string{}
	for name, o := range t.doc.Outputs {
		holds, err := t.condition(o.Condition)
		if err != nil {
			return nil, fmt.Errorf("output %s: %w", name, err)
		}
		if !holds {
			continue
		}
		v, err := t.String(o.Value)
		if err != nil {
			return nil, fmt.Errorf("output %s: %w", name, err)
		}
		values[name] = v
	}
	return values, nil
}
