package presigner

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io"
	"math/big"

	"example.com/presigned/lambda/operation"
)

// maxBodyBytes bounds a request body. The longest honest one carries a 1,024-byte key and a
// continuation token of about the same length.
const maxBodyBytes = 8 << 10

// The two fields that every operation takes.
const (
	fieldOperation operation.Field = "operation"
	fieldUsername  operation.Field = "username"
)

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

func decodeRequest(e event) (request, error) {
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
	case len(body) > maxBodyBytes:
		return nil, refuse(RequestTooLarge, "the request body has %d bytes: want at most %d", len(body), maxBodyBytes)
	}
	d := json.NewDecoder(bytes.NewReader(body))
	r, err := decodeObject(d)
	if err != nil {
		return nil, err
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, refuse(InvalidJSON, "the request body goes on after the JSON object")
	}
	return r, nil
}

// decodeObject reads one flat JSON object, field by field. json.Unmarshal would take the last of two fields with one
// name, so that another reader of the body could see another value.
func decodeObject(d *json.Decoder) (request, error) {
	d.UseNumber()
	if token, err := d.Token(); err != nil || token != json.Delim('{') {
		return nil, refuse(InvalidJSON, "the request body is not a JSON object")
	}
	r := request{}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return nil, notJSON(err)
		}
		field := operation.Field(name.(string)) // a JSON object's names are strings, or Token fails
		var value any
		if err := d.Decode(&value); err != nil {
			return nil, notJSON(err)
		}
		if r.has(field) {
			return nil, refuse(InvalidRequest, "field %q is there twice", field)
		}
		if r[field], err = convert(field, value); err != nil {
			return nil, err
		}
	}
	if _, err := d.Token(); err != nil {
		return nil, notJSON(err)
	}
	return r, nil
}

// notJSON tells where the body stops being JSON. The decoder's messages quote single characters only.
func notJSON(err error) error {
	return refuse(InvalidJSON, "the request body is not valid JSON: %v", err)
}

// convert returns a value in the type that its field's schema has.
func convert(field operation.Field, value any) (any, error) {
	rule, known := rules[field]
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

// wholeNumber reads an integer as JSON Schema has it: 119.0 and 1.19e2 are integers too.
func wholeNumber(literal json.Number) (int64, bool) {
	const precision = 128 // bits, so that rounding makes no integer of 63 bits from a fraction of as many digits
	f, _, err := big.ParseFloat(literal.String(), 10, precision, big.ToNearestEven)
	if err != nil {
		return 0, false
	}
	n, accuracy := f.Int64()
	return n, accuracy == big.Exact
}

// kind describes a JSON value without repeating all of it.
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
