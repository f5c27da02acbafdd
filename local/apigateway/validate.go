package apigateway

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"

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

// validator is a request validator with what its method asks it to look at.
type validator struct {
	headers []string                      // required, sorted
	models  map[string]*jsonschema.Schema // by content type; nil: bodies are not validated
}

func (x *exchange) validate(http.ResponseWriter) *refusal {
	v := x.method.validator
	if v == nil {
		return nil
	}
	if missing := v.missing(x.request.Header); len(missing) > 0 {
		list := "[" + strings.Join(missing, ", ") + "]"
		return refuse(badRequestParameters, "Missing required request parameters: "+list)
	}
	model := v.models[contentType(x.request.Header)]
	if model == nil {
		return nil // any other content type passes unseen: the function has to validate too
	}
	if problems, ok := check(model, x.body); !ok {
		r := refuse(badRequestBody, "Invalid request body")
		r.validation = problems
		return r
	}
	return nil
}

func (v *validator) missing(header http.Header) []string {
	var names []string
	for _, name := range v.headers {
		if header.Get(name) == "" {
			names = append(names, name)
		}
	}
	return names // in order, as they were loaded
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

// check validates a body. An empty one counts as an empty object (localstack, AWS-validated). What is wrong with a
// body that is no JSON at all is told nowhere: validationErrorString is then empty.
func check(model *jsonschema.Schema, body []byte) (problems string, ok bool) {
	if len(body) == 0 {
		body = []byte("{}")
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
	if err != nil {
		return "", false
	}
	err = model.Validate(value)
	if invalid := (*jsonschema.ValidationError)(nil); errors.As(err, &invalid) {
		return "[" + strings.Join(describe(invalid, value), ", ") + "]", false
	}
	return "", err == nil
}
