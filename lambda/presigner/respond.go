package presigner

import (
	"net/http"
	"strconv"
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
	PartSize       int64             `json:"partSize,omitempty"`       // bytes of every part but the last; on createMultipartUpload
	MaxUploadBytes int64             `json:"maxUploadBytes,omitempty"` // largest object; on createMultipartUpload, absent when unbounded
}

// Problem is the body of every refusal, as RFC 9457 has it, with a stable code.
type Problem struct {
	Type      string `json:"type"`
	Title     string `json:"title"`
	Status    int    `json:"status"`
	Detail    string `json:"detail"`
	Code      Code   `json:"code"`
	RequestID string `json:"requestId"`
}

func (c Config) answer(op operation.Operation, key string, s signed) Answer {
	headers := make(map[string]string, len(s.header))
	for name := range s.header {
		headers[name] = s.header.Get(name)
	}
	a := Answer{URL: s.url, Method: op.Method, Headers: headers, ExpiresAt: s.expires.Format(time.RFC3339)}
	if op.Resource == operation.Objects {
		a.Key = key
	}
	if op.Name == "createMultipartUpload" {
		a.PartSize, a.MaxUploadBytes = c.PartBytes, c.MaxUploadBytes
	}
	return a
}

func newProblem(p *problem, requestID string) Problem {
	status := Statuses()[p.code]
	return Problem{Type: "about:blank", Title: http.StatusText(status), Status: status, Detail: p.detail, Code: p.code, RequestID: requestID}
}

// respond is API Gateway's REST proxy response with a body, readable by the page that asked if its origin is allowed.
func (c Config) respond(status int, contentType, origin string, body []byte) []byte {
	to := make([]byte, 0, len(body)+len(body)/4+300) // for the body's quotes, each escaped, and the headers
	to = strconv.AppendInt(append(to, `{"statusCode":`...), int64(status), 10)
	to = appendText(append(to, `,"headers":{"Content-Type":`...), contentType)
	to = append(to, `,"Cache-Control":"no-store","Vary":"Origin"`...) // a presigned URL is a bearer credential
	if c.allowsOrigin(origin) {
		to = appendText(append(to, `,"Access-Control-Allow-Origin":`...), origin)
	}
	return append(appendText(append(to, `},"body":`...), body), '}')
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
