package apigateway_test

import (
	"context"
	"testing"
)

func TestBodiesAreValidatedAgainstTheModel(t *testing.T) {
	p := &pool{issuer: "https://issuer.example/pool"}
	api := setup{pool: p}.api(t)
	token := "Authorization: " + p.token(t, nil)
	for _, tc := range []struct {
		name, contentType, body string
		refused                 bool
	}{
		{"an empty object", "application/json", `{}`, false},
		{"no body", "application/json", ``, false},
		{"all fields", "application/json; charset=utf-8", `{"username":"john","operation":"putObject","partNumber":10000}`, false},
		{"no content type", "", `{"username":1}`, true},
		{"another content type", "text/plain", `{"username":1}`, false},
		{"a content type that is none", "///", `{"username":1}`, false},
		{"content type in capitals", "Application/JSON", `[]`, true},
		{"no JSON", "application/json", `{`, true},
		{"two documents", "application/json", `{} {}`, true},
		{"another type", "application/json", `[]`, true},
		{"unknown field", "application/json", `{"b":1,"a":2}`, true},
		{"field of another type", "application/json", `{"partNumber":"1"}`, true},
		{"a fraction", "application/json", `{"partNumber":1.5}`, true},
	} {
		headers := []string{token}
		if tc.contentType != "" {
			headers = append(headers, "Content-Type: "+tc.contentType)
		}
		resp := send(api, "POST", "/v1/signed", tc.body, headers...)
		body := read(t, resp)
		if !tc.refused {
			if resp.StatusCode != 200 {
				t.Errorf("%s: got %d %s, want 200", tc.name, resp.StatusCode, body)
			}
			continue
		}
		if resp.StatusCode != 400 || body != `{"message":"Invalid request body"}` {
			t.Errorf("%s: got %d %s, want 400", tc.name, resp.StatusCode, body)
		}
		if got := resp.Header.Get("Content-Type"); got != "application/problem+json" {
			t.Errorf("%s: content type %q, want that of the template", tc.name, got)
		}
	}
}

func TestARefusedRequestDoesNotReachTheFunction(t *testing.T) {
	p := &pool{issuer: "https://issuer.example/pool"}
	api := setup{pool: p, function: func(context.Context, []byte) ([]byte, error) {
		t.Error("the function was invoked")
		return nil, errBroken
	}}.api(t)
	send(api, "POST", "/v1/signed", `{}`)
	send(api, "POST", "/v1/signed", `[]`, "Authorization: "+p.token(t, nil))
}
