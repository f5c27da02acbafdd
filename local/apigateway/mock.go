package apigateway

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
)

// mock is a mock integration: it answers a preflight without a function.
type mock struct {
	status int
	header http.Header
}

func (m *mock) answer(x *exchange) (answer, *refusal) {
	if contentType(x.request.Header) != "application/json" { // no request template: AWS's mock fails too
		return answer{}, refuse(apiConfigurationError, "Internal server error")
	}
	x.integrationStatus = m.status
	return answer{status: m.status, header: m.header.Clone()}, nil
}

// loadMock reads a mock as CDK's AddCorsPreflight writes it: a request template that is only ever { statusCode: n }, and
// one response, which answers every status, with static headers. A header must be declared by the method response: API
// Gateway refuses the deployment otherwise.
func loadMock(p methodResource) (integration, error) {
	status := regexp.MustCompile(`^\s*\{\s*"?statusCode"?\s*:\s*\d{3}\s*\}\s*$`)
	if t := p.Integration.RequestTemplates; len(t) != 1 || !status.MatchString(t["application/json"]) {
		return nil, fmt.Errorf("mock request templates %q: the local run models { statusCode: n } for application/json only", t)
	}
	responses := p.Integration.IntegrationResponses
	if len(responses) != 1 || len(p.MethodResponses) != 1 || p.MethodResponses[0].StatusCode != responses[0].StatusCode {
		return nil, fmt.Errorf("mock: want one integration response and one method response of the same status")
	}
	m := &mock{status: int(responses[0].StatusCode), header: http.Header{"Content-Type": {"application/json"}}}
	for parameter, value := range responses[0].ResponseParameters {
		name, ok := strings.CutPrefix(parameter, "method.response.header.")
		static, isStatic := staticValue(value)
		if !ok || !isStatic {
			return nil, fmt.Errorf("response parameter %s = %s: the local run models headers with 'static' values only", parameter, value)
		}
		if _, ok := p.MethodResponses[0].ResponseParameters[parameter]; !ok {
			return nil, fmt.Errorf("response parameter %s: not declared by the method response", parameter)
		}
		m.header.Set(name, static)
	}
	return m, nil
}

// staticValue takes the single quotes off a parameter mapping's static value.
func staticValue(value string) (string, bool) {
	if len(value) >= 2 && value[0] == '\'' && value[len(value)-1] == '\'' {
		return value[1 : len(value)-1], true
	}
	return "", false
}
