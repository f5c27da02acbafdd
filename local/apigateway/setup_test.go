package apigateway_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"example.com/presigned/local/apigateway"
	"example.com/presigned/local/template"
)

var errBroken = errors.New("broken")

// now is when all of these tests happen.
func now() time.Time { return time.Date(2026, 11, 24, 2, 0, 0, 0, time.UTC) }

// function is a function whose answer the test gives.
type function func(ctx context.Context, payload []byte) ([]byte, error)

func (f function) Invoke(ctx context.Context, payload []byte) ([]byte, error) { return f(ctx, payload) }

// answers is a function that always gives the same answer.
func answers(payload string) function {
	return func(context.Context, []byte) ([]byte, error) { return []byte(payload), nil }
}

const poolARN = "arn:aws:cognito-idp:us-east-1:000000000000:userpool/us-east-1_users"

// setup is an API on testdata/api.template.json, and what a test changes about it.
type setup struct {
	function function
	edit     func(resources map[string]any)
	clock    func() time.Time
	log      *bytes.Buffer
	pool     *pool
}

func (s setup) load(t testing.TB) (*template.Template, *apigateway.API, error) {
	t.Helper()
	data, err := os.ReadFile("testdata/api.template.json")
	if err != nil {
		t.Fatal(err)
	}
	var doc map[string]any
	if err := json.Unmarshal(data, &doc); err != nil {
		t.Fatal(err)
	}
	if s.edit != nil {
		s.edit(doc["Resources"].(map[string]any))
	}
	tmpl := assembly(t, doc)
	if s.function == nil {
		s.function = answers(`{"statusCode":200,"body":"hello"}`)
	}
	if s.pool == nil {
		s.pool = &pool{issuer: "https://issuer.example/pool"}
	}
	if s.clock == nil {
		s.clock = now
	}
	if s.log == nil {
		s.log = &bytes.Buffer{}
	}
	tmpl.SetID("Signer", "test-Signer", map[string]string{"Arn": "arn:aws:lambda:us-east-1:000000000000:function:test-Signer"})
	tmpl.SetID("Logs", "test-Logs", map[string]string{"Arn": "arn:aws:logs:us-east-1:000000000000:log-group:test-Logs:*"})
	tmpl.SetID("Users", "us-east-1_users", map[string]string{"Arn": poolARN})
	if err := apigateway.Register(tmpl); err != nil {
		return tmpl, nil, err
	}
	api, err := apigateway.New(apigateway.Config{
		Template:  tmpl,
		Functions: map[string]apigateway.Invoker{"Signer": s.function},
		UserPools: map[string]apigateway.UserPool{poolARN: s.pool},
		Clock:     s.clock, AccessLog: s.log,
	})
	return tmpl, api, err
}

func (s setup) api(t testing.TB) *apigateway.API {
	t.Helper()
	_, api, err := s.load(t)
	if err != nil {
		t.Fatal(err)
	}
	return api
}

// assembly writes a cloud assembly around a template.
func assembly(t testing.TB, doc any) *template.Template {
	t.Helper()
	dir := t.TempDir()
	body, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	manifest := `{"artifacts": {"test": {"type": "aws:cloudformation:stack", "environment": "aws://unknown-account/unknown-region", "properties": {"templateFile": "t.json"}}}}`
	for name, data := range map[string]string{"t.json": string(body), "manifest.json": manifest} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(data), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	tmpl, err := template.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	return tmpl
}

// send makes a request; headers are "Name: value".
func send(api http.Handler, method, path, body string, headers ...string) *http.Response {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		r.Header.Add(name, value)
	}
	w := httptest.NewRecorder()
	api.ServeHTTP(w, r)
	return w.Result()
}

func read(t *testing.T, resp *http.Response) string {
	t.Helper()
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// properties finds the properties of a resource that a test edits.
func properties(resources map[string]any, logicalID string) map[string]any {
	return resources[logicalID].(map[string]any)["Properties"].(map[string]any)
}
