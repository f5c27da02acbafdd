package stack_test

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"
)

func TestPreflightAllowsWhatARequestSends(t *testing.T) {
	for name, v := range all {
		for _, r := range v.ofType("AWS::ApiGateway::Resource") {
			preflight := v.method(r.id, "OPTIONS")
			if len(v.config.AllowedOrigins) == 0 {
				if preflight.Properties != nil {
					t.Errorf("%s: has a preflight without an origin", name)
				}
				continue
			}
			response := list(at(preflight.Properties, "Integration", "IntegrationResponses"))[0]
			for header, want := range map[string]any{
				"Access-Control-Allow-Origin":  staticOrigin(name),
				"Access-Control-Allow-Methods": "'POST,OPTIONS'",
				"Access-Control-Allow-Headers": "'Authorization,Content-Type'",
				"Access-Control-Max-Age":       "'3600'",
			} {
				if got := at(response, "ResponseParameters", "method.response.header."+header); got != want {
					t.Errorf("%s: got %s %v, want %v", name, header, got, want)
				}
			}
			if got := at(response, "ResponseTemplates"); got != nil {
				t.Errorf("%s: has a template, want static headers: %s", name, text(t, got))
			}
		}
	}
}

// staticOrigin is who may read an answer that API Gateway gives itself.
func staticOrigin(stage string) any {
	return map[string]any{"least": nil, "dev": "'*'", "prod": "'https://app.example.com'", "everything": "'*'"}[stage]
}

func TestGatewayResponsesAreProblemsThatPagesCanRead(t *testing.T) {
	for name, v := range all {
		t.Run(name, func(t *testing.T) {
			seen := map[any]bool{}
			for _, r := range v.ofType("AWS::ApiGateway::GatewayResponse") {
				seen[r.Properties["ResponseType"]] = true
				checkGatewayResponse(t, v, r)
			}
			if got := v.starting(t, "AWS::ApiGateway::GatewayResponse", "ApiExpiredToken").Properties["StatusCode"]; got != "401" {
				t.Errorf("got status %v for an expired token: clients refresh on 401", got)
			}
			for _, want := range []string{"DEFAULT_4XX", "DEFAULT_5XX", "UNAUTHORIZED", "ACCESS_DENIED", "BAD_REQUEST_BODY", "THROTTLED", "REQUEST_TOO_LARGE"} {
				if !seen[want] {
					t.Errorf("got no gateway response of type %s", want)
				}
			}
		})
	}
}

func checkGatewayResponse(t *testing.T, v variant, r resource) {
	t.Helper()
	template := at(r.Properties, "ResponseTemplates", "application/json").(string)
	for _, variable := range regexp.MustCompile(`\$[\w.]+`).FindAllString(template, -1) {
		// Others may have quotes in them, and only messageString is documented as a quoted string.
		if variable != "$context.extendedRequestId" && variable != "$context.error.messageString" {
			t.Errorf("%s: uses %s, which API Gateway does not escape", r.id, variable)
		}
	}
	// messageString brings its own quotes, everything else is quoted in the template.
	body := strings.ReplaceAll(template, "$context.error.messageString", `"why"`)
	var problem struct {
		Type, Title, Detail, Code, RequestID string
		Status                               int
	}
	if err := json.Unmarshal([]byte(body), &problem); err != nil {
		t.Fatalf("%s: %v in %s", r.id, err, body)
	}
	if status, ok := r.Properties["StatusCode"]; ok && status != text(t, problem.Status) {
		t.Errorf("%s: body says %d, status is %v", r.id, problem.Status, status)
	}
	if got, want := strings.ToUpper(problem.Code), strings.ReplaceAll(r.Properties["ResponseType"].(string), "_", ""); got != want {
		t.Errorf("%s: got code %s, want %s in PascalCase", r.id, problem.Code, want)
	}
	if problem.RequestID != "$context.extendedRequestId" || problem.Detail == "" || problem.Title == "" || problem.Type != "about:blank" {
		t.Errorf("%s: not a whole problem: %s", r.id, body)
	}
	if got := at(r.Properties, "ResponseParameters", "gatewayresponse.header.Content-Type"); got != "'application/problem+json'" {
		t.Errorf("%s: got content type %v", r.id, got)
	}
	want := staticOrigin(v.config.Name)
	if got := at(r.Properties, "ResponseParameters", "gatewayresponse.header.Access-Control-Allow-Origin"); got != want {
		t.Errorf("%s: got allowed origin %v, want %v", r.id, got, want)
	}
	if got := at(r.Properties, "ResponseParameters", "gatewayresponse.header.Access-Control-Allow-Credentials"); got != nil {
		t.Errorf("%s: allows credentials", r.id)
	}
}
