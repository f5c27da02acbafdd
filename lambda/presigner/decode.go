package presigner

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"

	"example.com/presigned/lambda/operation"
)

// maxBodyBytes bounds a request body. The longest honest one carries a 1,024-byte key and a
// continuation token of about the same length.
const maxBodyBytes = 8 << 10

// event is the part of API Gateway's REST proxy event that decides anything. It is narrow because
// decoding the full event costs more than signing does.
type event struct {
	Body            string `json:"body"`
	IsBase64Encoded bool   `json:"isBase64Encoded"`
	// Header names arrive as the client spelled them; encoding/json matches them in any case.
	Headers struct {
		Origin string `json:"origin"`
	} `json:"headers"`
	RequestContext struct {
		RequestID  string `json:"requestId"`
		Authorizer struct {
			Claims claims `json:"claims"`
		} `json:"authorizer"`
	} `json:"requestContext"`
}

func decodeEvent(payload []byte) (event, error) {
	var e event
	if err := json.Unmarshal(payload, &e); err != nil {
		return event{}, fmt.Errorf("decode proxy event: %w", err)
	}
	return e, nil
}

// request is the decoded body. sent tells an absent field from an empty one.
type request struct {
	operation         string
	username          string
	contentType       string
	checksumSHA256    string
	checksumAlgorithm string
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
	body := []byte(e.Body)
	if e.IsBase64Encoded {
		decoded, err := base64.StdEncoding.DecodeString(e.Body)
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
	texts := map[operation.Field]*string{
		fieldOperation:              &r.operation,
		fieldUsername:               &r.username,
		operation.ContentType:       &r.contentType,
		operation.ChecksumSHA256:    &r.checksumSHA256,
		operation.ChecksumAlgorithm: &r.checksumAlgorithm,
		operation.Key:               &r.key,
		operation.UploadID:          &r.uploadID,
		operation.Filename:          &r.filename,
		operation.ContinuationToken: &r.continuationToken,
	}
	numbers := map[operation.Field]*int64{
		operation.ContentLength: &r.contentLength,
		operation.PartNumber:    &r.partNumber,
	}
	if text, ok := texts[field]; ok {
		if *text, ok = value.(string); !ok {
			return refuse(InvalidRequest, "field %q is %s: want a string", field, kind(value))
		}
		return nil
	}
	if number, ok := numbers[field]; ok {
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
