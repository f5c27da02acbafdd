package presigner_test

import (
	"strings"
	"testing"
	"time"

	"example.com/presigned/lambda/presigner"
)

func environment(changes ...string) func(string) string {
	env := map[string]string{
		"AWS_REGION": "eu-west-1", "BUCKET": "uploads", "OPERATIONS": "putObject,uploadPart", "MAX_UPLOAD_BYTES": "0",
		"CONTENT_TYPES": "*/*", "CLIENT_IDS": "app", "ALLOWED_ORIGINS": "https://app.example.com",
		"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b", "AWS_SESSION_TOKEN": "c",
	}
	for i := 0; i < len(changes); i += 2 {
		env[changes[i]] = changes[i+1]
	}
	return func(name string) string { return env[name] }
}

func TestTheEnvironmentIsReadWhole(t *testing.T) {
	c, err := presigner.ConfigFromEnv(environment("MAX_UPLOAD_BYTES", "1024", "PART_BYTES", "512"))
	if err != nil {
		t.Fatal(err)
	}
	if c.Region != "eu-west-1" || c.Bucket != "uploads" || len(c.Operations) != 2 || c.MaxUploadBytes != 1024 || c.PartBytes != 512 {
		t.Errorf("got %+v", c)
	}
}

func TestABrokenEnvironmentNamesEveryVariable(t *testing.T) {
	_, err := presigner.ConfigFromEnv(environment("BUCKET", "", "OPERATIONS", "putObject,removeAll", "MAX_UPLOAD_BYTES", "many", "PART_BYTES", "-1"))
	if err == nil {
		t.Fatal("got no error")
	}
	for _, want := range []string{"BUCKET", `"removeAll"`, "MAX_UPLOAD_BYTES", "PART_BYTES"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("got %q, want it to name %s", err, want)
		}
	}
}

func TestCredentialsAreReadAnewEachTime(t *testing.T) {
	key := "first"
	env := environment()
	c, err := presigner.ConfigFromEnv(func(name string) string {
		if name == "AWS_ACCESS_KEY_ID" {
			return key
		}
		return env(name)
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, key = range []string{"first", "rotated"} {
		if got, err := c.Credentials(t.Context()); err != nil || got.AccessKeyID != key {
			t.Errorf("got %q, %v, want %q", got.AccessKeyID, err, key)
		}
	}
}

func TestTheSessionsEndIsRead(t *testing.T) {
	c, err := presigner.ConfigFromEnv(environment("AWS_CREDENTIAL_EXPIRATION", "2026-01-02T03:04:05Z"))
	if err != nil {
		t.Fatal(err)
	}
	creds, err := c.Credentials(t.Context())
	if err != nil || !creds.CanExpire || !creds.Expires.Equal(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)) {
		t.Errorf("got %v, %v", creds.Expires, err)
	}
	for name, env := range map[string]func(string) string{
		"a broken end": environment("AWS_CREDENTIAL_EXPIRATION", "tomorrow"),
		"no keys":      environment("AWS_SECRET_ACCESS_KEY", ""),
	} {
		c, _ := presigner.ConfigFromEnv(env)
		if _, err := c.Credentials(t.Context()); err == nil {
			t.Errorf("%s: got no error", name)
		}
	}
}
