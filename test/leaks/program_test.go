package leaks_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"example.com/presigned/test/harness"
)

// program is `presigned`, as somebody runs it at home.
type program struct {
	t   *testing.T
	s   *harness.Stack
	dir string
}

// run runs the program, searches all that it prints, and checks that it succeeds or fails with these words.
func (p program) run(stdin, says string, args ...string) string {
	p.t.Helper()
	return p.runWith(nil, stdin, says, args...)
}

func (p program) runWith(env []string, stdin, says string, args ...string) string {
	p.t.Helper()
	cmd := exec.CommandContext(p.t.Context(), harness.Build("presigned"), args...)
	cmd.Dir = p.dir
	cmd.Env = append([]string{"HOME=" + p.dir, "PRESIGNED_OUTPUTS=" + p.s.OutputsFile}, env...)
	cmd.Stdin = strings.NewReader(stdin)
	out, err := cmd.CombinedOutput()
	var failed *exec.ExitError
	if err != nil && !errors.As(err, &failed) {
		p.t.Fatalf("%v\nhint: run `make build` first", err)
	}
	harness.Printed(p.t, "presigned "+strings.Join(args, " "), string(out))
	if (err != nil) != (says != "") || !strings.Contains(string(out), says) {
		p.t.Errorf("presigned %s %v: got %v, %s, want %q", strings.Join(args, " "), env, err, out, says)
	}
	return string(out)
}

// What the command-line client prints, in success and in every kind of failure, lets nobody else in.
func TestTheProgramPrintsNoSecret(t *testing.T) {
	s := harness.Serve(t, "local-assembly")
	p := program{t, s, t.TempDir()}
	wrong := "Wrong-7-" + p.s.Password
	p.run(wrong, "NotAuthorizedException", "login", p.s.Username, "--password-stdin")
	p.run("", "not signed in", "list")
	p.run(p.s.Password, "", "login", p.s.Username, "--password-stdin")
	p.run("", "", "whoami", "--json")
	small, large := p.file("small.txt", 19), p.file("large.bin", 9<<20)
	p.run("", "", "upload", small)
	p.run("", "", "upload", large, "--multipart-above", "1000")
	var listed struct{ Objects []struct{ Key string } }
	if err := json.Unmarshal([]byte(p.run("", "", "list", "--json")), &listed); err != nil || len(listed.Objects) != 2 {
		t.Fatalf("list: got %v, %v, want two objects", listed, err)
	}
	p.run("", "", "download", listed.Objects[1].Key, "-o", "back.bin")
	p.run("", "KeyOutsidePrefix", "download", "alice/1595114575104", "-o", "alice")
	p.run("", "no such object", "download", p.s.Username+"/1", "-o", "nothing")
	for name, broken := range map[string]struct {
		change func(answer map[string]any)
		says   string
	}{
		"S3 refuses the signature, and repeats the request": {func(a map[string]any) {
			a["headers"].(map[string]any)["Content-Type"] = "text/html"
		}, "SignatureDoesNotMatch"},
		"nobody answers": {func(a map[string]any) { a["url"] = strings.Replace(a["url"].(string), p.s.S3URL, closed(t), 1) }, "connection refused"},
		"no URL":         {func(a map[string]any) { a["url"] = "::" + a["url"].(string) }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			env := []string{"PRESIGNED_UPLOAD_URL=" + inBetween(t, p.s.UploadURL, broken.change)}
			out := program{t, p.s, p.dir}.runWith(env, "", "error", "upload", small, "--tries", "1")
			if !strings.Contains(out, broken.says) {
				t.Errorf("got %s, want it to say %q", out, broken.says)
			}
		})
	}
	p.run("", "", "logout", "--everywhere")
}

func (p program) file(name string, size int) string {
	p.t.Helper()
	path := filepath.Join(p.dir, name)
	if err := os.WriteFile(path, make([]byte, size), 0o600); err != nil {
		p.t.Fatal(err)
	}
	return path
}

// inBetween is the endpoint with its answers changed.
func inBetween(t *testing.T, endpoint string, change func(map[string]any)) string {
	t.Helper()
	target, err := url.Parse(endpoint)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(&httputil.ReverseProxy{
		Rewrite: func(p *httputil.ProxyRequest) { p.Out.URL, p.Out.Host = target, target.Host },
		ModifyResponse: func(answer *http.Response) error {
			var presigned map[string]any
			err := json.NewDecoder(answer.Body).Decode(&presigned)
			change(presigned)
			body, _ := json.Marshal(presigned) // it came from JSON
			answer.Body, answer.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
			answer.Header.Del("Content-Length")
			return err
		},
	})
	t.Cleanup(server.Close)
	return server.URL
}

// closed is an address where nobody listens.
func closed(t *testing.T) string {
	t.Helper()
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	return server.URL
}
