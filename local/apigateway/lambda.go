package apigateway

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
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
	a, err := proxyResponse(payload)
	if err != nil {
		return answer{}, internalError()
	}
	return a, nil
}

// functionAnswer is the part of a proxy integration's answer that our functions send. AWS also knows multiValueHeaders
// and isBase64Encoded; here, like any other field, they make the answer malformed.
type functionAnswer struct {
	StatusCode int               `json:"statusCode"`
	Headers    map[string]string `json:"headers"`
	Body       string            `json:"body"`
}

// proxyResponse makes the client's response of a function's answer.
func proxyResponse(payload []byte) (answer, error) {
	var f *functionAnswer
	d := json.NewDecoder(bytes.NewReader(payload))
	d.DisallowUnknownFields()
	if err := d.Decode(&f); err != nil {
		return answer{}, fmt.Errorf("malformed Lambda proxy response: %w", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) || f == nil || f.StatusCode < 200 || f.StatusCode > 599 {
		return answer{}, errors.New("malformed Lambda proxy response: want one JSON object with a status code")
	}
	header := http.Header{"Content-Type": {"application/json"}}
	for name, value := range f.Headers {
		header.Set(name, value)
	}
	return answer{f.StatusCode, header, []byte(f.Body)}, nil
}
