package apigateway

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"net/http"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// maxBody bounds a request's body.
// Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html
const maxBody = 10 << 20 // bytes

func (x *exchange) readBody(w http.ResponseWriter) *refusal {
	body, err := io.ReadAll(http.MaxBytesReader(w, x.request.Body, maxBody))
	if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
		return refuse(requestTooLarge, "Request Too Long")
	}
	if err != nil { // the client broke off: nobody reads the answer
		return refuse(default4XX, "Bad Request")
	}
	x.body = body
	return nil
}

// validate checks the body against the model of its content type. Any other content type passes unseen: the function has
// to validate too.
func (x *exchange) validate(http.ResponseWriter) *refusal {
	model := x.method.models[contentType(x.request.Header)]
	if model == nil || fits(model, x.body) {
		return nil
	}
	return refuse(badRequestBody, "Invalid request body")
}

// contentType is the media type without its parameters; without the header API Gateway assumes JSON.
func contentType(header http.Header) string {
	value := header.Get("Content-Type")
	if value == "" {
		return "application/json"
	}
	media, _, err := mime.ParseMediaType(value)
	if err != nil {
		return value
	}
	return media
}

// fits validates a body. An empty one counts as an empty object (localstack, AWS-validated).
func fits(model *jsonschema.Schema, body []byte) bool {
	if len(body) == 0 {
		body = []byte("{}")
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
	return err == nil && model.Validate(value) == nil
}
