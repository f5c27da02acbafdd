package apigateway

import (
	"bytes"
	"compress/gzip"
	"crypto/rand"
	"errors"
	"io"
	"maps"
	"mime"
	"net/http"
	"strings"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// exchange is one request, and what is known of it so far.
type exchange struct {
	api      *API
	request  *http.Request
	id       string
	start    time.Time
	resource *resource
	method   *method
	claims   map[string]string // nil without an authorizer
	body     []byte
}

// answer is a response to the client.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// ServeHTTP answers one request.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	x := &exchange{api: a, request: r, id: strings.ToLower(rand.Text()), start: a.clock()}
	answer, refused := x.handle(w)
	if refused != nil {
		answer = a.gatewayResponse(refused, x.id)
	}
	header := w.Header()
	maps.Copy(header, answer.header)
	header.Set("X-Amzn-RequestId", x.id)
	x.compress(&answer, header)
	w.WriteHeader(answer.status)
	_, _ = w.Write(answer.body) // net/http writes no body to a HEAD or with 204; a client that is gone is not our error
	// Never the query: some clients put a token there.
	a.log.Printf("%s %s %d %s", r.Method, r.URL.EscapedPath(), answer.status, x.id)
}

// handle takes the request through its steps until one of them refuses it.
func (x *exchange) handle(w http.ResponseWriter) (answer, *refusal) {
	for _, step := range []func(http.ResponseWriter) *refusal{x.route, x.throttle, x.authorize, x.readBody, x.validate} {
		if refused := step(w); refused != nil {
			return answer{}, refused
		}
	}
	return x.method.integration(x)
}

// route finds the method. It compares paths as sent: an encoded spelling of a path is another path, which is
// stricter than AWS at worst.
func (x *exchange) route(http.ResponseWriter) *refusal {
	x.resource = x.api.routes[x.request.URL.EscapedPath()]
	if x.resource == nil || x.resource.methods[x.request.Method] == nil {
		return &refusal{"MISSING_AUTHENTICATION_TOKEN", http.StatusForbidden, "Missing Authentication Token"}
	}
	x.method = x.resource.methods[x.request.Method]
	return nil
}

// throttle takes a token from the method's bucket. Each method has its own, filled by the stage's settings.
// AWS does not document that it comes before the authorizer: it is the cheaper order.
func (x *exchange) throttle(http.ResponseWriter) *refusal {
	if x.method.limiter.AllowN(x.start, 1) {
		return nil
	}
	return &refusal{"THROTTLED", http.StatusTooManyRequests, "Too Many Requests"}
}

// maxBody bounds a request's body.
// Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html
const maxBody = 10 << 20 // bytes

func (x *exchange) readBody(w http.ResponseWriter) *refusal {
	body, err := io.ReadAll(http.MaxBytesReader(w, x.request.Body, maxBody))
	if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
		return &refusal{"REQUEST_TOO_LARGE", http.StatusRequestEntityTooLarge, "Request Too Long"}
	}
	if err != nil { // the client broke off, so nobody reads the answer
		return &refusal{default4XX, http.StatusBadRequest, "Bad Request"}
	}
	x.body = body
	return nil
}

// validate checks the body against the model of its content type. A body of any other content type passes unchecked:
// the function has to validate too.
func (x *exchange) validate(http.ResponseWriter) *refusal {
	contentType := x.request.Header.Get("Content-Type")
	if media, _, err := mime.ParseMediaType(contentType); err == nil {
		contentType = media
	}
	if contentType == "" {
		contentType = "application/json" // API Gateway's default
	}
	model := x.method.models[contentType]
	if model == nil || fits(model, x.body) {
		return nil
	}
	return &refusal{"BAD_REQUEST_BODY", http.StatusBadRequest, "Invalid request body"}
}

// fits validates a body. An empty one counts as an empty object (localstack, AWS-validated).
func fits(model *jsonschema.Schema, body []byte) bool {
	if len(body) == 0 {
		body = []byte("{}")
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
	return err == nil && model.Validate(value) == nil
}

// compress follows https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-receive-response-with-compressed-payload.html
// for gzip, which browsers and Go ask for first.
func (x *exchange) compress(a *answer, header http.Header) {
	least := x.api.minCompression
	wanted, _, _ := strings.Cut(x.request.Header.Get("Accept-Encoding"), ",")
	if least == nil || len(a.body) < *least || wanted != "gzip" {
		return
	}
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write(a.body) // into memory
	_ = z.Close()
	a.body = b.Bytes()
	header.Set("Content-Encoding", "gzip")
}
