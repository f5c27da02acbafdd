package stack

import (
	"bytes"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// assembly is what `make build` synthesizes for this machine: these tests serve what deploys.
const assembly = "../../build/local-assembly"

func config(t *testing.T) Config {
	return Config{
		Assembly: assembly, API: "127.0.0.1:0", S3: "127.0.0.1:0", Cognito: "127.0.0.1:0", Page: "127.0.0.1:0",
		OutputsFile: filepath.Join(t.TempDir(), "outputs.json"), Log: io.Discard, Now: time.Now,
	}
}

// start starts a stack that ends with the test.
func start(t *testing.T, cfg Config) *Stack {
	t.Helper()
	s, err := Start(t.Context(), cfg)
	if err != nil {
		t.Fatalf("%v\nhint: `make build` writes %s", err, assembly)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func TestTheOutputsFileHasTheShapeOfADeploysWithTheLocalEndpoints(t *testing.T) {
	cfg := config(t)
	s := start(t, cfg)
	data, err := os.ReadFile(cfg.OutputsFile)
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]map[string]string
	if err := json.Unmarshal(data, &got); err != nil {
		t.Fatal(err)
	}
	m := s.Summary
	for name, want := range map[string]string{
		"ApiUrl": m.APIURL, "UploadUrl": m.UploadURL, "DownloadUrl": m.DownloadURL, "BucketName": m.Bucket, "Region": m.Region,
		"UserPoolId": m.UserPoolID, "AppClientId": m.AppClientID,
		"LocalCognitoUrl": m.CognitoURL, "LocalS3Url": m.S3URL, "LocalPageUrl": m.PageURL,
	} {
		if value := got[s.Name()][name]; value == "" || value != want {
			t.Errorf("%s: got %q, want %q", name, value, want)
		}
	}
	for name, value := range got[s.Name()] {
		if strings.Contains(value, "amazonaws.com") {
			t.Errorf("%s still leads to AWS: %s", name, value)
		}
	}
}

func TestThePageIsToldWhereTheStackIs(t *testing.T) {
	cfg := config(t)
	cfg.PageDir = t.TempDir()
	if err := os.WriteFile(filepath.Join(cfg.PageDir, "index.html"), []byte("<title>page</title>"), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg.Contract = filepath.Join(cfg.PageDir, "contract.json")
	if err := os.WriteFile(cfg.Contract, []byte(`{"openapi": "3.1.0"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	s := start(t, cfg)
	if body := get(t, s.Summary.PageURL+"/openapi.json"); !strings.Contains(body, "3.1.0") {
		t.Errorf("contract: got %q", body)
	}
	if body := get(t, s.Summary.PageURL+"/"); !strings.Contains(body, "<title>page</title>") {
		t.Errorf("page: got %q", body)
	}
	var told map[string]string
	if err := json.Unmarshal([]byte(get(t, s.Summary.PageURL+"/config.json")), &told); err != nil {
		t.Fatal(err)
	}
	if told["uploadUrl"] != s.Summary.UploadURL || told["cognitoUrl"] != s.Summary.CognitoURL || told["userPoolId"] != s.Summary.UserPoolID {
		t.Errorf("config.json: got %v", told)
	}
}

func get(t *testing.T, url string) string {
	t.Helper()
	// "localhost" may resolve to ::1 first, where nobody listens; Go tries both.
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("get %s: %d %v", url, resp.StatusCode, err)
	}
	return string(data)
}

func TestCloseLeavesNothingBehind(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	s, err := Start(t.Context(), config(t))
	if err != nil {
		t.Fatal(err)
	}
	addresses := []net.Listener{s.listen.api, s.listen.s3, s.listen.cognito, s.listen.page}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	for _, l := range addresses {
		if conn, err := net.Dial("tcp", l.Addr().String()); err == nil {
			conn.Close()
			t.Errorf("%s still listens", l.Addr())
		}
	}
	if left, err := os.ReadDir(os.Getenv("TMPDIR")); err != nil || len(left) != 0 {
		t.Errorf("temporary folder: got %v, %v, want it empty", left, err)
	}
}

func TestAPropertyThatNobodyModelsStopsTheStart(t *testing.T) {
	for _, c := range []struct{ name, from, to, want string }{
		{"bucket", `"OwnershipControls"`, `"WebsiteConfiguration": {"IndexDocument": "i"}, "OwnershipControls"`,
			`(AWS::S3::Bucket): property not modelled by the local run: json: unknown field "WebsiteConfiguration"`},
		{"public bucket", `"BlockPublicPolicy": true`, `"BlockPublicPolicy": false`, "property PublicAccessBlockConfiguration.BlockPublicPolicy is false"},
		{"function", `"Handler": "bootstrap"`, `"Handler": "bootstrap", "VpcConfig": {"SubnetIds": ["s"]}`, `(AWS::Lambda::Function): property not modelled by the local run: json: unknown field "VpcConfig"`},
		{"resource type", `"Type": "AWS::S3::BucketPolicy"`, `"Type": "AWS::S3::AccessPoint"`, "(AWS::S3::AccessPoint)"},
		{"condition key", `"s3:signatureAge"`, `"s3:ResourceAccount"`, "s3:ResourceAccount: key not modelled"},
		{"VTL", `"IntegrationResponses": [`, `"IntegrationResponses": [{"StatusCode": 200, "ResponseTemplates": {"application/json": "#set($a = 1)"}},`, `unknown field "ResponseTemplates"`},
		{"malware scan", `"Type": "AWS::S3::BucketPolicy"`, `"Type": "AWS::GuardDuty::MalwareProtectionPlan"`, "does not serve the stage's option malwareScan"},
		{"statement that grants", `"Effect": "Deny",`, `"Effect": "Allow",`, "effect Allow not modelled"},
	} {
		cfg := config(t)
		cfg.Assembly = altered(t, c.from, c.to)
		s, err := Start(t.Context(), cfg)
		if err == nil {
			s.Close()
		}
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want an error with %q", c.name, err, c.want)
		}
	}
}

// altered copies the cloud assembly with one text of the template replaced, wherever it stands.
func altered(t *testing.T, from, to string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(assembly)); err != nil {
		t.Fatalf("%v\nhint: `make build` writes %s", err, assembly)
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.template.json"))
	if err != nil || len(files) != 1 {
		t.Fatalf("templates: got %v, %v, want one", files, err)
	}
	text, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	changed := bytes.ReplaceAll(text, []byte(from), []byte(to))
	if bytes.Equal(text, changed) {
		t.Fatalf("%s is not in the template", from)
	}
	if err := os.WriteFile(files[0], changed, 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestOnlyLoopbackIsListenedOn(t *testing.T) {
	for address, want := range map[string]string{
		"0.0.0.0:0": "want a loopback address", ":0": "want a loopback address", "192.0.2.1:0": "want a loopback address",
		"8080": "want host:port",
	} {
		cfg := config(t)
		cfg.Cognito = address
		if _, err := Start(t.Context(), cfg); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want an error with %q", address, err, want)
		}
	}
}
