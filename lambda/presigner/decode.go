package presigner

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io"
	"slices"
	"strconv"

	"example.com/presigned/lambda/operation"
)

// maxBodyBytes bounds a request body. The longest honest one carries a 1,024-byte key and a
// continuation token of about the same length.
const maxBodyBytes = 8 << 10

// request is the decoded body. sent tells an absent field from an empty one.
type request struct {
	operation         string
	username          string
	contentType       string
	checksumSHA256    string
	checksumAlgorithm string
	checksumMode      string
	key               string
	uploadID          string
	filename          string
	continuationToken string
	contentLength     int64
	partNumber        int64
	sent              []operation.Field
}

// The two fields that every operation takes.
const (
	fieldOperation operation.Field = "operation"
	fieldUsername  operation.Field = "username"
)

func (r *request) has(f operation.Field) bool { return slices.Contains(r.sent, f) }

func decodeRequest(e event) (request, error) {
	body := []byte(e.body)
	if e.isBase64 {
		decoded, err := base64.StdEncoding.DecodeString(e.body)
		if err != nil {
			return request{}, refuse(InvalidJSON, "the request body is not valid base64")
		}
		body = decoded
	}
	switch {
	case len(bytes.TrimSpace(body)) == 0:
		return request{}, refuse(InvalidJSON, `the request body is empty: want a JSON object such as {"contentType":"image/png"}`)
	case len(body) > maxBodyBytes:
		return request{}, refuse(RequestTooLarge, "the request body has %d bytes: want at most %d", len(body), maxBodyBytes)
	}
	return decodeObject(json.NewDecoder(bytes.NewReader(body)))
}

// decodeObject reads one flat JSON object, field by field. json.Unmarshal would take a field in any
// case and the last of two with one name, so that another reader of the body could see other values.
func decodeObject(d *json.Decoder) (request, error) {
	d.UseNumber()
	var r request
	if token, err := d.Token(); err != nil || token != json.Delim('{') {
		return r, refuse(InvalidJSON, "the request body is not a JSON object")
	}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return r, notJSON(err)
		}
		var value any
		if err := d.Decode(&value); err != nil {
			return r, notJSON(err)
		}
		field := operation.Field(name.(string)) // a JSON object's names are strings, or Token fails
		if r.has(field) {
			return r, refuse(InvalidRequest, "field %q is there twice", field)
		}
		if err := r.set(field, value); err != nil {
			return r, err
		}
		r.sent = append(r.sent, field)
	}
	if _, err := d.Token(); err != nil {
		return r, notJSON(err)
	}
	if _, err := d.Token(); err != io.EOF {
		return r, refuse(InvalidJSON, "the request body goes on after the JSON object")
	}
	return r, nil
}

// notJSON tells where the body stops being JSON. The decoder's messages quote single characters only.
func notJSON(err error) error {
	return refuse(InvalidJSON, "the request body is not valid JSON: %v", err)
}

func (r *request) set(field operation.Field, value any) error {
	if text := r.text(field); text != nil {
		var ok bool
		if *text, ok = value.(string); !ok {
			return refuse(InvalidRequest, "field %q is %s: want a string", field, kind(value))
		}
		return nil
	}
	if number := r.number(field); number != nil {
		literal, isNumber := value.(json.Number)
		n, err := strconv.ParseInt(literal.String(), 10, 64)
		if !isNumber || err != nil {
			return refuse(InvalidRequest, "field %q is %s: want a whole number", field, kind(value))
		}
		*number = n
		return nil
	}
	return refuse(InvalidRequest, "unknown field %q", shorten(string(field)))
}

// text is where a field's string belongs, nil if it holds none.
func (r *request) text(field operation.Field) *string {
	switch field {
	case fieldOperation:
		return &r.operation
	case fieldUsername:
		return &r.username
	case operation.ContentType:
		return &r.contentType
	case operation.ChecksumSHA256:
		return &r.checksumSHA256
	case operation.ChecksumAlgorithm:
		return &r.checksumAlgorithm
	case operation.ChecksumMode:
		return &r.checksumMode
	case operation.Key:
		return &r.key
	case operation.UploadID:
		return &r.uploadID
	case operation.Filename:
		return &r.filename
	case operation.ContinuationToken:
		return &r.continuationToken
	}
	return nil
}

// number is where a field's whole number belongs, nil if it holds none.
func (r *request) number(field operation.Field) *int64 {
	switch field {
	case operation.ContentLength:
		return &r.contentLength
	case operation.PartNumber:
		return &r.partNumber
	}
	return nil
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
