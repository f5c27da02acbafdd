package apigateway

import (
	"net"
	"strings"

	"github.com/aws/aws-lambda-go/events"
)

// event makes the function's payload. Header names come in Go's canonical spelling: AWS keeps the client's, and a
// function must accept both, because HTTP/2 clients send small letters. Where AWS sends null, this has an empty value.
// Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
func (x *exchange) event() events.APIGatewayProxyRequest {
	r := x.request
	headers := r.Header.Clone()
	headers.Set("Host", r.Host)
	host, _, _ := strings.Cut(r.Host, ":")
	sourceIP, _, _ := net.SplitHostPort(r.RemoteAddr) // which net/http has written
	e := events.APIGatewayProxyRequest{
		Resource: x.resource.path, Path: x.resource.path, HTTPMethod: r.Method,
		MultiValueHeaders: headers, Headers: last(headers),
		MultiValueQueryStringParameters: r.URL.Query(), QueryStringParameters: last(r.URL.Query()),
		RequestContext: events.APIGatewayProxyRequestContext{
			AccountID: x.api.accountID, APIID: x.api.id, Stage: x.api.stage, DomainName: host,
			ResourceID: x.resource.id, ResourcePath: x.resource.path, Path: r.URL.EscapedPath(), HTTPMethod: r.Method, Protocol: r.Proto,
			RequestID: x.id, ExtendedRequestID: x.id,
			RequestTime: x.start.UTC().Format("02/Jan/2006:15:04:05 -0700"), RequestTimeEpoch: x.start.UnixMilli(),
			Identity: events.APIGatewayRequestIdentity{SourceIP: sourceIP, UserAgent: r.UserAgent()},
		},
		Body: string(x.body),
	}
	if x.claims != nil {
		e.RequestContext.Authorizer = map[string]any{"claims": x.claims}
	}
	return e
}

// last keeps the last value of each name, as the single-value maps do.
func last(values map[string][]string) map[string]string {
	single := make(map[string]string, len(values))
	for name, all := range values {
		single[name] = all[len(all)-1]
	}
	return single
}
