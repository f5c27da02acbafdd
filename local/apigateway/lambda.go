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

// invoke answers by a function, as a Lambda proxy integration.
func (x *exchange) invoke(function Invoker) (answer, *refusal) {
	event, err := json.Marshal(x.event())
	if err != nil {
		return answer{}, internalError()
	}
	ctx, cancel := context.WithTimeout(x.request.Context(), integrationTime)
	defer cancel()
	payload, err := function.Invoke(ctx, event)
	var large interface{ RequestTooLarge() bool }
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return answer{}, &refusal{"INTEGRATION_TIMEOUT", http.StatusGatewayTimeout, "Endpoint request timed out"}
	case errors.As(err, &large) && large.RequestTooLarge():
		// Lambda takes 6 MB and API Gateway 10. AWS does not document the answer in between.
		return answer{}, &refusal{"REQUEST_TOO_LARGE", http.StatusRequestEntityTooLarge, "Request Too Long"}
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
