package apigateway_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestALongAnswerIsCompressedForWhoAsks(t *testing.T) {
	compressing := func(resources map[string]any) {
		for _, r := range resources {
			if r := r.(map[string]any); r["Type"] == "AWS::ApiGateway::RestApi" {
				r["Properties"].(map[string]any)["MinimumCompressionSize"] = 10
			}
		}
	}
	for _, tc := range []struct {
		edit              func(map[string]any)
		body, asks, wants string
	}{
		{compressing, "ten bytes!", "gzip, deflate, br", "gzip"},
		{compressing, "ten bytes!", "gzip", "gzip"},
		{compressing, "ten bytes!", "", ""},
		{compressing, "ten bytes!", "br, gzip", ""},
		{compressing, "short", "gzip", ""},
		{nil, "ten bytes!", "gzip", ""},
	} {
		api := setup{function: answers(`{"statusCode":200,"body":"` + tc.body + `"}`), edit: tc.edit}.api(t)
		r, w := httptest.NewRequest(http.MethodPut, "/v1/open", nil), httptest.NewRecorder()
		r.Header.Set("Accept-Encoding", tc.asks)
		api.ServeHTTP(w, r)
		if got := w.Result().Header.Get("Content-Encoding"); got != tc.wants {
			t.Errorf("%q for %q: got Content-Encoding %q, want %q", tc.body, tc.asks, got, tc.wants)
		}
		if got := w.Body.String(); (got == tc.body) == (tc.wants == "gzip") {
			t.Errorf("%q for %q: got body %q", tc.body, tc.asks, got)
		}
	}
}

func TestTheFunctionsAnswerBecomesTheResponse(t *testing.T) {
	for _, tc := range []struct {
		name, answer string
		status       int
		body         string
		header       http.Header // some of the response's
	}{
		{"status and body", `{"statusCode":201,"body":"made"}`, 201, "made", http.Header{"Content-Type": {"application/json"}}},
		{"nothing at all", `{}`, 200, "", nil},
		{"null everywhere", `{"statusCode":200,"headers":null,"multiValueHeaders":null,"body":null}`, 200, "", nil},
		{"headers", `{"headers":{"content-type":"text/plain","X-On":"true"}}`, 200, "",
			http.Header{"Content-Type": {"text/plain"}, "X-On": {"true"}}},
		{"multi-value headers win", `{"headers":{"X-A":"1","X-B":"1"},"multiValueHeaders":{"x-a":["2","3"]}}`, 200, "",
			http.Header{"X-A": {"2", "3"}, "X-B": {"1"}}},
		{"base64 without binary media types", `{"body":"aGk=","isBase64Encoded":true}`, 200, "aGk=", nil},
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
		`{"multiValueHeaders":{"X":"a"}}`, `{"isBase64Encoded":"yes"}`, `{"errorMessage":"x","errorType":"y"}`,
	} {
		resp := send(setup{function: answers(answer)}.api(t), "PUT", "/v1/open", "")
		if got := read(t, resp); resp.StatusCode != 502 || got != `{"message":"Internal server error"}` {
			t.Errorf("answer %s: got %d %s, want 502", answer, resp.StatusCode, got)
		}
	}
}

// Over a real connection, where net/http has its own ideas of what a response may hold.
func TestAResponseCrossesTheWire(t *testing.T) {
	server := httptest.NewServer(setup{function: answers(`{"body":"hello"}`)}.api(t))
	defer server.Close()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPut, server.URL+"/v1/open", strings.NewReader("x"))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := server.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	if got := read(t, resp); got != "hello" {
		t.Errorf("got %q, want hello", got)
	}
}
