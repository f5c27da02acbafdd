package iam

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"example.com/presigned/infra/stage"
)

// The deployment that the templates are read for. Names are the constructs' own IDs.
const (
	account      = "111122223333"
	otherAccount = "444455556666"
	region       = "eu-central-1"
)

// reviewed has the templates of infra/stack as reviewed.
var reviewed = filepath.Join("..", "..", "infra", "stack", "testdata")

// template is the part of a CloudFormation template that is read here.
type template struct {
	Resources map[string]resource
}

type resource struct {
	Type       string
	Properties map[string]any
}

// deployments returns the stages whose templates infra/stack keeps as reviewed, with those templates.
func deployments(t *testing.T) map[string]deployment {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(reviewed, "*.template.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no golden templates in %s: %v\nhint: run `make golden`", reviewed, err)
	}
	found := map[string]deployment{}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".template.json")
		if name == "account" { // no stage: it has one role, with AWS's own policy
			continue
		}
		found[name] = read(t, file, name)
	}
	return found
}

// deployment is a stage and the template that it deploys.
type deployment struct {
	stage.Stage
	template
}

func read(t *testing.T, file, name string) deployment {
	t.Helper()
	dir := reviewed // the stages that only infra/stack's tests have
	if name == "dev" || name == "prod" {
		dir = filepath.Join("..", "..", "stages")
	}
	var d deployment
	var err error
	if d.Stage, err = stage.Load(dir, name, ""); err != nil {
		t.Fatalf("golden template %s: %v", file, err)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if d.KMSKeyArn != "" { // the rows call the bucket's key by one name
		text = bytes.ReplaceAll(text, []byte(d.KMSKeyArn), []byte(key))
	}
	if err := json.Unmarshal(text, &d.template); err != nil {
		t.Fatalf("golden template %s: %v", file, err)
	}
	return d
}

// ofType returns the resources of a type by construct ID.
func (t template) ofType(typ string) map[string]resource {
	found := map[string]resource{}
	for id, r := range t.Resources {
		if r.Type == typ {
			found[constructID(id)] = r
		}
	}
	return found
}

// constructID cuts off the hash of eight digits that makes a logical ID unique.
func constructID(logicalID string) string {
	return regexp.MustCompile(`[0-9A-F]{8}$`).ReplaceAllString(logicalID, "")
}

// resolve evaluates intrinsic functions. It knows those that our policies use and refuses any other: a
// policy that is read wrong proves nothing.
func (t template) resolve(value any) (any, error) {
	switch v := value.(type) {
	case []any:
		resolved := make([]any, len(v))
		for i, e := range v {
			var err error
			if resolved[i], err = t.resolve(e); err != nil {
				return nil, err
			}
		}
		return resolved, nil
	case map[string]any:
		return t.resolveObject(v)
	default:
		return value, nil
	}
}

func (t template) resolveObject(object map[string]any) (any, error) {
	resolved := map[string]any{}
	for name, arg := range object {
		switch {
		case name == "Ref":
			return t.ref(arg)
		case name == "Fn::GetAtt":
			return t.arn(arg)
		case name == "Fn::Join":
			return t.join(arg)
		case strings.HasPrefix(name, "Fn::"):
			return nil, fmt.Errorf("%s: not read by this proof", name)
		}
		var err error
		if resolved[name], err = t.resolve(arg); err != nil {
			return nil, err
		}
	}
	return resolved, nil
}

func (t template) ref(name any) (any, error) {
	switch name {
	case "AWS::Partition":
		return "aws", nil
	case "AWS::AccountId":
		return account, nil
	case "AWS::Region":
		return region, nil
	}
	if id, _ := name.(string); t.Resources[id].Type == "AWS::S3::Bucket" {
		return bucketName(id), nil
	}
	return nil, fmt.Errorf("Ref %v: not read by this proof", name)
}

func bucketName(logicalID string) string { return strings.ToLower(constructID(logicalID)) }

// arn is what CloudFormation gives for the attribute Arn.
func (t template) arn(arg any) (any, error) {
	parts := list(arg)
	if len(parts) != 2 || parts[1] != "Arn" {
		return nil, fmt.Errorf("Fn::GetAtt %v: not read by this proof", arg)
	}
	id, _ := parts[0].(string)
	switch t.Resources[id].Type {
	case "AWS::S3::Bucket":
		return "arn:aws:s3:::" + bucketName(id), nil
	case "AWS::IAM::Role":
		return "arn:aws:iam::" + account + ":role/" + constructID(id), nil
	case "AWS::KMS::Key":
		return "arn:aws:kms:" + region + ":" + account + ":key/" + constructID(id), nil
	case "AWS::Events::ApiDestination": // EventBridge ends the ARN with an ID
		return "arn:aws:events:" + region + ":" + account + ":api-destination/" + constructID(id) + "/0a1b2c3d", nil
	case "AWS::Logs::LogGroup":
		return "arn:aws:logs:" + region + ":" + account + ":log-group:" + constructID(id) + ":*", nil
	default:
		return nil, fmt.Errorf("Fn::GetAtt %v: not read by this proof", arg)
	}
}

func (t template) join(arg any) (any, error) {
	args := list(arg)
	if len(args) != 2 || args[0] != "" {
		return nil, fmt.Errorf("Fn::Join %v: not read by this proof", arg)
	}
	resolved, err := t.resolve(args[1])
	if err != nil {
		return nil, err
	}
	var joined strings.Builder
	for _, part := range list(resolved) {
		text, ok := part.(string)
		if !ok {
			return nil, fmt.Errorf("Fn::Join: got %v, want a string", part)
		}
		joined.WriteString(text)
	}
	return joined.String(), nil
}
