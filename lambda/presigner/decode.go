package presigner

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math/big"
	"slices"
	"strings"

	"example.com/presigned/lambda/operation"
)

// maxRequestBytes bounds the text of one request. The longest valid one has a 1,024-byte key and an upload ID of 2,048
// characters.
const maxRequestBytes = 8 << 10

const (
	fieldOperation operation.Field = "operation" // in every operation
	fieldUsername  operation.Field = "username"  // in every operation
	fieldRequests  operation.Field = "requests"  // a batch has this field and no other
)

// object is a JSON object whose values are not decoded yet.
type object map[operation.Field]json.RawMessage

// request is the decoded body: a string or an int64 for each field that was sent.
type request map[operation.Field]any

func (r request) has(f operation.Field) bool {
	_, sent := r[f]
	return sent
}

// text is a string field's value, "" if it was not sent.
func (r request) text(f operation.Field) string {
	text, _ := r[f].(string)
	return text
}

// number is an integer field's value, 0 if it was not sent.
func (r request) number(f operation.Field) int64 {
	number, _ := r[f].(int64)
	return number
}

// decodeBody reads the body as one JSON object. A batch has at most maxBytes, and a single request maxRequestBytes.
func (e event) decodeBody(maxBytes int) (object, error) {
	body := []byte(e.Body)
	if e.IsBase64Encoded {
		decoded, err := base64.StdEncoding.DecodeString(e.Body)
		if err != nil {
			return nil, refuse(InvalidJSON, "the request body is not valid base64")
		}
		body = decoded
	}
	switch {
	case len(bytes.TrimSpace(body)) == 0:
		return nil, refuse(InvalidJSON, `the request body is empty: want a JSON object such as {"contentType":"image/png"}`)
	case len(body) > maxBytes:
		return nil, refuse(RequestTooLarge, "the request body has %d bytes: want at most %d", len(body), maxBytes)
	}
	o, err := decodeObject(body, "the request body")
	if _, batch := o[fieldRequests]; err == nil && !batch && len(body) > maxRequestBytes {
		return nil, refuse(RequestTooLarge, "the request has %d bytes: want at most %d", len(body), maxRequestBytes)
	}
	return o, err
}

// decodeBatch returns the requests of a batch. A maxBatch of 1 means that batches are not enabled.
func decodeBatch(body object, maxBatch int) ([]json.RawMessage, error) {
	if len(body) > 1 {
		return nil, refuse(InvalidRequest, "field %q comes with other fields: send it alone for a batch, or leave it out", fieldRequests)
	}
	if maxBatch == 1 {
		return nil, batchTooLarge(maxBatch, "batches are not enabled: send one request at a time")
	}
	var requests []json.RawMessage
	if err := json.Unmarshal(body[fieldRequests], &requests); err != nil || len(requests) == 0 {
		return nil, refuse(InvalidRequest, "field %q: want an array of 1 to %d requests", fieldRequests, maxBatch)
	}
	if len(requests) > maxBatch {
		return nil, batchTooLarge(maxBatch, fmt.Sprintf("field %q has %d requests: want at most %d", fieldRequests, len(requests), maxBatch))
	}
	return requests, nil
}

// batchTooLarge is a refusal that tells the client how many requests a batch may have.
func batchTooLarge(maxBatch int, detail string) error {
	p := newProblem(Statuses()[BatchTooLarge], BatchTooLarge, detail)
	p.MaxBatch = maxBatch
	return p
}

// decodeItem reads one request of a batch.
func decodeItem(text json.RawMessage) (request, error) {
	if len(text) > maxRequestBytes {
		return nil, refuse(RequestTooLarge, "the request has %d bytes: want at most %d", len(text), maxRequestBytes)
	}
	o, err := decodeObject(text, "the request")
	if err != nil {
		return nil, err
	}
	return decodeRequest(o)
}

// decodeObject reads one JSON object, field by field. json.Unmarshal would accept a duplicate field and use its last
// value; another reader might use the first.
func decodeObject(text []byte, what string) (object, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	if token, err := d.Token(); err != nil || token != json.Delim('{') {
		return nil, refuse(InvalidJSON, "%s is not a JSON object", what)
	}
	o := object{}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return nil, notJSON(what, err)
		}
		field := operation.Field(name.(string)) // Token fails if a name is not a string
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return nil, notJSON(what, err)
		}
		if _, twice := o[field]; twice {
			return nil, refuse(InvalidRequest, "field %q appears twice", shorten(string(field)))
		}
		o[field] = value
	}
	if _, err := d.Token(); err != nil {
		return nil, notJSON(what, err)
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, refuse(InvalidJSON, "%s continues after the JSON object", what)
	}
	return o, nil
}

// decodeRequest converts the values of one request.
func decodeRequest(o object) (request, error) {
	r := make(request, len(o)+3) // setKey and validate may add key, content type and checksum
	for _, field := range slices.Sorted(maps.Keys(o)) {
		d := json.NewDecoder(bytes.NewReader(o[field]))
		d.UseNumber()
		var value any
		_ = d.Decode(&value) // can't fail: decodeObject has read the value
		var err error
		if r[field], err = convert(field, value); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// notJSON says why a text is not JSON. The decoder's messages quote one character at most.
func notJSON(what string, err error) error {
	return refuse(InvalidJSON, "%s is not valid JSON: %v", what, err)
}

// convert returns a value in the type of its field's schema.
func convert(field operation.Field, value any) (any, error) {
	rule, known := fieldRules[field]
	if !known {
		return nil, refuse(InvalidRequest, "unknown field %q", shorten(string(field)))
	}
	if rule.Type == "string" {
		if text, ok := value.(string); ok {
			return text, nil
		}
		return nil, refuse(InvalidRequest, "field %q is %s: want a string", field, kind(value))
	}
	if literal, ok := value.(json.Number); ok {
		if n, ok := wholeNumber(literal); ok {
			return n, nil
		}
	}
	return nil, refuse(InvalidRequest, "field %q is %s: want a whole number of at most 63 bits", field, kind(value))
}

// wholeNumber reads an integer as JSON Schema defines it: 119.0 and 1.19e2 are integers too.
func wholeNumber(literal json.Number) (int64, bool) {
	const precision = 128 // bits: 63 for the integer, and 65 for a fraction, which is only rounded away if it is smaller
	f, _, err := big.ParseFloat(literal.String(), 10, precision, big.ToNearestEven)
	if err != nil {
		return 0, false
	}
	n, accuracy := f.Int64()
	digits, _, _ := strings.Cut(strings.ToLower(literal.String()), "e")
	tooSmall := n == 0 && strings.ContainsAny(digits, "123456789") // 1e-999999999, which big.Float rounds to 0
	return n, accuracy == big.Exact && !tooSmall
}

// kind describes a JSON value in a few words.
func kind(value any) string {
	switch v := value.(type) {
	case nil:
		return "null"
	case bool:
		return "a boolean"
	case string:
		return "a string"
	case json.Number:
		return "the number " + shorten(v.String())
	case []any:
		return "an array"
	default:
		return "an object"
	}
}

// shorten keeps a received value from filling the answer.
func shorten(s string) string {
	const most = 100
	if len(s) <= most {
		return s
	}
	return s[:most] + "..."
}
