package apigateway

import (
	"context"
	"errors"
	"net/http"
	"time"
)

// integrationTime bounds every integration, because none sets another.
const integrationTime = 29 * time.Second

// lambdaProxy is a Lambda proxy integration.
type lambdaProxy struct {
	function Invoker
	// permitted is whether an AWS::Lambda::Permission lets this method invoke the function.
	permitted bool
}

func (l *lambdaProxy) answer(x *exchange) (answer, *refusal) {
	if !l.permitted {
		return answer{}, refuse(apiConfigurationError, "Internal server error")
	}
	event, err := x.event()
	if err != nil {
		return answer{}, internalError()
	}
	ctx, cancel := context.WithTimeout(x.request.Context(), integrationTime)
	defer cancel()
	start := x.api.clock()
	payload, err := l.function.Invoke(ctx, event)
	x.integrationLatency = x.api.clock().Sub(start)
	if err != nil {
		return answer{}, x.failed(err)
	}
	x.integrationStatus = http.StatusOK // the invocation's: what the function answers is the response's
	a, err := proxyResponse(payload)
	if err != nil {
		return answer{}, internalError()
	}
	return a, nil
}

// failed tells what API Gateway answers when there is no payload. The cause is in the function's log.
func (x *exchange) failed(err error) *refusal {
	var large interface{ RequestTooLarge() bool }
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		x.integrationStatus = http.StatusGatewayTimeout
		return refuse(integrationTimeout, "Endpoint request timed out")
	case errors.As(err, &large) && large.RequestTooLarge():
		// Lambda takes 6 MB and API Gateway 10. What it answers in between is not documented.
		x.integrationStatus = http.StatusRequestEntityTooLarge
		return refuse(requestTooLarge, "Request Too Long")
	}
	x.integrationStatus = http.StatusOK // Lambda answers 200 with a function error
	return internalError()
}
