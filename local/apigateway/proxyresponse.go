package apigateway

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
)

// functionAnswer is what our functions send of what a proxy integration takes. AWS also knows multiValueHeaders and
// isBase64Encoded; here, like any other field, they make the answer malformed.
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
	return answer{status: f.StatusCode, header: header, body: []byte(f.Body)}, nil
}
