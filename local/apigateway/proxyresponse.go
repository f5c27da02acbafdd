package apigateway

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
)

// functionAnswer is what a proxy integration takes from a function. Another field makes the answer malformed (localstack,
// AWS-validated). AWS also takes numbers and booleans as headers, and a status in quotes; this does not.
type functionAnswer struct {
	StatusCode        int                 `json:"statusCode"`
	Headers           map[string]string   `json:"headers"`
	MultiValueHeaders map[string][]string `json:"multiValueHeaders"`
	Body              string              `json:"body"`
	// IsBase64Encoded has no effect: bodies are decoded only for the API's binary media types, and it has none.
	IsBase64Encoded bool `json:"isBase64Encoded"`
}

// proxyResponse makes the client's response of a function's answer.
func proxyResponse(payload []byte) (answer, error) {
	var f *functionAnswer
	d := json.NewDecoder(bytes.NewReader(payload))
	d.DisallowUnknownFields()
	if err := d.Decode(&f); err != nil {
		return answer{}, fmt.Errorf("malformed Lambda proxy response: %w", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) || f == nil {
		return answer{}, errors.New("malformed Lambda proxy response: want one JSON object")
	}
	if f.StatusCode == 0 {
		f.StatusCode = http.StatusOK
	}
	if f.StatusCode < 200 || f.StatusCode > 599 {
		return answer{}, fmt.Errorf("malformed Lambda proxy response: status code %d", f.StatusCode)
	}
	header := http.Header{"Content-Type": {"application/json"}}
	for name, value := range f.Headers {
		header.Set(name, value)
	}
	for name, values := range f.MultiValueHeaders { // where both name one, these count
		header[http.CanonicalHeaderKey(name)] = values
	}
	return answer{status: f.StatusCode, header: header, body: []byte(f.Body)}, nil
}
