package presigner

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"example.com/presigned/lambda/operation"
)

func environment(changes ...string) func(string) string {
	env := map[string]string{
		"AWS_REGION": "eu-west-1", "BUCKET": "uploads", "OPERATIONS": "putObject,uploadPart", "MAX_UPLOAD_BYTES": "0", "MAX_BATCH": "100",
		"CONTENT_TYPES": "*/*", "CLIENT_IDS": "app", "ALLOWED_ORIGINS": "https://app.example.com",
		"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b", "AWS_SESSION_TOKEN": "c",
	}
	for i := 0; i < len(changes); i += 2 {
		env[changes[i]] = changes[i+1]
	}
	return func(name string) string { return env[name] }
}

func TestTheEnvironmentIsReadWhole(t *testing.T) {
	c, err := ConfigFromEnv(environment(
		"MAX_UPLOAD_BYTES", "1024", "PART_BYTES", "512", "ACCELERATE", "true", "AWS_ENDPOINT_URL_S3", "http://127.0.0.1:8081",
		"AWS_CREDENTIAL_EXPIRATION", "2026-01-02T03:04:05Z",
	))
	if err != nil {
		t.Fatal(err)
	}
	want := Config{
		Region: "eu-west-1", Bucket: "uploads", Accelerate: true, Endpoint: "http://127.0.0.1:8081",
		Operations: []operation.Operation{operation.Table()[0], operation.Table()[2]}, MaxUploadBytes: 1024, PartBytes: 512, MaxBatch: 100,
		ContentTypes: []string{"*/*"}, ClientIDs: []string{"app"}, AllowedOrigins: []string{"https://app.example.com"},
		Credentials: aws.Credentials{
			AccessKeyID: "a", SecretAccessKey: "b", SessionToken: "c",
			CanExpire: true, Expires: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC),
		},
	}
	if !reflect.DeepEqual(c, want) {
		t.Errorf("got %+v, want %+v", c, want)
	}
	c, err = ConfigFromEnv(environment("DUAL_STACK", "true", "MAX_BATCH", "1"))
	if err != nil || c.MaxBatch != 1 || !c.DualStack || c.Accelerate || c.Credentials.CanExpire {
		t.Errorf("got %+v, %v, want dual-stack alone, no batches, and a session without an end", c, err)
	}
}

func TestABrokenEnvironmentNamesEveryVariable(t *testing.T) {
	broken := []string{
		"BUCKET", "", "OPERATIONS", "putObject,removeAll", "MAX_UPLOAD_BYTES", "many", "PART_BYTES", "-1", "MAX_BATCH", "101", "DUAL_STACK", "yes", "ACCELERATE", "false",
		"AWS_ACCESS_KEY_ID", "", "AWS_SECRET_ACCESS_KEY", "", "AWS_CREDENTIAL_EXPIRATION", "tomorrow",
	}
	_, err := ConfigFromEnv(environment(broken...))
	for i := 0; i < len(broken); i += 2 {
		if err == nil || !strings.Contains(err.Error(), broken[i]) {
			t.Errorf("got %v, want it to name %s", err, broken[i])
		}
	}
	if _, err := ConfigFromEnv(environment("MAX_BATCH", "0")); err == nil {
		t.Error("got no error for batches of 0 requests")
	}
}
