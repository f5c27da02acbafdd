package apigateway

import (
	"fmt"
	"maps"
	"net/http"
	"strings"
)

// kind is a gateway response type: why API Gateway answers itself.
type kind string

// The types that this package can meet, and the two that stand for all others.
const (
	accessDenied               kind = "ACCESS_DENIED"
	apiConfigurationError      kind = "API_CONFIGURATION_ERROR"
	badRequestBody             kind = "BAD_REQUEST_BODY"
	default4XX                 kind = "DEFAULT_4XX"
	default5XX                 kind = "DEFAULT_5XX"
	integrationTimeout         kind = "INTEGRATION_TIMEOUT"
	missingAuthenticationToken kind = "MISSING_AUTHENTICATION_TOKEN"
	requestTooLarge            kind = "REQUEST_TOO_LARGE"
	throttled                  kind = "THROTTLED"
	unauthorized               kind = "UNAUTHORIZED"

	forbidden kind = "" // no API answers at this path, so no gateway response applies
)

// kindInfo is what a type is by default.
type kindInfo struct {
	status    int
	errorType string // the x-amzn-ErrorType header
}

// kinds are all types that a template may customize.
// Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
func kinds() map[kind]kindInfo {
	return map[kind]kindInfo{
		accessDenied:                     {403, "AccessDeniedException"},
		apiConfigurationError:            {500, "InternalServerErrorException"},
		"AUTHORIZER_CONFIGURATION_ERROR": {500, "InternalServerErrorException"},
		"AUTHORIZER_FAILURE":             {500, "InternalServerErrorException"},
		badRequestBody:                   {400, "BadRequestException"},
		"BAD_REQUEST_PARAMETERS":         {400, "BadRequestException"},
		default4XX:                       {400, "BadRequestException"},
		default5XX:                       {500, "InternalServerErrorException"},
		"EXPIRED_TOKEN":                  {403, "ExpiredTokenException"},
		"INTEGRATION_FAILURE":            {504, "InternalServerErrorException"},
		integrationTimeout:               {504, "InternalServerErrorException"},
		"INVALID_API_KEY":                {403, "ForbiddenException"},
		"INVALID_SIGNATURE":              {403, "InvalidSignatureException"},
		missingAuthenticationToken:       {403, "MissingAuthenticationTokenException"},
		"QUOTA_EXCEEDED":                 {429, "LimitExceededException"},
		requestTooLarge:                  {413, "RequestTooLargeException"},
		"RESOURCE_NOT_FOUND":             {404, "NotFoundException"},
		throttled:                        {429, "TooManyRequestsException"},
		unauthorized:                     {401, "UnauthorizedException"},
		"UNSUPPORTED_MEDIA_TYPE":         {415, "BadRequestException"},
		"WAF_FILTERED":                   {403, "ForbiddenException"},
	}
}

// refusal is why API Gateway answers itself.
type refusal struct {
	kind    kind
	status  int    // of the answer, unless its gateway response sets another
	message string // $context.error.message
}

func refuse(k kind, message string) *refusal {
	return &refusal{kind: k, status: kinds()[k].status, message: message}
}

// internalError is the answer to a function that failed, and to one that answered nonsense: AWS tells nobody which.
func internalError() *refusal {
	return &refusal{kind: default5XX, status: http.StatusBadGateway, message: "Internal server error"}
}

// gatewayResponse is the template's answer for a response type.
type gatewayResponse struct {
	status int // 0: the type's own
	body   text
	header http.Header
}

// refuse makes the answer to a refused request: the gateway response of its type, or of all types of its class, or
// what API Gateway answers without any.
func (a *API) refuse(x *exchange) answer {
	if x.refusal.kind == forbidden {
		return answer{
			status: http.StatusForbidden, body: []byte(`{"message":"Forbidden"}`),
			header: http.Header{"Content-Type": {"application/json"}, "X-Amzn-Errortype": {"ForbiddenException"}},
		}
	}
	response, ok := a.gatewayResponses[x.refusal.kind]
	if !ok && x.refusal.status >= 500 {
		response, ok = a.gatewayResponses[default5XX]
	} else if !ok {
		response, ok = a.gatewayResponses[default4XX]
	}
	header := http.Header{}
	header.Set("X-Amzn-Errortype", kinds()[x.refusal.kind].errorType)
	header.Set("Content-Type", "application/json")
	if !ok {
		return answer{status: x.refusal.status, header: header, body: []byte(`{"message":` + quote(x.refusal.message) + `}`)}
	}
	if response.status == 0 {
		response.status = x.refusal.status
	}
	maps.Copy(header, response.header)
	return answer{status: response.status, header: header, body: []byte(response.body.render(x, ""))}
}

// compile reads a gateway response: one template, whatever the client accepts, and static headers.
func (p gatewayResponseResource) compile() (g gatewayResponse, err error) {
	g = gatewayResponse{status: int(p.StatusCode), header: http.Header{}}
	if _, known := kinds()[p.ResponseType]; !known {
		return g, fmt.Errorf("no gateway response type %q", p.ResponseType)
	}
	if len(p.ResponseTemplates) != 1 {
		return g, fmt.Errorf("%d response templates: the local run models one", len(p.ResponseTemplates))
	}
	for contentType, body := range p.ResponseTemplates {
		g.header.Set("Content-Type", contentType)
		if g.body, err = parseText(body); err != nil {
			return g, err
		}
	}
	for parameter, value := range p.ResponseParameters {
		name, ok := strings.CutPrefix(parameter, "gatewayresponse.header.")
		static, isStatic := staticValue(value)
		if !ok || !isStatic {
			return g, fmt.Errorf("response parameter %s = %s: the local run models headers with 'static' values only", parameter, value)
		}
		g.header.Set(name, static)
	}
	return g, nil
}
