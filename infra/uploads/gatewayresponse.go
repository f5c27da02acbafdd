package uploads

import (
	"fmt"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigateway"

	"example.com/presigned/infra/stage"
)

// gatewayResponse is an answer that API Gateway gives itself, without the function.
type gatewayResponse struct {
	id     string // construct ID, and the problem's code: the type in PascalCase
	typ    awsapigateway.ResponseType
	status int    // 0 for the two defaults, which keep the status of the type that they replace
	title  string // HTTP's own phrase for the status
	detail string // a template: $context.error.messageString comes with its quotes, and is the only escaped variable
}

// gatewayResponses lists every type, so that each has its own code. Status codes are API Gateway's, with two exceptions:
// a wrong path, because 403 "Missing Authentication Token" misleads people, and an expired token, because 403 keeps a
// client from refreshing the token.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
func gatewayResponses() []gatewayResponse {
	const message = "$context.error.messageString"
	return []gatewayResponse{
		{"Default4xx", awsapigateway.ResponseType_DEFAULT_4XX(), 0, "Client Error", message},
		{"Default5xx", awsapigateway.ResponseType_DEFAULT_5XX(), 0, "Server Error", message},
		{"AccessDenied", awsapigateway.ResponseType_ACCESS_DENIED(), 403, "Forbidden", message},
		{"ApiConfigurationError", awsapigateway.ResponseType_API_CONFIGURATION_ERROR(), 500, "Internal Server Error", message},
		{"AuthorizerConfigurationError", awsapigateway.ResponseType_AUTHORIZER_CONFIGURATION_ERROR(), 500, "Internal Server Error", message},
		{"AuthorizerFailure", awsapigateway.ResponseType_AUTHORIZER_FAILURE(), 500, "Internal Server Error", message},
		{"BadRequestBody", awsapigateway.ResponseType_BAD_REQUEST_BODY(), 400, "Bad Request", message},
		{"BadRequestParameters", awsapigateway.ResponseType_BAD_REQUEST_PARAMETERS(), 400, "Bad Request", message},
		{"ExpiredToken", awsapigateway.ResponseType_EXPIRED_TOKEN(), 401, "Unauthorized", message},
		{"IntegrationFailure", awsapigateway.ResponseType_INTEGRATION_FAILURE(), 504, "Gateway Timeout", message},
		{"IntegrationTimeout", awsapigateway.ResponseType_INTEGRATION_TIMEOUT(), 504, "Gateway Timeout", message},
		{"InvalidApiKey", awsapigateway.ResponseType_INVALID_API_KEY(), 403, "Forbidden", message},
		{"InvalidSignature", awsapigateway.ResponseType_INVALID_SIGNATURE(), 403, "Forbidden", message},
		{"MissingAuthenticationToken", awsapigateway.ResponseType_MISSING_AUTHENTICATION_TOKEN(), 404, "Not Found", `"no such resource or method"`},
		{"QuotaExceeded", awsapigateway.ResponseType_QUOTA_EXCEEDED(), 429, "Too Many Requests", message},
		{"RequestTooLarge", awsapigateway.ResponseType_REQUEST_TOO_LARGE(), 413, "Content Too Large", message},
		{"ResourceNotFound", awsapigateway.ResponseType_RESOURCE_NOT_FOUND(), 404, "Not Found", message},
		{"Throttled", awsapigateway.ResponseType_THROTTLED(), 429, "Too Many Requests", message},
		{"Unauthorized", awsapigateway.ResponseType_UNAUTHORIZED(), 401, "Unauthorized", message},
		{"UnsupportedMediaType", awsapigateway.ResponseType_UNSUPPORTED_MEDIA_TYPE(), 415, "Unsupported Media Type", message},
		{"WafFiltered", awsapigateway.ResponseType_WAF_FILTERED(), 403, "Forbidden", message},
	}
}

// addGatewayResponses gives API Gateway's own refusals the form of the function's, and CORS headers. Without these headers
// a browser shows each refusal as "CORS error" (aws/aws-cdk#33437).
func (a *api) addGatewayResponses() {
	for _, r := range gatewayResponses() {
		options := &awsapigateway.GatewayResponseOptions{
			Type:            r.typ,
			ResponseHeaders: gatewayHeaders(r, a.config),
			// The key is what API Gateway matches against Accept, so it stays application/json;
			// the Content-Type header below replaces it in the answer.
			Templates: &map[string]*string{"application/json": new(r.body())},
		}
		if r.status != 0 {
			options.StatusCode = new(fmt.Sprint(r.status))
		}
		a.rest.AddGatewayResponse(new(r.id), options)
	}
}

// body is a problem (RFC 9457). API Gateway only replaces variables in these templates; there is no VTL.
func (r gatewayResponse) body() string {
	members := []string{`"type":"about:blank"`, `"title":"` + r.title + `"`}
	if r.status != 0 { // a default replaces several types, and no variable has the actual status
		members = append(members, fmt.Sprintf(`"status":%d`, r.status))
	}
	members = append(members, `"detail":`+r.detail, `"code":"`+r.id+`"`, `"requestId":"$context.extendedRequestId"`)
	return "{" + strings.Join(members, ",") + "}"
}

func gatewayHeaders(r gatewayResponse, config stage.Stage) *map[string]*string {
	headers := map[string]*string{
		"Content-Type":  new("'application/problem+json'"),
		"Cache-Control": new("'no-store'"),
	}
	if r.status == 429 {
		headers["Retry-After"] = new("'1'") // seconds: API Gateway's bucket refills every second
	}
	if len(config.AllowedOrigins) > 0 {
		headers["Access-Control-Allow-Origin"] = new("'" + staticOrigin(config.AllowedOrigins) + "'")
		headers["Vary"] = new("'Origin'")
	}
	return &headers
}
