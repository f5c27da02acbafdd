package main

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"example.com/presigned/infra/stage"
)

// answer runs configure in a folder with prod.json as it is published.
func answer(t *testing.T, dir string, variables map[string]string, answers ...string) (asked string, err error) {
	t.Helper()
	prod, err := os.ReadFile(filepath.Join("..", "..", "stages", "prod.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "prod.json"), prod, 0o600); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	lookup := func(name string) (string, bool) {
		value, ok := variables[name]
		return value, ok
	}
	err = configure(dir, lookup, strings.NewReader(strings.Join(answers, "\n")), &out)
	return out.String(), err
}

const topic = "arn:aws:sns:eu-central-1:210987654321:alarms"

func load(t *testing.T, dir, name string) stage.Stage {
	t.Helper()
	s, err := stage.Load(dir, name, "")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestTheAnswersMakeAStage(t *testing.T) {
	dir := t.TempDir()
	const certificate = "arn:aws:acm:eu-central-1:210987654321:certificate/0a1b"
	_, err := answer(t, dir, nil, "acme", "https://app.acme.io, https://admin.acme.io", "", "uploads.acme.io", certificate, "Z1D633PJN98FT9", "acme.io", topic)
	if err != nil {
		t.Fatal(err)
	}
	want := load(t, dir, "prod")
	want.Name, want.AllowedOrigins, want.AlarmTopicArn = "acme", []string{"https://app.acme.io", "https://admin.acme.io"}, topic
	want.DomainName, want.CertificateArn, want.HostedZoneID, want.HostedZoneName = "uploads.acme.io", certificate, "Z1D633PJN98FT9", "acme.io"
	if got := load(t, dir, "acme"); !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want the answers, and the rest as in prod: %+v", got, want)
	}
}

func TestOptionsOfTheOwnPoolAreLeftOutForAnExistingPool(t *testing.T) {
	dir := t.TempDir()
	pool := "arn:aws:cognito-idp:eu-central-1:210987654321:userpool/eu-central-1_AbCdEfGhI"
	if _, err := answer(t, dir, map[string]string{"STAGE": "acme", "ORIGINS": "", "USER_POOL_ARN": pool, "APP_CLIENT_IDS": "1h57kf5cpq17m0eml12, 3n4b5urk1ft4fl3mg5e62d9ado"}); err != nil {
		t.Fatal(err)
	}
	if got := load(t, dir, "acme"); got.UserPoolARN != pool || len(got.AppClientIDs) != 2 || !got.Production {
		t.Errorf("got %+v", got)
	}
}

func TestVariablesAreNotAskedFor(t *testing.T) {
	dir := t.TempDir()
	asked, err := answer(t, dir, map[string]string{"STAGE": "prod", "ORIGINS": "https://app.acme.io"})
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]bool{"Name of the stage": false, "Pages": false, "Domain name": true, "certificate": false, "SNS": true} {
		if got := strings.Contains(asked, text); got != want {
			t.Errorf("asks for %q: got %v, want %v", text, got, want)
		}
	}
	published, err := os.ReadFile(filepath.Join("..", "..", "stages", "prod.json"))
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join(dir, "prod.json"))
	if err != nil {
		t.Fatal(err)
	}
	if want := strings.Replace(string(published), "app.example.com", "app.acme.io", 1); string(got) != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestWhatIsWrongIsNotWritten(t *testing.T) {
	for _, tt := range []struct {
		variables map[string]string
		want      string
	}{
		{nil, "no stage name"},
		{map[string]string{"STAGE": "Acme"}, "the name must be 1 to 20"},
		{map[string]string{"STAGE": "acme", "ORIGINS": "http://app.acme.io"}, "want https"},
		{map[string]string{"STAGE": "acme", "ORIGINS": "https://app.example.com"}, `allowedOrigins has the placeholder "https://app.example.com"`},
		{map[string]string{"STAGE": "acme", "ORIGINS": "", "DOMAIN_NAME": "uploads.acme.io"}, "want all four, or none"},
		{map[string]string{"STAGE": "acme", "ORIGIN": "https://app.acme.io"}, "want ORIGINS, which may be empty"},
		{map[string]string{"STAGE": "acme", "ORIGINS": "", "APP_CLIENT_IDS": "1h57kf5cpq17m0eml12"}, "userPoolArn is not set"},
		{map[string]string{"STAGE": "acme", "ORIGINS": "", "CERTIFICATE_ARN": "arn:aws:acm:x"}, "domainName is not set"},
	} {
		dir := t.TempDir()
		if _, err := answer(t, dir, tt.variables); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%v: got %v, want %q", tt.variables, err, tt.want)
		}
		if names := stage.Names(dir); len(names) != 1 {
			t.Errorf("%v: wrote one of %v", tt.variables, names)
		}
	}
}

func TestAFinishedStageIsNotOverwritten(t *testing.T) {
	dir := t.TempDir()
	variables := map[string]string{"STAGE": "acme", "ORIGINS": ""}
	if _, err := answer(t, dir, variables); err != nil {
		t.Fatal(err)
	}
	if _, err := answer(t, dir, variables); err == nil || !strings.Contains(err.Error(), "edit ") {
		t.Errorf("got %v, want a refusal", err)
	}
	mistyped := []byte(`{"multiprat": true, "allowedOrigins": ["https://app.example.com"]}`)
	if err := os.WriteFile(filepath.Join(dir, "acme.json"), mistyped, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := answer(t, dir, variables); err == nil || !strings.Contains(err.Error(), `unknown field "multiprat"`) {
		t.Errorf("got %v, want the unknown field", err)
	}
}
