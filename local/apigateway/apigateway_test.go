package apigateway

import (
	"context"
	"errors"
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

func TestAFunctionThatFailsIsAnsweredForWithoutTheCause(t *testing.T) {
	for name, c := range map[string]struct {
		request, answer string
		err             error
		status          int
		body            string
	}{
		"broken":    {"{}", "", errors.New("the cause"), 502, `{"detail":"Internal server error"}`},
		"nonsense":  {"{}", `{"body": "no status"}`, nil, 502, `{"detail":"Internal server error"}`},
		"too large": {strings.Repeat("x", maxEvent), "", nil, 413, `{"detail":"Request Too Long"}`},
		"late":      {"{}", "", context.DeadlineExceeded, 504, `{"detail":"Endpoint request timed out"}`},
	} {
		f := function(func() ([]byte, error) { return []byte(c.answer), c.err })
		refused := gatewayResponse{header: http.Header{"Content-Type": {"application/problem+json"}}, body: `{"detail":$context.error.messageString}`}
		api := &API{
			stage: "v1", clock: time.Now, log: log.New(t.Output(), "", 0),
			routes: map[string]*resource{"/v1/open": {path: "/open", methods: map[string]*method{"PUT": {
				limiter:     rate.NewLimiter(rate.Inf, 0),
				integration: func(x *exchange) (answer, *refusal) { return x.invoke(f) },
			}}}},
			gatewayResponses: map[string]gatewayResponse{default4XX: refused, default5XX: refused},
		}
		w := httptest.NewRecorder()
		api.ServeHTTP(w, httptest.NewRequest(http.MethodPut, "/v1/open", strings.NewReader(c.request)))
		if w.Code != c.status || w.Body.String() != c.body {
			t.Errorf("%s: got %d %s, want %d %s", name, w.Code, w.Body, c.status, c.body)
		}
	}
}
