package apigateway_test

import (
	"context"
	"testing"
	"time"
)

func TestPathsAndMethodsThatTheTemplateDoesNotHave(t *testing.T) {
	api := setup{}.api(t)
	for _, tc := range []struct {
		method, path string
		status       int
		errorType    string
		body         string
	}{
		{"POST", "/", 403, "ForbiddenException", `{"message":"Forbidden"}`},
		{"POST", "/v2/signed", 403, "ForbiddenException", `{"message":"Forbidden"}`},
		{"POST", "/v1x/signed", 403, "ForbiddenException", `{"message":"Forbidden"}`},
		{"POST", "/v1", 403, "MissingAuthenticationTokenException", `{"any":"MISSING_AUTHENTICATION_TOKEN","detail":"Missing Authentication Token"}`},
		{"POST", "/v1/nothing", 403, "MissingAuthenticationTokenException", `{"any":"MISSING_AUTHENTICATION_TOKEN","detail":"Missing Authentication Token"}`},
		{"POST", "/v1/signed/", 403, "MissingAuthenticationTokenException", `{"any":"MISSING_AUTHENTICATION_TOKEN","detail":"Missing Authentication Token"}`},
		{"POST", "/v1/%73igned", 403, "MissingAuthenticationTokenException", `{"any":"MISSING_AUTHENTICATION_TOKEN","detail":"Missing Authentication Token"}`},
		{"GET", "/v1/signed", 403, "MissingAuthenticationTokenException", `{"any":"MISSING_AUTHENTICATION_TOKEN","detail":"Missing Authentication Token"}`},
	} {
		resp := send(api, tc.method, tc.path, "")
		if got := read(t, resp); resp.StatusCode != tc.status || got != tc.body || resp.Header.Get("x-amzn-ErrorType") != tc.errorType {
			t.Errorf("%s %s: got %d %s %s, want %d %s %s", tc.method, tc.path,
				resp.StatusCode, resp.Header.Get("x-amzn-ErrorType"), got, tc.status, tc.errorType, tc.body)
		}
		if resp.Header.Get("x-amzn-RequestId") == "" || resp.Header.Get("x-amz-apigw-id") == "" {
			t.Errorf("%s %s: no request IDs", tc.method, tc.path)
		}
	}
}

func TestGatewayResponsesComeFromTheTemplate(t *testing.T) {
	resp := send(setup{}.api(t), "POST", "/v1/signed", "")
	body := read(t, resp)
	want := `{"status":401,"detail":"Unauthorized","code":"UNAUTHORIZED","requestId":"` + resp.Header.Get("x-amzn-RequestId") + `"}`
	if body != want {
		t.Errorf("body %s, want %s", body, want)
	}
	for name, want := range map[string]string{
		"Content-Type": "application/problem+json", "Access-Control-Allow-Origin": "*",
		"X-Amzn-Trace-Id": "", "X-Amzn-ErrorType": "UnauthorizedException",
	} {
		if got := resp.Header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

func TestWithoutAGatewayResponseItIsAmazonsOwn(t *testing.T) {
	api := setup{edit: func(r map[string]any) { delete(r, "OnUnauthorized"); delete(r, "OnDefault4XX") }}.api(t)
	resp := send(api, "POST", "/v1/signed", "")
	if got := read(t, resp); got != `{"message":"Unauthorized"}` || resp.StatusCode != 401 || resp.Header.Get("Content-Type") != "application/json" {
		t.Errorf("got %d %s %s", resp.StatusCode, resp.Header.Get("Content-Type"), got)
	}
}

// tooLargeError is how a function runtime says that it takes less than API Gateway.
type tooLargeError struct{ error }

func (tooLargeError) RequestTooLarge() bool { return true }

func TestAFunctionThatFailsIsAnsweredForWithoutTheCause(t *testing.T) {
	for name, tc := range map[string]struct {
		err    error
		status int
		body   string
	}{
		"broken":    {errBroken, 502, `{"message":"Internal server error"}`},
		"too large": {tooLargeError{errBroken}, 413, `{"any":"REQUEST_TOO_LARGE","detail":"Request Too Long"}`},
		"late":      {context.DeadlineExceeded, 504, `{"message":"Endpoint request timed out"}`},
	} {
		t.Run(name, func(t *testing.T) {
			api := setup{function: func(context.Context, []byte) ([]byte, error) { return nil, tc.err }}.api(t)
			resp := send(api, "PUT", "/v1/open", "")
			if got := read(t, resp); got != tc.body || resp.StatusCode != tc.status {
				t.Errorf("got %d %s, want %d %s", resp.StatusCode, got, tc.status, tc.body)
			}
		})
	}
}

func TestAFunctionHas29Seconds(t *testing.T) {
	var left time.Duration
	api := setup{function: func(ctx context.Context, _ []byte) ([]byte, error) {
		end, _ := ctx.Deadline()
		left = time.Until(end)
		return nil, nil
	}}.api(t)
	if send(api, "PUT", "/v1/open", ""); left < 28*time.Second || left > 29*time.Second {
		t.Errorf("got %s, want 29 s", left)
	}
}

func TestWithoutAPermissionTheFunctionIsNotInvoked(t *testing.T) {
	for name, edit := range map[string]func(r map[string]any){
		"none":              func(r map[string]any) { delete(r, "MayCallOpen") },
		"another principal": func(r map[string]any) { properties(r, "MayCallOpen")["Principal"] = "s3.amazonaws.com" },
		"another action":    func(r map[string]any) { properties(r, "MayCallOpen")["Action"] = "lambda:GetFunction" },
		"another function":  func(r map[string]any) { properties(r, "MayCallOpen")["FunctionName"] = "other" },
		"another path": func(r map[string]any) {
			properties(r, "MayCallOpen")["SourceArn"] = "arn:aws:execute-api:us-east-1:000000000000:*/*/PUT/closed"
		},
		"a part of the path": func(r map[string]any) {
			properties(r, "MayCallOpen")["SourceArn"] = "arn:aws:execute-api:us-east-1:000000000000:*/*/PUT/ope"
		},
		"another method": func(r map[string]any) {
			properties(r, "MayCallOpen")["SourceArn"] = "arn:aws:execute-api:us-east-1:000000000000:*/*/POST/open"
		},
	} {
		t.Run(name, func(t *testing.T) {
			invoked := false
			api := setup{edit: edit, function: func(context.Context, []byte) ([]byte, error) { invoked = true; return nil, nil }}.api(t)
			resp := send(api, "PUT", "/v1/open", "")
			if got := read(t, resp); resp.StatusCode != 500 || got != `{"message":"Internal server error"}` || invoked {
				t.Errorf("got %d %s, invoked %v; want 500 and no invocation", resp.StatusCode, got, invoked)
			}
		})
	}
}
