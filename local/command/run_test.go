package command

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"example.com/presigned/local/stack"
)

// TestMain runs the command line instead of the tests if it is asked to: the S3 gateway runs once in a process.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "as-local" {
		out := os.Stdout
		os.Stdout = nil // for the gateway's own notices, as in main.go
		os.Exit(Run(context.Background(), os.Args[2:], IO{In: os.Stdin, Out: out, Err: os.Stderr}))
	}
	os.Exit(m.Run())
}

// child is a run in a process of its own, which ends with the test.
type child struct {
	*exec.Cmd
	stdin  io.Closer
	out    *bufio.Scanner
	stderr bytes.Buffer
}

// startChild begins a run in a folder.
func startChild(t *testing.T, dir string, args ...string) *child {
	t.Helper()
	assembly, err1 := filepath.Abs(synthesized)
	program, err2 := os.Executable()
	c := &child{Cmd: exec.CommandContext(t.Context(), program, append([]string{"as-local", "run", "--exit-with-stdin", "--assembly", assembly}, args...)...)}
	c.Dir, c.Stderr = dir, &c.stderr
	stdin, err3 := c.StdinPipe()
	stdout, err4 := c.StdoutPipe()
	if err := errors.Join(err1, err2, err3, err4, c.Start()); err != nil {
		t.Fatal(err)
	}
	c.stdin, c.out = stdin, bufio.NewScanner(stdout)
	t.Cleanup(func() { _ = c.stop() })
	return c
}

// stop ends a run, and waits for it.
func (c *child) stop() error {
	_ = c.stdin.Close()
	for c.out.Scan() {
	}
	return c.Wait()
}

// ready reads the summary of a run that prints JSON. It is the first line.
func (c *child) ready(t *testing.T) (m stack.Summary) {
	t.Helper()
	if !c.out.Scan() {
		t.Fatalf("ended before it was ready: %v: %s\nhint: `make build` writes %s", c.stop(), &c.stderr, synthesized)
	}
	if err := json.Unmarshal(c.out.Bytes(), &m); err != nil || m.Username != "johndoe" || m.Password == "" || m.SecretAccessKey == "" {
		t.Fatalf("got %q, %v", c.out.Text(), err)
	}
	return m
}

func TestTwoRunsSideBySideBothWork(t *testing.T) {
	dir := t.TempDir()
	first := startChild(t, dir, "--json")
	a := first.ready(t)
	bounded, err := filepath.Abs("../../build/bounded-assembly") // has options that are not served
	if err != nil {
		t.Fatal(err)
	}
	second := startChild(t, dir, "--json", "--verbose", "--assembly", bounded)
	b := second.ready(t)
	if got, want := a.OutputsFile, filepath.Join(dir, "build", "local-outputs.json"); got != want {
		t.Errorf("the first writes %s, want %s", got, want)
	}
	for _, m := range []stack.Summary{a, b} {
		text, err := os.ReadFile(m.OutputsFile)
		if err != nil || !strings.Contains(string(text), `"`+m.UploadURL+`"`) || !strings.Contains(string(text), `"`+m.CognitoURL+`"`) || strings.Contains(string(text), "execute-api") || strings.Contains(string(text), "s3.us-east-1") {
			t.Errorf("%s is not that of %s alone: %v\n%s", m.OutputsFile, m.APIURL, err, text)
		}
		for _, url := range []string{m.APIURL, m.S3URL, m.CognitoURL, m.PageURL} {
			resp, err := http.Get(url)
			if err != nil {
				t.Errorf("%s: %v", url, err)
				continue
			}
			resp.Body.Close()
		}
	}
	for _, pair := range [][2]string{{a.APIURL, b.APIURL}, {a.S3URL, b.S3URL}, {a.CognitoURL, b.CognitoURL}, {a.PageURL, b.PageURL}, {a.OutputsFile, b.OutputsFile}} {
		if pair[0] == pair[1] {
			t.Errorf("both have %s", pair[0])
		}
	}

	fixed := startChild(t, dir, "--json", "--api", strings.Split(strings.TrimPrefix(a.APIURL, "http://"), "/")[0])
	err = fixed.stop()
	if said := fixed.stderr.String(); err == nil || !strings.Contains(said, "address already in use") || !strings.Contains(said, "hint: take another port") {
		t.Errorf("a port that was asked for and is taken: got %v: %s", err, said)
	}
	if err := second.stop(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(b.OutputsFile); !os.IsNotExist(err) {
		t.Errorf("the second leaves %s: %v", b.OutputsFile, err)
	}
	for _, once := range []string{
		"ports already in use: ", "the local run does not serve the stage's option uploadEvents: events stay in memory, and in the log; no SQS is served\n",
		"not enforced locally:\n", "  AWS::Logs::LogGroup: log lines go to this terminal\n", "  AWS::S3::Bucket BucketEncryption: objects are plain files on this machine\n",
	} {
		if said := second.stderr.String(); strings.Count(said, "\n"+once) != 1 {
			t.Errorf("the second doesn't say %q once: %s", once, said)
		}
	}
}

// What a reader pastes first must work. They paste it in the repository's folder.
func TestThePrintedCurlCommandsUploadAFile(t *testing.T) {
	dir := t.TempDir()
	c := startChild(t, dir)
	var text strings.Builder
	for c.out.Scan() && !strings.Contains(c.out.Text(), "show the file") {
		text.WriteString(c.out.Text() + "\n")
	}
	_, commands, found := strings.Cut(text.String(), "With curl")
	_, commands, _ = strings.Cut(commands, "\n")
	if !found {
		t.Fatalf("got %s and %s", text.String(), &c.stderr)
	}
	cmd := exec.CommandContext(t.Context(), "bash", "-euo", "pipefail", "-c", commands)
	cmd.Dir = "../.."
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "-banana.json") || !strings.HasSuffix(string(out), "S3 answered 200\n") {
		t.Errorf("%s\n%v: %s", commands, err, out)
	}
}
