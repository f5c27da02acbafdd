package apigateway

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/events"
)

// integrationTime bounds every integration, because none sets another.
const integrationTime = 29 * time.Second

// maxEvent is what Lambda takes, in bytes. Source: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
const maxEvent = 6 << 20

// invoke answers by a function, as a Lambda proxy integration.
func (x *exchange) invoke(function Invoker) (answer, *refusal) {
	event, err := json.Marshal(x.event())
	if err != nil {
		return answer{}, internalError()
	}
	if len(event) > maxEvent {
		// API Gateway takes 10 MB. AWS does not document the answer in between.
		return answer{}, &refusal{"REQUEST_TOO_LARGE", http.StatusRequestEntityTooLarge, "Request Too Long"}
	}
	ctx, cancel := context.WithTimeout(x.request.Context(), integrationTime)
	defer cancel()
	payload, err := function.Invoke(ctx, event)
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return answer{}, &refusal{"INTEGRATION_TIMEOUT", http.StatusGatewayTimeout, "Endpoint request timed out"}
	case err != nil: // the cause is in the function's log
		return answer{}, internalError()
	}
	var f events.APIGatewayProxyResponse // our functions send neither multiValueHeaders nor isBase64Encoded
	if json.Unmarshal(payload, &f) != nil || f.StatusCode < 200 || f.StatusCode > 599 {
		return answer{}, internalError()
	}
	header := http.Header{"Content-Type": {"application/json"}}
	for name, value := range f.Headers {
		header.Set(name, value)
	}
	return answer{f.StatusCode, header, []byte(f.Body)}, nil
}

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
