package apigateway

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"
)

// proxyEvent is what a Lambda proxy integration sends, version 1.0. Field for field what AWS sends: null where it
// says null, no key where it has none. (aws-lambda-go's events leave out what is empty.)
// Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
type proxyEvent struct {
	Resource                        string              `json:"resource"`
	Path                            string              `json:"path"`
	HTTPMethod                      string              `json:"httpMethod"`
	Headers                         map[string]string   `json:"headers"`
	MultiValueHeaders               map[string][]string `json:"multiValueHeaders"`
	QueryStringParameters           map[string]string   `json:"queryStringParameters"`
	MultiValueQueryStringParameters map[string][]string `json:"multiValueQueryStringParameters"`
	PathParameters                  map[string]string   `json:"pathParameters"`
	StageVariables                  map[string]string   `json:"stageVariables"`
	RequestContext                  requestContext      `json:"requestContext"`
	Body                            *string             `json:"body"`
	IsBase64Encoded                 bool                `json:"isBase64Encoded"`
}

type requestContext struct {
	ResourceID        string           `json:"resourceId"`
	Authorizer        *eventAuthorizer `json:"authorizer,omitempty"`
	ResourcePath      string           `json:"resourcePath"`
	HTTPMethod        string           `json:"httpMethod"`
	ExtendedRequestID string           `json:"extendedRequestId"`
	RequestTime       string           `json:"requestTime"`
	Path              string           `json:"path"`
	AccountID         string           `json:"accountId"`
	Protocol          string           `json:"protocol"`
	Stage             string           `json:"stage"`
	DomainPrefix      string           `json:"domainPrefix"`
	RequestTimeEpoch  int64            `json:"requestTimeEpoch"`
	RequestID         string           `json:"requestId"`
	Identity          eventIdentity    `json:"identity"`
	DomainName        string           `json:"domainName"`
	DeploymentID      string           `json:"deploymentId"`
	APIID             string           `json:"apiId"`
}

type eventAuthorizer struct {
	Claims map[string]string `json:"claims"`
}

// eventIdentity has a value only where the caller's address and user agent are: the rest is for IAM authorization.
type eventIdentity struct {
	CognitoIdentityPoolID         *string `json:"cognitoIdentityPoolId"`
	AccountID                     *string `json:"accountId"`
	CognitoIdentityID             *string `json:"cognitoIdentityId"`
	Caller                        *string `json:"caller"`
	SourceIP                      string  `json:"sourceIp"`
	PrincipalOrgID                *string `json:"principalOrgId"`
	AccessKey                     *string `json:"accessKey"`
	CognitoAuthenticationType     *string `json:"cognitoAuthenticationType"`
	CognitoAuthenticationProvider *string `json:"cognitoAuthenticationProvider"`
	UserARN                       *string `json:"userArn"`
	UserAgent                     *string `json:"userAgent"`
	User                          *string `json:"user"`
}

// droppedRequestHeaders never reach a function (localstack, AWS-validated).
func droppedRequestHeaders() []string {
	return []string{
		"Connection", "Content-Length", "Content-Md5", "Expect", "Max-Forwards", "Proxy-Authenticate", "Server", "Te",
		"Transfer-Encoding", "Trailer", "Upgrade", "Www-Authenticate",
	}
}

// event makes the function's payload. Header names come in Go's canonical spelling: AWS keeps the client's, and a
// function must not mind, because HTTP/2 clients send small letters.
func (x *exchange) event() ([]byte, error) {
	host, _, _ := strings.Cut(x.request.Host, ":")
	prefix, _, _ := strings.Cut(host, ".")
	e := proxyEvent{
		Resource: x.resource.path, Path: x.path, HTTPMethod: x.request.Method,
		MultiValueHeaders:               x.eventHeaders(),
		MultiValueQueryStringParameters: nonEmpty(x.query()),
		RequestContext: requestContext{
			ResourceID: x.resource.id, ResourcePath: x.resource.path, HTTPMethod: x.request.Method,
			ExtendedRequestID: x.extendedID, RequestID: x.requestID,
			RequestTime: x.start.UTC().Format("02/Jan/2006:15:04:05 -0700"), RequestTimeEpoch: x.start.UnixMilli(),
			Path: x.request.URL.EscapedPath(), AccountID: x.api.accountID, Protocol: x.request.Proto, Stage: x.api.stage,
			DomainName: host, DomainPrefix: prefix, DeploymentID: x.api.deploymentID, APIID: x.api.id,
			Identity: eventIdentity{SourceIP: x.sourceIP(), UserAgent: orNull(x.request.UserAgent())},
		},
		Body: orNull(string(x.body)),
	}
	e.Headers, e.QueryStringParameters = last(e.MultiValueHeaders), last(e.MultiValueQueryStringParameters)
	if x.claims != nil {
		e.RequestContext.Authorizer = &eventAuthorizer{Claims: x.claims}
	}
	return json.Marshal(e)
}

// eventHeaders are the client's, and those that API Gateway adds.
func (x *exchange) eventHeaders() map[string][]string {
	headers := make(map[string][]string, len(x.request.Header)+5)
	dropped := droppedRequestHeaders()
	for name, values := range x.request.Header {
		if !slices.Contains(dropped, name) {
			headers[name] = values
		}
	}
	headers["Host"] = []string{x.request.Host}
	headers["X-Amzn-Trace-Id"] = []string{x.traceID}
	forwarded := x.sourceIP()
	if before := x.request.Header.Get("X-Forwarded-For"); before != "" {
		forwarded = before + ", " + forwarded
	}
	headers["X-Forwarded-For"] = []string{forwarded}
	proto, port := "http", "80"
	if x.request.TLS != nil {
		proto, port = "https", "443"
	}
	if _, p, ok := strings.Cut(x.request.Host, ":"); ok {
		port = p
	}
	headers["X-Forwarded-Proto"], headers["X-Forwarded-Port"] = []string{proto}, []string{port}
	return headers
}

// query are the parameters, decoded; what cannot be decoded is left out.
func (x *exchange) query() url.Values {
	values, _ := url.ParseQuery(x.request.URL.RawQuery)
	return values
}

func nonEmpty(values map[string][]string) map[string][]string {
	if len(values) == 0 {
		return nil
	}
	return values
}

// last keeps the last value of each name, as the single-value maps do.
func last(multi map[string][]string) map[string]string {
	if multi == nil {
		return nil
	}
	single := make(map[string]string, len(multi))
	for name, values := range multi {
		single[name] = values[len(values)-1]
	}
	return single
}

func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
