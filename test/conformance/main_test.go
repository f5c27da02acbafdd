//go:build conformance

package conformance

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"example.com/presigned/test/harness"
)

// dev is the stack of stages/dev.json.
var dev *harness.Stack

func TestMain(m *testing.M) {
	os.Exit(harness.Run("local-assembly", func(s *harness.Stack) int {
		dev = s
		return m.Run()
	}))
}

// here is a file of this package; the S3 gateway changes the working directory.
func here(name string) string { return filepath.Join(harness.Build(".."), "test", "conformance", name) }

// python is the interpreter that has the packages of requirements.txt.
func python() string { return harness.Build("venv/conformance/bin/python") }

// command is a program that knows the stack by its environment alone: nothing else is inherited but the way to
// programs, so no profile or proxy of the machine decides an outcome.
func command(t *testing.T, name string, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Dir = here("")
	cmd.Env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(), "TMPDIR=" + t.TempDir(),
		"AWS_ACCESS_KEY_ID=" + dev.AccessKeyID, "AWS_SECRET_ACCESS_KEY=" + dev.SecretAccessKey,
		"AWS_REGION=" + dev.Region, "AWS_DEFAULT_REGION=" + dev.Region, "AWS_EC2_METADATA_DISABLED=true",
		"AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER=" + dev.CognitoURL,
		"S3_URL=" + dev.S3URL, "COGNITO_URL=" + dev.CognitoURL,
		"USER_POOL_ID=" + dev.UserPoolID, "APP_CLIENT_ID=" + dev.AppClientID,
	}
	return cmd
}

// signerOf is a program that signs.
func signerOf(t *testing.T, name string) *exec.Cmd {
	t.Helper()
	if name == "botocore" {
		return command(t, python(), here("sign/presign.py"))
	}
	return command(t, "node", here("sign/presign.mjs"))
}

// output runs a program with in as JSON on its standard input and returns what it printed. Whether it failed is for
// the caller to tell from that: a suite of which one test fails exits with 1.
func output(t *testing.T, cmd *exec.Cmd, in any) (stdout []byte, failed string) {
	t.Helper()
	data, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	var out, stderr bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(data), &out, &stderr
	if err := cmd.Run(); err != nil {
		return out.Bytes(), fmt.Sprintf("%s: %v\n%s\nhint: run `make conformance`", cmd, err, stderr.String())
	}
	return out.Bytes(), ""
}

// answer runs a program that must succeed and decodes the JSON document that it prints.
func answer[T any](t *testing.T, cmd *exec.Cmd, in any) (out T) {
	t.Helper()
	stdout, failed := output(t, cmd, in)
	if failed != "" {
		t.Fatal(failed)
	}
	if err := json.Unmarshal(stdout, &out); err != nil {
		t.Fatalf("%s printed %.300q: %v", cmd, stdout, err)
	}
	return out
}

// told runs a program that prints a line for each check, "pass NAME" or "fail NAME: WHY".
func told(t *testing.T, cmd *exec.Cmd, in any) checks {
	t.Helper()
	stdout, failed := output(t, cmd, in)
	if failed != "" {
		t.Error(failed)
	}
	got := checks{}
	for line := range strings.Lines(string(stdout)) {
		verdict, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		name, wrong, _ := strings.Cut(rest, ": ")
		switch verdict {
		case "pass":
			got.add(name, "")
		case "fail":
			got.add(name, "failed: "+wrong)
		default:
			t.Errorf("%s printed %q, want pass or fail", cmd, line)
		}
	}
	return got
}
