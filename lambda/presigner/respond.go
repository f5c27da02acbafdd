package presigner

import (
	"bytes"
	"encoding/json"
	"strings"
	"time"

	"example.com/presigned/lambda/operation"
)

// Answer is the body of a 200. The client sends exactly method, url and headers to S3.
type Answer struct {
	URL            string            `json:"url"`
	Method         string            `json:"method"`
	Headers        map[string]string `json:"headers"`
	Key            string            `json:"key,omitempty"`            // absent for a listing
	ExpiresAt      string            `json:"expiresAt"`                // RFC 3339, UTC
	PartSize       int64             `json:"partSize,omitempty"`       // bytes of every part except the last; on createMultipartUpload
	MaxUploadBytes int64             `json:"maxUploadBytes,omitempty"` // largest object; on createMultipartUpload, absent when unbounded
}

// batchAnswer is the body of a batch's 200: for each request, in order, a result or a Problem.
type batchAnswer struct {
	Results []any `json:"results"`
}

// result is the answer that a single request would get, with its status.
type result struct {
	Status int `json:"status"`
	Answer
}

// proxyResponse is the response for API Gateway's REST proxy integration.
type proxyResponse struct {
	StatusCode int               `json:"statusCode"`
	Headers    map[string]string `json:"headers"`
	Body       string            `json:"body"`
}

func (c Config) newAnswer(op operation.Operation, r request, s signed) Answer {
	headers := make(map[string]string, len(s.header))
	for name := range s.header {
		headers[name] = s.header.Get(name)
	}
	a := Answer{URL: s.url, Method: op.Method, Headers: headers, ExpiresAt: s.expires.UTC().Format(time.RFC3339)}
	if op.Resource == operation.Objects {
		a.Key = r.text(operation.Key)
	}
	if op.Name == "createMultipartUpload" {
		a.PartSize, a.MaxUploadBytes = c.PartBytes, c.MaxUploadBytes
	}
	return a
}

// respond makes a response with a body. A browser lets the page read it only if the page's origin is allowed.
func (c Config) respond(status int, contentType, origin string, body any) ([]byte, error) {
	text, err := encode(body)
	if err != nil {
		return nil, err
	}
	headers := map[string]string{
		"Content-Type":  contentType,
		"Cache-Control": "no-store", // a presigned URL is a bearer credential
		"Vary":          "Origin",
	}
	if c.allowsOrigin(origin) {
		headers["Access-Control-Allow-Origin"] = origin
	}
	return encode(proxyResponse{StatusCode: status, Headers: headers, Body: string(text)})
}

// encode writes JSON without escaping "&", because people and shell scripts copy the URL.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}

// allowsOrigin matches whole origins; "http://localhost:*" takes any port, as S3's CORS rules do.
func (c Config) allowsOrigin(origin string) bool {
	for _, allowed := range c.AllowedOrigins {
		if host, anyPort := strings.CutSuffix(allowed, ":*"); anyPort {
			port, ok := strings.CutPrefix(origin, host+":")
			if ok && port != "" && strings.Trim(port, "0123456789") == "" {
				return true
			}
		} else if origin == allowed && origin != "" {
			return true
		}
	}
	return false
}
