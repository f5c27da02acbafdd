package apigateway

import (
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"

	"example.com/presigned/local/template"
)

// mock is a mock integration: it answers a preflight without a function.
type mock struct {
	// statuses are what the request templates say, by content type.
	statuses map[string]int
	// passthrough answers a content type that has no template. Without the status that a template would give it, the
	// mock fails as AWS's does.
	passthrough bool
	responses   map[int]mockResponse
}

type mockResponse struct {
	headers  map[string]string
	template *vtl // nil: none
}

func (m *mock) answer(x *exchange) (answer, *refusal) {
	status, ok := m.statuses[contentType(x.request.Header)]
	if !ok && !m.passthrough {
		return answer{}, refuse("UNSUPPORTED_MEDIA_TYPE", "Unsupported Media Type")
	}
	response, known := m.responses[status]
	if !ok || !known {
		return answer{}, refuse(apiConfigurationError, "Internal server error")
	}
	x.integrationStatus = status
	header := http.Header{"Content-Type": {"application/json"}}
	for name, value := range response.headers {
		header.Set(name, value)
	}
	if response.template != nil {
		for name, value := range response.template.run(x.request.Header) {
			header.Set(name, value)
		}
	}
	return answer{status: status, header: header}, nil
}

// mockStatus reads a request template, which is only ever {"statusCode": n}. CDK writes it without the quotes.
func mockStatus(template string) (int, error) {
	found := regexp.MustCompile(`^\s*\{\s*"?statusCode"?\s*:\s*"?(\d{3})"?\s*\}\s*$`).FindStringSubmatch(template)
	if found == nil {
		return 0, fmt.Errorf("mock request template %q: the local run models {\"statusCode\": n} only", template)
	}
	return strconv.Atoi(found[1])
}

// mockHeaders reads the static values of an integration response's parameters. A header must be declared by the
// method response: API Gateway refuses the deployment otherwise.
func mockHeaders(parameters map[string]string, declared map[string]template.Bool) (map[string]string, error) {
	headers := map[string]string{}
	for parameter, value := range parameters {
		name, ok := strings.CutPrefix(parameter, "method.response.header.")
		static, isStatic := staticValue(value)
		if !ok || !isStatic {
			return nil, fmt.Errorf("response parameter %s = %s: the local run models headers with 'static' values only", parameter, value)
		}
		if _, ok := declared[parameter]; !ok {
			return nil, fmt.Errorf("response parameter %s: not declared by the method response", parameter)
		}
		headers[name] = static
	}
	return headers, nil
}
