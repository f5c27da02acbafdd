package stack_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func boundary(name string) any {
	return map[string]any{"Fn::Join": []any{"", []any{"arn:", ref("AWS::Partition"), ":iam::", ref("AWS::AccountId"), ":policy/" + name}}}
}

func TestEveryRoleHasTheStagesBoundaryAndPath(t *testing.T) {
	for _, tt := range []struct {
		stage          string
		variant        variant
		boundary, path any
	}{
		{"least", all["least"], nil, nil},
		{"everything", all["everything"], boundary("boundaries/files"), "/files/"},
		{"with CDK's context key", bounded, boundary("of-the-context"), nil},
	} {
		for _, role := range tt.variant.ofType("AWS::IAM::Role") {
			if got, want := text(t, role.Properties["PermissionsBoundary"]), text(t, tt.boundary); got != want {
				t.Errorf("%s: %s: got boundary %s, want %s", tt.stage, role.id, got, want)
			}
			if got := role.Properties["Path"]; got != tt.path {
				t.Errorf("%s: %s: got path %v, want %v", tt.stage, role.id, got, tt.path)
			}
		}
	}
}

// bucket_test.go and signer_test.go look for the key in the bucket and in the roles.
func TestNoKeyIsMadeBesideAnExistingOne(t *testing.T) {
	v := all["existingpool"]
	if made := v.ofType("AWS::KMS::Key"); len(made) > 0 {
		t.Errorf("makes the key %s", made[0].id)
	}
	if got := v.Outputs["KmsKeyArn"].Value; got != v.config.KMSKeyArn {
		t.Errorf("output KmsKeyArn: got %v, want %s", got, v.config.KMSKeyArn)
	}
}

func TestAnExistingBucketTakesTheAccessLogBelowTheStacksName(t *testing.T) {
	v := all["existingpool"]
	got := text(t, v.only(t, "AWS::S3::Bucket").Properties["LoggingConfiguration"])
	if want := `{"DestinationBucketName":"acme-access-logs","LogFilePrefix":"acme-uploads/"}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got := v.Outputs["AccessLogBucketName"].Value; got != "acme-access-logs" {
		t.Errorf("output AccessLogBucketName: got %v", got)
	}
}

// Two teams with one account and the same options: what both name must be a name that the stage's file gives, or one inside
// of something that each has. An export would be a name too.
func TestTwoStacksShareNoNameOfOurs(t *testing.T) {
	inside := []string{
		"AWS::ApiGateway::Authorizer.Name", "AWS::ApiGateway::RequestValidator.Name", "AWS::ApiGateway::Stage.StageName",
		"AWS::CloudWatch::Alarm.MetricName", "AWS::Cognito::UserPoolResourceServer.Name", "AWS::Logs::MetricFilter.FilterName",
	}
	file, err := os.ReadFile(filepath.Join("testdata", "everything.json"))
	if err != nil {
		t.Fatal(err)
	}
	compared := 0
	for id, r := range all["everything"].Resources {
		for property, value := range r.Properties {
			name, literal := value.(string)
			if !literal || !strings.HasSuffix(property, "Name") && property != "Domain" {
				continue
			}
			compared++
			given := strings.Contains(string(file), quote(strings.TrimSuffix(name, ".")))
			if name == neighbour.Resources[id].Properties[property] && !given && !slices.Contains(inside, r.Type+"."+property) {
				t.Errorf("both stacks have %s with %s %q", id, property, name)
			}
		}
	}
	if compared < 5 {
		t.Errorf("compared %d names, want those of API, web ACL, saved queries, ...", compared)
	}
	for name, v := range all {
		var document struct {
			Outputs map[string]struct{ Export any }
		}
		if err := json.Unmarshal(v.text, &document); err != nil {
			t.Fatal(err)
		}
		for id, output := range document.Outputs {
			if output.Export != nil {
				t.Errorf("%s: output %s is exported: %v", name, id, output.Export)
			}
		}
	}
}
