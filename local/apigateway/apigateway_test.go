package apigateway

import (
	"context"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"golang.org/x/time/rate"
)

// What the API refuses of a caller is proven by test/attack; what it refuses of a template, by local/stack. Here is what
// a function's failure becomes.

// function answers as the test says.
type function func() ([]byte, error)

func (f function) Invoke(context.Context, []byte) ([]byte, error) { return f() }

// ask sends a request to an API of one method without an authorizer.
func ask(t *testing.T, request string, f function) (status int, header http.Header, body string) {
	t.Helper()
	api := &API{
		stage: "v1", clock: time.Now, log: log.New(t.Output(), "", 0),
		routes: map[string]*resource{"/v1/open": {path: "/open", methods: map[string]*method{"PUT": {
			limiter:     rate.NewLimiter(rate.Inf, 0),
			integration: func(x *exchange) (answer, *refusal) { return x.invoke(f) },
		}}}},
		gatewayResponses: map[string]gatewayResponse{
			default4XX: {header: http.Header{"Content-Type": {"application/problem+json"}}, body: `{"detail":$context.error.messageString}`},
			default5XX: {header: http.Header{"Content-Type": {"application/problem+json"}}, body: `{"detail":$context.error.messageString}`},
		},
	}
	w := httptest.NewRecorder()
	api.ServeHTTP(w, httptest.NewRequest(http.MethodPut, "/v1/open", strings.NewReader(request)))
	response := w.Result()
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, response.Header, string(text)
}

func TestAFunctionThatFailsIsAnsweredForWithoutTheCause(t *testing.T) {
	broken := errors.New("the cause")
	for name, c := range map[string]struct {
		request string
		err     error
		status  int
		body    string
	}{
		"broken":    {"{}", broken, 502, `{"detail":"Internal server error"}`},
		"too large": {strings.Repeat("x", maxEvent), nil, 413, `{"detail":"Request Too Long"}`},
		"late":      {"{}", context.DeadlineExceeded, 504, `{"detail":"Endpoint request timed out"}`},
	} {
		status, _, body := ask(t, c.request, func() ([]byte, error) { return nil, c.err })
		if status != c.status || body != c.body {
			t.Errorf("%s: got %d %s, want %d %s", name, status, body, c.status, c.body)
		}
	}
}

func TestTheFunctionsAnswerBecomesTheResponse(t *testing.T) {
	status, header, body := ask(t, "{}", func() ([]byte, error) {
		return []byte(`{"statusCode":201,"headers":{"content-type":"text/plain"},"body":"made"}`), nil
	})
	if status != 201 || body != "made" || header.Get("Content-Type") != "text/plain" {
		t.Errorf("got %d %s %v", status, body, header)
	}
	for _, malformed := range []string{
		``, `null`, `"text"`, `{`, `{}`, `{"statusCode":200} {}`, `{"statusCode":"200"}`, `{"statusCode":99}`, `{"statusCode":600}`,
		`{"statusCode":200,"cookies":[]}`, `{"statusCode":200,"body":{}}`, `{"statusCode":200,"headers":{"X":["a"]}}`,
	} {
		if status, _, body := ask(t, "{}", func() ([]byte, error) { return []byte(malformed), nil }); status != 502 {
			t.Errorf("answer %s: got %d %s, want 502", malformed, status, body)
		}
	}
}
