package apigateway

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"example.com/presigned/local/template"
)

// The response types that answer where the template has none for the type itself.
const (
	default4XX = "DEFAULT_4XX"
	default5XX = "DEFAULT_5XX"
)

// refusal is why API Gateway answers itself.
type refusal struct {
	responseType string // https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
	status       int    // of the answer, unless its gateway response sets another
	message      string // $context.error.messageString
}

// internalError is the answer to a function that failed, and to one that answered nonsense: AWS does not say which.
func internalError() *refusal {
	return &refusal{default5XX, http.StatusBadGateway, "Internal server error"}
}

// gatewayResponse is the template's answer for a response type.
type gatewayResponse struct {
	status int // 0: the refusal's own
	header http.Header
	body   string // with $context.error.messageString and $context.extendedRequestId
}

// gatewayResponse makes the answer to a refused request: the gateway response of its type, or of its class.
func (a *API) gatewayResponse(r *refusal, requestID string) answer {
	response, ok := a.gatewayResponses[r.responseType]
	if !ok && r.status < 500 {
		response = a.gatewayResponses[default4XX]
	} else if !ok {
		response = a.gatewayResponses[default5XX]
	}
	if response.status == 0 {
		response.status = r.status
	}
	return answer{response.status, response.header, []byte(fill(response.body, r.message, requestID))}
}

// fill replaces the two variables that the stack's gateway responses use. Their bodies have variables only, and no VTL.
func fill(body, message, requestID string) string {
	return strings.NewReplacer("$context.error.messageString", strconv.Quote(message), "$context.extendedRequestId", requestID).Replace(body)
}

// addGatewayResponse reads a gateway response: one template, whatever the client accepts, and static headers.
func (l *loader) addGatewayResponse(_ template.Resource, p gatewayResponseProperties) error {
	header, err := staticHeaders(p.ResponseParameters, "gatewayresponse.header.")
	if err != nil {
		return err
	}
	body, ok := p.ResponseTemplates["application/json"]
	if rest := fill(body, "", ""); !ok || len(p.ResponseTemplates) != 1 || strings.Contains(rest, "$") {
		return fmt.Errorf("response templates %q: the local run models one for application/json, with $context.error.messageString "+
			"and $context.extendedRequestId only", p.ResponseTemplates)
	}
	status, _ := p.StatusCode.Int64() // 0 if there is none
	l.a.gatewayResponses[p.ResponseType] = gatewayResponse{int(status), header, body}
	return nil
}

// staticHeaders reads a parameter mapping of headers with 'static' values.
func staticHeaders(parameters map[string]string, prefix string) (http.Header, error) {
	header := http.Header{"Content-Type": {"application/json"}}
	for parameter, value := range parameters {
		name, isHeader := strings.CutPrefix(parameter, prefix)
		static, opened := strings.CutPrefix(value, "'")
		static, closed := strings.CutSuffix(static, "'")
		if !isHeader || !opened || !closed {
			return nil, fmt.Errorf("response parameter %s = %s: the local run models headers with 'static' values only", parameter, value)
		}
		header.Set(name, static)
	}
	return header, nil
}
