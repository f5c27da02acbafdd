package command

import (
	"bytes"
	"strings"
	"testing"
)

// synthesized is what `make build` synthesizes for this machine.
const synthesized = "../../build/local-assembly"

// local runs a command line to its end.
func local(t *testing.T, args ...string) (code int, out, err string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code = Run(t.Context(), args, IO{Out: &stdout, Err: &stderr})
	return code, stdout.String(), stderr.String()
}

func TestTheDemoTellsTheMainJobStepByStep(t *testing.T) {
	code, out, stderr := local(t, "demo", "--assembly", synthesized)
	if code != 0 {
		t.Fatalf("exit %d: %s\nhint: `make build` writes %s", code, stderr, synthesized)
	}
	var steps []string
	for line := range strings.Lines(out) {
		steps = append(steps, strings.TrimSpace(line[:10]))
	}
	if got, want := strings.Join(steps, ", "), "started, signed in, sent, sent, uploaded, sent, sent, uploaded, told, told, in bucket, in bucket, compared"; got != want {
		t.Errorf("got steps %s, want %s", got, want)
	}
	if strings.Contains(out, "X-Amz-Signature") {
		t.Errorf("a presigned URL is a credential, and this shows one:\n%s", out)
	}
}

func TestExitCodesTellWrongUsageFromFailure(t *testing.T) {
	for _, c := range []struct {
		args string
		code int
		want string
	}{
		{"help", 0, ""},
		{"run --colour", 2, "unknown flag: --colour"},
		{"serve", 2, "unknown command"},
		{"demo extra", 2, "unknown command"},
		{"demo --assembly /nowhere", 1, "no cloud assembly in /nowhere"},
	} {
		code, _, stderr := local(t, strings.Fields(c.args)...)
		if code != c.code || !strings.Contains(stderr, c.want) {
			t.Errorf("local %s: got %d %q, want %d with %q", c.args, code, stderr, c.code, c.want)
		}
	}
}
