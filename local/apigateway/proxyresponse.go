package apigateway

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
)

// functionAnswer is what a proxy integration takes from a function. No field is required, and another one makes the
// answer malformed (localstack, AWS-validated).
type functionAnswer struct {
	StatusCode        any              `json:"statusCode"`
	Headers           map[string]any   `json:"headers"`
	MultiValueHeaders map[string][]any `json:"multiValueHeaders"`
	Body              *string          `json:"body"`
	// IsBase64Encoded has no effect: bodies are decoded only for the API's binary media types, and it has none.
	IsBase64Encoded bool `json:"isBase64Encoded"`
}

// proxyResponse makes the client's response of a function's answer.
func proxyResponse(payload []byte) (answer, error) {
	var f functionAnswer
	d := json.NewDecoder(bytes.NewReader(payload))
	d.DisallowUnknownFields()
	d.UseNumber()
	if err := d.Decode(&f); err != nil {
		return answer{}, fmt.Errorf("malformed Lambda proxy response: %w", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) || bytes.HasPrefix(bytes.TrimSpace(payload), []byte("null")) {
		return answer{}, errors.New("malformed Lambda proxy response: want one JSON object")
	}
	status, err := statusCode(f.StatusCode)
	if err != nil {
		return answer{}, err
	}
	header, err := responseHeader(f)
	if err != nil {
		return answer{}, err
	}
	a := answer{status: status, header: header}
	if f.Body != nil {
		a.body = []byte(*f.Body)
	}
	return a, nil
}

func statusCode(v any) (int, error) {
	if v == nil {
		return http.StatusOK, nil
	}
	status, err := strconv.Atoi(fmt.Sprint(v)) // 200 and "200" are both taken
	if err != nil || status < 200 || status > 599 {
		return 0, fmt.Errorf("malformed Lambda proxy response: status code %v", v)
	}
	return status, nil
}

// responseHeader joins the two kinds of headers; where both name one, the multi-value one counts.
func responseHeader(f functionAnswer) (http.Header, error) {
	header := http.Header{"Content-Type": {"application/json"}}
	for name, value := range f.Headers {
		s, err := headerValue(value)
		if err != nil {
			return nil, fmt.Errorf("header %q: %w", name, err)
		}
		header.Set(name, s)
	}
	for name, values := range f.MultiValueHeaders {
		header.Del(name)
		for _, value := range values {
			s, err := headerValue(value)
			if err != nil {
				return nil, fmt.Errorf("header %q: %w", name, err)
			}
			header.Add(name, s)
		}
	}
	remap(header)
	return header, nil
}

func headerValue(v any) (string, error) {
	switch v := v.(type) {
	case string:
		return v, nil
	case bool:
		return strconv.FormatBool(v), nil
	case json.Number:
		return v.String(), nil
	}
	return "", fmt.Errorf("malformed Lambda proxy response: got %v, want a string", v)
}

// remap renames the headers that are API Gateway's to set, and drops the one that is nobody's.
// Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html
func remap(header http.Header) {
	for _, name := range []string{"Connection", "Content-Length", "Date", "Server"} {
		if values, ok := header[name]; ok {
			header.Del(name)
			header["X-Amzn-Remapped-"+name] = values
		}
	}
	header.Del("Transfer-Encoding")
}
