// Package readme runs what the README and `make run` tell people to type.
package readme

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/textproto"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"example.com/presigned/test/harness"
	"example.com/presigned/test/markdown"
)

// blocks returns the README's fenced blocks of a language.
func blocks(t *testing.T, language string) []string {
	t.Helper()
	return markdown.Of(t, harness.Build("../README.md"), language)
}

// run is a `local run` of the binary that `make run` starts, on free ports.
type run struct {
	outputs string
	stdout  *bufio.Reader
}

func start(t *testing.T, args ...string) run {
	t.Helper()
	outputs := filepath.Join(t.TempDir(), "outputs.json")
	args = append([]string{
		"run", "--exit-with-stdin", "--assembly", harness.Build("local-assembly"), "--outputs", outputs, "--page", "",
		"--api", "127.0.0.1:0", "--s3", "127.0.0.1:0", "--cognito", "127.0.0.1:0", "--contract", "",
	}, args...)
	cmd := exec.Command(harness.Build("local"), args...) // it ends with its standard input
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	if err := cmd.Start(); err != nil {
		t.Fatalf("%v\nhint: run `make build` first", err)
	}
	t.Cleanup(func() {
		stdin.Close()
		if err := cmd.Wait(); err != nil {
			t.Errorf("local run: %v\n%s", err, stderr.String())
		}
		harness.Printed(t, "local run, standard error", stderr.String())
	})
	return run{outputs, bufio.NewReader(stdout)}
}

// bash runs a script and returns what it printed.
func bash(t *testing.T, script, stdin string, env ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "bash", "-euo", "pipefail", "-c", script)
	cmd.Dir = filepath.Dir(filepath.Dir(harness.Build("x")))
	cmd.Env = append(os.Environ(), env...)
	cmd.Stdin = strings.NewReader(stdin)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s%s", script, err, out, stderr.String())
	}
	return string(out)
}

func TestTheCurlThatRunPrintsWorksWhenPasted(t *testing.T) {
	r := start(t)
	var printed strings.Builder
	for !strings.Contains(printed.String(), "curl -sS -i") {
		line, err := r.stdout.ReadString('\n')
		if err != nil {
			t.Fatalf("after %q: %v", printed.String(), err)
		}
		printed.WriteString(line)
	}
	_, commands, found := strings.Cut(printed.String(), "With curl:\n")
	if !found {
		t.Fatalf("no commands in %s", printed.String())
	}
	if got := bash(t, commands, ""); !strings.Contains(got, " 200 OK") {
		t.Errorf("got %s, want 200 from S3", got)
	}
}

func TestTheREADMEsCommandsOfTheClientWork(t *testing.T) {
	r := start(t, "--json")
	line, err := r.stdout.ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	var stack struct{ Password string }
	if err := json.Unmarshal([]byte(line), &stack); err != nil {
		t.Fatal(err)
	}
	env := []string{"PRESIGNED_OUTPUTS=" + r.outputs, "XDG_CONFIG_HOME=" + t.TempDir(), "XDG_STATE_HOME=" + t.TempDir(), "HOME=" + t.TempDir()}
	var out string
	for _, block := range blocks(t, "sh") {
		for command := range strings.Lines(block) {
			command = strings.TrimSpace(command)
			if !strings.HasPrefix(command, "build/presigned ") {
				continue
			}
			// Nobody types the password here.
			if strings.Contains(command, " login ") {
				command += " --password-stdin"
			}
			out = bash(t, command+" 2>&1", stack.Password, env...)
			harness.Printed(t, command, out)
		}
	}
	if !strings.Contains(out, "johndoe/") || !strings.Contains(out, "119") {
		t.Errorf("the last command printed %q, want the object of 119 bytes", out)
	}
}

func TestTheREADMEsRequestGetsTheREADMEsAnswer(t *testing.T) {
	s, err := harness.Start("local-assembly")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	a := send(t, s, blocks(t, "http")[0])
	var want, got map[string]any
	if err := json.Unmarshal([]byte(blocks(t, "json")[0]), &want); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(a.Body, &got); err != nil || a.Status != 200 {
		t.Fatalf("got %d %s", a.Status, a.Body)
	}
	if g, w := slices.Sorted(maps.Keys(got)), slices.Sorted(maps.Keys(want)); !slices.Equal(g, w) {
		t.Errorf("the answer has %q, the README says %q", g, w)
	}
	for _, field := range []string{"method", "headers"} {
		if g, w := text(got[field]), text(want[field]); g != w {
			t.Errorf("the answer's %s is %s, the README says %s", field, g, w)
		}
	}
	for _, field := range []string{"key", "expiresAt"} {
		if g, w := shape(got[field]), shape(want[field]); g != w {
			t.Errorf("the answer's %s looks like %s, the README's like %s", field, g, w)
		}
	}
	var granted harness.Presigned
	if err := json.Unmarshal(a.Body, &granted); err != nil {
		t.Fatal(err)
	}
	if put := granted.Request(make([]byte, 48213)).Send(t); put.Status != 200 {
		t.Errorf("the file of the request: got %d %s, want 200 from S3", put.Status, put.Body)
	}
}

// send sends a request as it stands in a document, with a token in the place of <access token>.
func send(t *testing.T, s *harness.Stack, request string) harness.Answer {
	t.Helper()
	request = strings.Replace(request, "<access token>", s.TokenOf("johndoe"), 1)
	line, rest, _ := strings.Cut(request, "\n")
	method, path, _ := strings.Cut(line, " ")
	if !strings.HasSuffix(s.UploadURL, path) {
		t.Fatalf("the document asks %s, the upload URL is %s", path, s.UploadURL)
	}
	r := bufio.NewReader(strings.NewReader(rest))
	header, err := textproto.NewReader(r).ReadMIMEHeader()
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return harness.Do(t, method, s.UploadURL, http.Header(header), body)
}

// shape is a value with each of its digits as 9.
func shape(v any) string { return regexp.MustCompile(`\d`).ReplaceAllString(text(v), "9") }

func text(v any) string {
	b, _ := json.Marshal(v)
	return string(b)
}

// Each `make` target that a shell block of the README names is run by CI.
func TestCIRunsTheREADMEsTargets(t *testing.T) {
	ci, err := os.Open(harness.Build("../.ci/run"))
	if err != nil {
		t.Fatal(err)
	}
	defer ci.Close()
	script, err := io.ReadAll(ci)
	if err != nil {
		t.Fatal(err)
	}
	for _, block := range blocks(t, "sh") {
		for command := range strings.Lines(block) {
			if strings.HasPrefix(command, "make ") && !bytes.Contains(script, []byte("\n"+command)) {
				t.Errorf("CI does not run %q", command)
			}
		}
	}
}
