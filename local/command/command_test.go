package command

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"example.com/presigned/local/stack"
)

// synthesized is what `make build` synthesizes for this machine.
const synthesized = "../../build/local-assembly"

// local runs a command line to its end.
func local(t *testing.T, in io.Reader, args ...string) (code int, out, err string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code = Run(t.Context(), args, IO{In: in, Out: &stdout, Err: &stderr})
	return code, stdout.String(), stderr.String()
}

func TestTheDemoTellsTheMainJobStepByStep(t *testing.T) {
	code, out, stderr := local(t, nil, "demo", "--assembly", synthesized)
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

func TestRunPrintsOneLineOfJSONAndEndsWithStandardInput(t *testing.T) {
	outputs := filepath.Join(t.TempDir(), "outputs.json")
	in, closeIn := io.Pipe()
	out := &firstLine{seen: make(chan []byte, 1)}
	ended := make(chan int, 1)
	go func() {
		ended <- Run(context.Background(), []string{
			"run", "--json", "--exit-with-stdin", "--assembly", synthesized, "--outputs", outputs,
			"--api", "127.0.0.1:0", "--s3", "127.0.0.1:0", "--cognito", "127.0.0.1:0", "--page", "127.0.0.1:0",
		}, IO{In: in, Out: out, Err: io.Discard})
	}()
	var line []byte
	select {
	case line = <-out.seen:
	case code := <-ended:
		t.Fatalf("ended with %d before it was ready\nhint: `make build` writes %s", code, synthesized)
	}
	var got stack.Summary
	if err := json.Unmarshal(line, &got); err != nil {
		t.Fatalf("%s: %v", line, err)
	}
	if got.OutputsFile != outputs || got.Username != "johndoe" || got.Password == "" || got.SecretAccessKey == "" {
		t.Errorf("got %s", line)
	}
	if _, err := os.Stat(outputs); err != nil {
		t.Errorf("outputs file: %v", err)
	}
	closeIn.Close()
	if code := <-ended; code != 0 {
		t.Errorf("exit code: got %d, want 0", code)
	}
}

// firstLine hands over the first Write.
type firstLine struct{ seen chan []byte }

func (f *firstLine) Write(b []byte) (int, error) {
	select {
	case f.seen <- bytes.Clone(b):
	default:
	}
	return len(b), nil
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
		code, _, stderr := local(t, nil, strings.Fields(c.args)...)
		if code != c.code || !strings.Contains(stderr, c.want) {
			t.Errorf("local %s: got %d %q, want %d with %q", c.args, code, stderr, c.code, c.want)
		}
	}
}
