package stack_test

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"
)

func TestPreflightNamesOneAllowedOriginOrNone(t *testing.T) {
	for _, tt := range []struct {
		stage, origin string
		want          bool
	}{
		{"dev", "http://localhost:5173", true},
		{"dev", "http://localhost:80", true},
		{"dev", "http://localhost", false},
		{"dev", "http://localhost:", false},
		{"dev", "http://localhost:1@evil.example", false},
		{"dev", "http://localhost:80.evil.example", false},
		{"dev", "https://localhost:5173", false},
		{"dev", "http://localhost.evil.example:80", false},
		{"dev", "https://app.example.com", false},
		{"dev", "null", false},
		{"dev", "", false},
		{"prod", "https://app.example.com", true},
		{"prod", "https://appxexample.com", false},
		{"prod", "https://app.example.com.evil.example", false},
		{"prod", "http://app.example.com", false},
		{"prod", "http://localhost:5173", false},
		{"everything", "https://app.example.com", true},
		{"everything", "https://admin.example.com", true},
		{"everything", "https://app.example.com,https://admin.example.com", false},
		{"everything", "https://other.example.com", false},
	} {
		for _, m := range all[tt.stage].ofType("AWS::ApiGateway::Method") {
			if m.Properties["HttpMethod"] != "OPTIONS" {
				continue
			}
			response := list(at(m.Properties, "Integration", "IntegrationResponses"))[0]
			vtl := at(response, "ResponseTemplates", "application/json").(string)
			if got := echoes(t, vtl, tt.origin); got != tt.want {
				t.Errorf("%s %s, origin %q: got echoed %v, want %v", tt.stage, m.id, tt.origin, got, tt.want)
			}
			if got := at(response, "ResponseParameters", "method.response.header.Access-Control-Allow-Origin"); got != nil {
				t.Errorf("%s: names %v to every page that asks", m.id, got)
			}
		}
	}
}

// echoes evaluates the one condition of the preflight's mapping template.
func echoes(tb testing.TB, vtl, origin string) bool {
	tb.Helper()
	condition := regexp.MustCompile(`(?m)^#if\((.*)\)\n  #set\(\$context\.responseOverride\.header\.Access-Control-Allow-Origin = \$origin\)$`).FindStringSubmatch(vtl)
	if condition == nil {
		tb.Fatalf("no condition in %q", vtl)
	}
	equal := regexp.MustCompile(`^\$origin == "([^"]+)"$`)
	matches := regexp.MustCompile(`^\$origin\.matches\("([^"]+)"\)$`)
	for test := range strings.SplitSeq(condition[1], " || ") {
		if m := equal.FindStringSubmatch(test); m != nil {
			if origin == m[1] {
				return true
			}
		} else if m := matches.FindStringSubmatch(test); m != nil {
			if regexp.MustCompile(`^(?:` + m[1] + `)$`).MatchString(origin) { // Java's matches() is of the whole string
				return true
			}
		} else {
			tb.Fatalf("cannot evaluate %q", test)
		}
	}
	return false
}

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
			for header, want := range map[string]string{
				"Access-Control-Allow-Methods": "'POST,OPTIONS'",
				"Access-Control-Allow-Headers": "'Authorization,Content-Type'",
				"Vary":                         "'Origin'",
			} {
				if got := at(response, "ResponseParameters", "method.response.header."+header); got != want {
					t.Errorf("%s: got %s %v, want %s", name, header, got, want)
				}
			}
		}
	}
}

func TestGatewayResponsesAreProblemsThatPagesCanRead(t *testing.T) {
	for name, v := range all {
		t.Run(name, func(t *testing.T) {
			seen := map[any]bool{}
			for _, r := range v.ofType("AWS::ApiGateway::GatewayResponse") {
				seen[r.Properties["ResponseType"]] = true
				checkGatewayResponse(t, v, r)
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
	// messageString brings its own quotes, everything else stands in quotes already.
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
	if problem.RequestID != "$context.requestId" || problem.Detail == "" || problem.Title == "" || problem.Type != "about:blank" {
		t.Errorf("%s: not a whole problem: %s", r.id, body)
	}
	if got := at(r.Properties, "ResponseParameters", "gatewayresponse.header.Content-Type"); got != "'application/problem+json'" {
		t.Errorf("%s: got content type %v", r.id, got)
	}
	want := map[string]any{"least": nil, "dev": "'*'", "prod": "'https://app.example.com'", "everything": "'*'"}[v.config.Name]
	if got := at(r.Properties, "ResponseParameters", "gatewayresponse.header.Access-Control-Allow-Origin"); got != want {
		t.Errorf("%s: got allowed origin %v, want %v", r.id, got, want)
	}
	if got := at(r.Properties, "ResponseParameters", "gatewayresponse.header.Access-Control-Allow-Credentials"); got != nil {
		t.Errorf("%s: allows credentials", r.id)
	}
}
