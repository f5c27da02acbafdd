package apigateway

import (
	"fmt"
	"regexp"
)

// mock reads a mock integration, which answers a preflight without a function. It is as CDK's AddCorsPreflight writes it:
// a request template that is only ever { statusCode: n }, and one response, which answers every status, with static headers.
func mock(p methodProperties) (func(*exchange) (answer, *refusal), error) {
	status := regexp.MustCompile(`^\s*\{\s*"?statusCode"?\s*:\s*\d{3}\s*\}\s*$`)
	if t := p.Integration.RequestTemplates; len(t) != 1 || !status.MatchString(t["application/json"]) {
		return nil, fmt.Errorf("mock request templates %q: the local run models { statusCode: n } for application/json only", t)
	}
	responses := p.Integration.IntegrationResponses
	if len(responses) != 1 {
		return nil, fmt.Errorf("mock: %d integration responses, want one", len(responses))
	}
	code, err := responses[0].StatusCode.Int64()
	if err != nil {
		return nil, err
	}
	header, err := staticHeaders(responses[0].ResponseParameters, "method.response.header.")
	return func(*exchange) (answer, *refusal) { return answer{status: int(code), header: header}, nil }, err
}
