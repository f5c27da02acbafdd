package stack_test

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"
)

func TestPreflightAllowsWhatARequestSends(t *testing.T) {
	const response = "Integration/IntegrationResponses/0/"
	const header = response + "ResponseParameters/method.response.header.Access-Control-"
	for stage, origin := range map[string]string{"dev": "*", "prod": "https://app.example.com", "everything": "*"} {
		promised(t, stage, "AWS::ApiGateway::Method", "*OPTIONS", values{
			header + "Allow-Origin":  `"'` + origin + `'"`,
			header + "Allow-Methods": `"'POST,OPTIONS'"`, header + "Allow-Headers": `"'Authorization,Content-Type'"`, header + "Max-Age": `"'3600'"`,
			response + "ResponseTemplates": `null`,
		})
	}
	const bucket, rule = "AWS::S3::Bucket", "CorsConfiguration/CorsRules/0/"
	promised(t, "dev prod", bucket, "Uploads", values{
		rule + "AllowedMethods":         `["PUT","POST","GET","DELETE","HEAD"]`,
		rule + "ExposedHeaders/0":       `"ETag"`,
		rule + "ExposedHeaders/1":       `"x-amz-checksum-sha256"`,
		"CorsConfiguration/CorsRules/1": `null`,
	})
	promised(t, "dev", bucket, "Uploads", values{rule + "AllowedOrigins": `["http://localhost:*"]`})
	promised(t, "prod", bucket, "Uploads", values{rule + "AllowedOrigins": `["https://app.example.com"]`})
	promised(t, "least", bucket, "Uploads", values{"CorsConfiguration": `null`})
}

// staticOrigin is the origin whose pages may read API Gateway's own answers.
func staticOrigin(stage string) any {
	return map[string]any{"least": nil, "dev": "'*'", "prod": "'https://app.example.com'", "everything": "'*'"}[stage]
}

func TestGatewayResponsesAreProblemsThatPagesCanRead(t *testing.T) {
	for name, v := range all {
		t.Run(name, func(t *testing.T) {
			for _, r := range v.ofType("AWS::ApiGateway::GatewayResponse") {
				checkGatewayResponse(t, v, r)
			}
		})
	}
	const response, header = "AWS::ApiGateway::GatewayResponse", "ResponseParameters/gatewayresponse.header."
	promised(t, everyStage, response, "ApiExpiredToken", values{"StatusCode": `"401"`}) // clients refresh on 401
	promised(t, everyStage, response, "ApiThrottled", values{header + "Retry-After": `"'1'"`})
	// A cache between a page and the API must keep no refusal, and must not answer one origin with the answer for another.
	promised(t, everyStage, response, "*", values{header + "Cache-Control": `"'no-store'"`, header + "Content-Type": `"'application/problem+json'"`})
	promised(t, "dev prod everything", response, "*", values{header + "Vary": `"'Origin'"`, header + "Access-Control-Allow-Credentials": `null`})
}

func checkGatewayResponse(t *testing.T, v variant, r resource) {
	t.Helper()
	template := at(r.Properties, "ResponseTemplates", "application/json").(string)
	for _, variable := range regexp.MustCompile(`\$[\w.]+`).FindAllString(template, -1) {
		// Other variables may contain quotes. Only messageString is documented as a quoted string.
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
	want := staticOrigin(v.config.Name)
	if got := at(r.Properties, "ResponseParameters", "gatewayresponse.header.Access-Control-Allow-Origin"); got != want {
		t.Errorf("%s: got allowed origin %v, want %v", r.id, got, want)
	}
}
