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

// deployments returns the stages that have a golden template in infra/stack, with their templates.
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
	dir := reviewed // has the stages that only infra/stack's tests use
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

// resolve evaluates the intrinsic functions that our policies use. It refuses any other, because a policy that is read
// wrongly proves nothing.
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
		resolved := map[string]any{}
		for name, arg := range v {
			if name == "Ref" || strings.HasPrefix(name, "Fn::") {
				return t.call(name, arg)
			}
			var err error
			if resolved[name], err = t.resolve(arg); err != nil {
				return nil, err
			}
		}
		return resolved, nil
	}
	return value, nil
}

// call evaluates Ref, Fn::GetAtt of an ARN, and Fn::Join without a separator.
func (t template) call(name string, arg any) (any, error) {
	unknown := fmt.Errorf("%s %v: this test can't resolve it", name, arg)
	id, _ := arg.(string)
	args := list(arg)
	switch {
	case name == "Ref" && t.Resources[id].Type == "AWS::S3::Bucket":
		return bucketName(id), nil
	case name == "Ref":
		if value := map[string]string{"AWS::Partition": "aws", "AWS::AccountId": account, "AWS::Region": region}[id]; value != "" {
			return value, nil
		}
	case name == "Fn::GetAtt" && len(args) == 2 && args[1] == "Arn":
		id, _ = args[0].(string)
		if arn := t.arn(id); arn != "" {
			return arn, nil
		}
	case name == "Fn::Join" && len(args) == 2 && args[0] == "":
		resolved, err := t.resolve(args[1])
		joined := ""
		for _, part := range list(resolved) {
			text, ok := part.(string)
			if !ok {
				return nil, unknown
			}
			joined += text
		}
		return joined, err
	}
	return nil, unknown
}

func bucketName(logicalID string) string { return strings.ToLower(constructID(logicalID)) }

// arn is what CloudFormation gives for the attribute Arn; "" for a type that no policy names.
func (t template) arn(id string) string {
	switch name := constructID(id); t.Resources[id].Type {
	case "AWS::S3::Bucket":
		return "arn:aws:s3:::" + bucketName(id)
	case "AWS::IAM::Role":
		return "arn:aws:iam::" + account + ":role/" + name
	case "AWS::KMS::Key":
		return "arn:aws:kms:" + region + ":" + account + ":key/" + name
	case "AWS::Events::ApiDestination": // EventBridge ends the ARN with an ID
		return "arn:aws:events:" + region + ":" + account + ":api-destination/" + name + "/0a1b2c3d"
	case "AWS::Logs::LogGroup":
		return "arn:aws:logs:" + region + ":" + account + ":log-group:" + name + ":*"
	}
	return ""
}
