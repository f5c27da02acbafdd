package apigateway_test

import (
	"context"
	"encoding/json"
	"testing"
)

func TestBodiesAreValidatedAgainstTheModel(t *testing.T) {
	p := &pool{issuer: "https://issuer.example/pool"}
	api := setup{pool: p}.api(t)
	token := "Authorization: " + p.token(t, nil)
	for _, tc := range []struct {
		name, contentType, body string
		problem                 string // "-" means: let through
	}{
		{"an empty object", "application/json", `{}`, "-"},
		{"no body", "application/json", ``, "-"},
		{"all fields", "application/json; charset=utf-8", `{"username":"john","operation":"putObject","partNumber":10000}`, "-"},
		{"no content type", "", `{"username":1}`, `[instance type (integer) does not match any allowed primitive type (allowed: ["string"])]`},
		{"another content type", "text/plain", `{"username":1}`, "-"},
		{"a content type that is none", "///", `{"username":1}`, "-"},
		{"content type in capitals", "Application/JSON", `[]`, `[instance type (array) does not match any allowed primitive type (allowed: ["object"])]`},
		{"no JSON", "application/json", `{`, ""},
		{"two documents", "application/json", `{} {}`, ""},
		{"another type", "application/json", `[]`, `[instance type (array) does not match any allowed primitive type (allowed: ["object"])]`},
		{"unknown field", "application/json", `{"b":1,"a":2}`, `[object instance has properties which are not allowed by the schema: ["a","b"]]`},
		{"field of another type", "application/json", `{"partNumber":"1"}`, `[instance type (string) does not match any allowed primitive type (allowed: ["integer"])]`},
		{"a fraction", "application/json", `{"partNumber":1.5}`, `[instance type (number) does not match any allowed primitive type (allowed: ["integer"])]`},
		{"too small", "application/json", `{"partNumber":0}`, `[numeric instance is lower than the required minimum (minimum: 1, found: 0)]`},
		{"too large", "application/json", `{"partNumber":10001}`, `[numeric instance is greater than the required maximum (maximum: 10000, found: 10001)]`},
		{"too short", "application/json", `{"username":"x"}`, `[string "x" is too short (length: 1, required minimum: 2)]`},
		{"too long", "application/json", `{"username":"xxxxx"}`, `[string "xxxxx" is too long (length: 5, maximum allowed: 4)]`},
		{"not in the list", "application/json", `{"operation":"x"}`, `[instance value ("x") not found in enum (possible values: ["putObject","getObject"])]`},
		{"not of the form", "application/json", `{"contentType":"<&>"}`, `[ECMA 262 regex "^[ -~]+/[ -~]+$" does not match input string "<&>"]`},
	} {
		headers := []string{token}
		if tc.contentType != "" {
			headers = append(headers, "Content-Type: "+tc.contentType)
		}
		resp := send(api, "POST", "/v1/signed", tc.body, headers...)
		body := read(t, resp)
		if tc.problem == "-" {
			if resp.StatusCode != 200 {
				t.Errorf("%s: got %d %s, want 200", tc.name, resp.StatusCode, body)
			}
			continue
		}
		var got struct{ Detail, Message string }
		if err := json.Unmarshal([]byte(body), &got); err != nil {
			t.Errorf("%s: %s is no JSON: %v", tc.name, body, err)
		}
		if resp.StatusCode != 400 || got.Detail != tc.problem || got.Message != "Invalid request body" {
			t.Errorf("%s: got %d %q %q, want 400 %q", tc.name, resp.StatusCode, got.Message, got.Detail, tc.problem)
		}
		if got := resp.Header.Get("Content-Type"); got != "application/problem+json" {
			t.Errorf("%s: content type %q, want that of the template", tc.name, got)
		}
	}
}

func TestRequiredHeadersAreAskedFor(t *testing.T) {
	api := setup{edit: func(r map[string]any) {
		asked := properties(r, "OpenPut")["RequestParameters"].(map[string]any)
		for _, name := range []string{"X-B", "X-D", "X-A", "X-C", "X-Here"} {
			asked["method.request.header."+name] = true
		}
	}}.api(t)
	resp := send(api, "PUT", "/v1/open", "not JSON, and not validated", "X-Here: yes")
	want := `{"any":"BAD_REQUEST_PARAMETERS","detail":"Missing required request parameters: [X-A, X-B, X-C, X-D, X-Wanted]"}`
	if got := read(t, resp); resp.StatusCode != 400 || got != want {
		t.Errorf("got %d %s, want 400 %s", resp.StatusCode, got, want)
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
	send(api, "PUT", "/v1/open", ``)
}
