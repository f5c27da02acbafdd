package apigateway_test

import (
	"bytes"
	"net/http/httptest"
	"strings"
	"testing"
)

// The whole way of an allowed request but the function: token, model, event, response, access log.
func BenchmarkRequest(b *testing.B) {
	p := &pool{issuer: "https://issuer.example/pool"}
	unthrottled := func(r map[string]any) { delete(properties(r, "Stage"), "MethodSettings") }
	api := setup{pool: p, log: &bytes.Buffer{}, edit: unthrottled}.api(b)
	r := httptest.NewRequest("POST", "/v1/signed", nil)
	r.Header.Set("Authorization", "Bearer "+p.token(b, nil))
	r.Header.Set("Content-Type", "application/json")
	for b.Loop() {
		r.Body = readCloser{strings.NewReader(`{"username":"john","operation":"putObject"}`)}
		w := httptest.NewRecorder()
		api.ServeHTTP(w, r)
		if w.Code != 200 {
			b.Fatalf("got %d, want 200", w.Code)
		}
	}
}

type readCloser struct{ *strings.Reader }

func (readCloser) Close() error { return nil }
