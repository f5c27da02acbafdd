// Package examples runs each program of the folder examples as its reader would, against a stage that bounds its uploads.
package examples

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"example.com/presigned/local/stack"
	"example.com/presigned/test/harness"
)

// signIns print an access token.
var signIns = map[string][]string{
	"Amplify": {"node", "amplify/sign-in.mjs"},
	"curl":    {"curl/sign-in.sh"},
}

// uploads take a file and a content type, and print an object key.
var uploads = map[string][]string{
	"curl":   {"curl/upload.sh"},
	"Node":   {"node", "node/upload.mjs"},
	"Python": {"python3", "python/upload.py"},
}

// reader is somebody with the repository, the outputs file of a stack, and a user of it.
type reader struct {
	*harness.Stack
	folder string // examples
}

// ran is what a program left behind.
type ran struct {
	stdout, stderr string
	code           int
}

// run runs a program in the folder of the examples, with a stack's settings and env besides.
func (r reader) run(t *testing.T, program []string, env ...string) ran {
	t.Helper()
	return r.runOn(t, "", program, env...)
}

// runOn is run with something on standard input.
func (r reader) runOn(t *testing.T, stdin string, program []string, env ...string) ran {
	t.Helper()
	// `source` first, then the program with what is given here on top.
	script := `source ./settings.sh "$OUTPUTS" && exec env "$@"`
	cmd := exec.CommandContext(t.Context(), "bash", append([]string{"-c", script, "bash"}, append(env, program...)...)...)
	cmd.Dir = r.folder
	cmd.Env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(), "OUTPUTS=" + r.OutputsFile,
		"PRESIGNED_USERNAME=" + r.Username, "PRESIGNED_PASSWORD=" + r.Password,
	}
	cmd.Stdin = strings.NewReader(stdin)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	var failed *exec.ExitError
	if err := cmd.Run(); err != nil && !errors.As(err, &failed) {
		t.Fatal(err)
	}
	harness.Printed(t, fmt.Sprint(program, ", standard error"), stderr.String())
	if !strings.Contains(fmt.Sprint(program), "sign-in") { // whose result is a token
		harness.Printed(t, fmt.Sprint(program, ", standard output"), stdout.String())
	}
	return ran{stdout.String(), stderr.String(), cmd.ProcessState.ExitCode()}
}

func TestEachExampleUploadsAFile(t *testing.T) {
	r := start(t)
	banana, err := os.ReadFile(filepath.Join(r.folder, "banana.json"))
	if err != nil || len(banana) != 119 {
		t.Fatalf("banana.json has %d bytes, want 119 (%v)", len(banana), err)
	}
	typed := paste(t, r)
	arrived := func(t *testing.T, key string) {
		t.Helper()
		if !regexp.MustCompile(`^johndoe/\d{13}-banana\.json$`).MatchString(key) {
			t.Fatalf("got %q, want a key alone", key)
		}
		get, err := harness.Presign(t.Context(), r.DownloadURL, typed.tokens["curl"], `{"key":"`+key+`"}`)
		if err != nil {
			t.Fatal(err)
		}
		stored := get.Request(nil).Send(t)
		if !bytes.Equal(stored.Body, banana) || stored.Header.Get("Content-Type") != "application/json" {
			t.Errorf("the bucket has %q (%s)", stored.Body, stored.Header.Get("Content-Type"))
		}
	}
	for _, key := range typed.keys { // with the token from curl
		arrived(t, key)
	}
	for name, program := range uploads {
		t.Run(name+" with a token from Amplify", func(t *testing.T) {
			got := r.run(t, append(program, "banana.json"), "PRESIGNED_ACCESS_TOKEN="+typed.tokens["Amplify"])
			if got.code != 0 || got.stderr != "" {
				t.Fatalf("got %+v, want a key alone", got)
			}
			arrived(t, strings.TrimSuffix(got.stdout, "\n"))
		})
	}
	t.Run("a machine client", func(t *testing.T) { machineClient(t, r) })
	if testing.Short() {
		return // make test-long runs the others: a process for each
	}
	t.Run("names", func(t *testing.T) { names(t, r, typed.tokens["curl"]) })
	t.Run("refusals", func(t *testing.T) { refusals(t, r, typed.tokens["curl"]) })
}

// machineClient uploads as a system without users, with the secret that Secrets Manager would give.
func machineClient(t *testing.T, r reader) {
	if len(r.Secrets) != 1 {
		t.Fatalf("got %d secrets, want the one machine client's", len(r.Secrets))
	}
	signIn := []string{"machine/sign-in.sh"}
	for _, secret := range r.Secrets {
		got := r.runOn(t, secret, signIn)
		if got.code != 0 {
			t.Fatalf("exit code %d: %s", got.code, got.stderr)
		}
		up := r.run(t, append(uploads["curl"], "banana.json"), "PRESIGNED_ACCESS_TOKEN="+strings.TrimSpace(got.stdout))
		if up.code != 0 || !regexp.MustCompile(`^_client-[a-z0-9]+/\d{13}-banana\.json\n$`).MatchString(up.stdout) {
			t.Errorf("got %+v, want a key below the client's own prefix", up)
		}
		outputs, err := os.ReadFile(r.OutputsFile)
		if err != nil {
			t.Fatal(err)
		}
		if key := regexp.MustCompile(`"clientSecret":"([^"]+)"`).FindStringSubmatch(secret); key == nil || bytes.Contains(outputs, []byte(key[1])) {
			t.Error("the client's secret is in the stack's outputs")
		}
		fails(t, r.runOn(t, strings.Replace(secret, `"clientSecret":"`, `"clientSecret":"x`, 1), signIn), "invalid_client")
	}
	fails(t, r.runOn(t, "nothing", signIn), "clientSecret")
}

// refusals checks that each example reports the errors of user pool, endpoint and S3.
func refusals(t *testing.T, r reader, accessToken string) {
	for name, program := range signIns {
		t.Run(name+", wrong password", func(t *testing.T) {
			fails(t, r.run(t, program, `PRESIGNED_PASSWORD=wr"o\ng`), "Incorrect username or password")
		})
	}
	token := "PRESIGNED_ACCESS_TOKEN=" + accessToken
	used := "PRESIGNED_UPLOAD_URL=" + alwaysTheSameAnswer(t, r, token)
	for name, program := range uploads {
		banana := append(program[:len(program):len(program)], "banana.json")
		for what, attempt := range map[string]struct {
			program []string
			env     []string
			says    string
		}{
			"a content type that the stage refuses": {append(banana, "text/html"), []string{token}, "ContentTypeNotAllowed"},
			"a token that is none":                  {banana, []string{"PRESIGNED_ACCESS_TOKEN=none"}, "Unauthorized"},
			"a URL that was used before":            {banana, []string{token, used}, "PreconditionFailed"},
			"no file":                               {append(program[:len(program):len(program)], "nothing.json"), []string{token}, "nothing.json"},
			"nobody who answers":                    {banana, []string{token, "PRESIGNED_UPLOAD_URL=" + closed(t)}, ""},
		} {
			t.Run(name+", "+what, func(t *testing.T) { fails(t, r.run(t, attempt.program, attempt.env...), attempt.says) })
		}
	}
}

// fails requires an error in words, and no result.
func fails(t *testing.T, got ran, says string) {
	t.Helper()
	if got.code == 0 || got.stdout != "" || got.stderr == "" || !strings.Contains(got.stderr, says) {
		t.Errorf("got %+v, want an error that says %q", got, says)
	}
}

// alwaysTheSameAnswer is an endpoint whose presigned URL has been used already.
func alwaysTheSameAnswer(t *testing.T, r reader, token string) string {
	t.Helper()
	_, bare, _ := strings.Cut(token, "=")
	answer, err := harness.Ask(t.Context(), r.UploadURL, bare, `{"contentLength":119}`)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write(answer.Body)
	}))
	t.Cleanup(server.Close)
	if first := r.run(t, append(uploads["curl"], "banana.json"), token, "PRESIGNED_UPLOAD_URL="+server.URL); first.code != 0 {
		t.Fatalf("the first use failed: %s", first.stderr)
	}
	return server.URL
}

// closed is an address where nobody listens.
func closed(t *testing.T) string {
	t.Helper()
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	return server.URL
}

func start(t *testing.T, options ...func(*stack.Config)) reader {
	t.Helper()
	folder, err := filepath.Abs("../../examples") // before the start: the S3 gateway changes the working directory
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(folder, "amplify/node_modules")); err != nil {
		t.Fatal("the packages of examples/amplify are missing\nhint: run `npm --prefix examples/amplify ci`")
	}
	return reader{harness.Serve(t, "bounded-assembly", options...), folder}
}
