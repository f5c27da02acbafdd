package apigateway_test

import (
	"net/http"
	"strings"
	"testing"
)

func TestTheFunctionsAnswerBecomesTheResponse(t *testing.T) {
	for _, tc := range []struct {
		name, answer string
		status       int
		body         string
		header       http.Header // some of the response's
	}{
		{"status and body", `{"statusCode":201,"body":"made"}`, 201, "made", http.Header{"Content-Type": {"application/json"}}},
		{"nothing at all", `{}`, 200, "", nil},
		{"null everywhere", `{"statusCode":200,"headers":null,"body":null}`, 200, "", nil},
		{"headers", `{"headers":{"content-type":"text/plain","X-On":"true"}}`, 200, "",
			http.Header{"Content-Type": {"text/plain"}, "X-On": {"true"}}},
		{"no content", `{"statusCode":204,"body":"ignored"}`, 204, "", nil},
	} {
		resp := send(setup{function: answers(tc.answer)}.api(t), "PUT", "/v1/open", "")
		if got := read(t, resp); resp.StatusCode != tc.status || got != tc.body {
			t.Errorf("%s: got %d %q, want %d %q", tc.name, resp.StatusCode, got, tc.status, tc.body)
		}
		for name, want := range tc.header {
			if got := strings.Join(resp.Header[name], "|"); got != strings.Join(want, "|") {
				t.Errorf("%s: %s %q, want %q", tc.name, name, got, want)
			}
		}
		if resp.Header.Get("X-Amzn-Trace-Id") == "" {
			t.Errorf("%s: no trace ID", tc.name)
		}
	}
}

func TestAMalformedAnswerIs502(t *testing.T) {
	for _, answer := range []string{
		``, `null`, `"text"`, `[]`, `{`, `{} {}`, `{"statusCode":"200"}`, `{"statusCode":99}`, `{"statusCode":600}`, `{"statusCode":200.5}`,
		`{"statusCode":200,"cookies":[]}`, `{"body":{}}`, `{"headers":{"X":["a"]}}`, `{"headers":[]}`,
		`{"errorMessage":"x","errorType":"y"}`,
	} {
		resp := send(setup{function: answers(answer)}.api(t), "PUT", "/v1/open", "")
		if got := read(t, resp); resp.StatusCode != 502 || got != `{"message":"Internal server error"}` {
			t.Errorf("answer %s: got %d %s, want 502", answer, resp.StatusCode, got)
		}
	}
}
