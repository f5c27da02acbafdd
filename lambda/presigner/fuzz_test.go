package presigner

import (
	"encoding/json"
	"io"
	"strings"
	"testing"
	"time"

	"example.com/presigned/lambda/operation"
)

// FuzzDecodeRequest: whatever is accepted is JSON, and says the same to Go's own decoder.
func FuzzDecodeRequest(f *testing.F) {
	for _, seed := range []string{`{}`, `{"key":"a","contentLength":1}`, `{"key":"a","key":"b"}`, `{"Key":"a"}`, `{"partNumber":1e2}`, `[`, `{"a":`, "{}x", `{"key":"\ud800"}`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body string) {
		o, err := event{Body: body}.decodeBody(maxRequestBytes)
		if err != nil {
			return
		}
		r, err := decodeRequest(o)
		if err != nil {
			return
		}
		var plain map[string]any
		if err := json.Unmarshal([]byte(body), &plain); err != nil {
			t.Fatalf("%q was accepted: %v", body, err)
		}
		for field, value := range plain {
			got := r[operation.Field(field)]
			if number, ok := got.(int64); ok {
				got = float64(number)
			}
			if got != value {
				t.Errorf("%q: got %s %v, want %v", body, field, got, value)
			}
		}
		if len(plain) != len(r) {
			t.Errorf("%q has %d fields, got %v", body, len(plain), r)
		}
	})
}

// FuzzInvoke: whatever the event is, an answer comes back, and a URL only for the caller that the claims name.
func FuzzInvoke(f *testing.F) {
	f.Add([]byte(`{"body":"{}","requestContext":{"authorizer":{"claims":{"token_use":"access","client_id":"app","username":"johndoe"}}}}`))
	f.Add([]byte(`{"body":"{}","requestContext":{"authorizer":{"claims":{"token_use":"access","client_id":"app","Username":"johndoe"}}}}`))
	f.Add([]byte(`{"body":"{\"requests\":[null]}","requestContext":{"authorizer":{"claims":{"token_use":"access","client_id":"app"}}}}`))
	f.Add([]byte(`{"requestContext":null}`))
	f.Add([]byte(`[]`))
	config := everything()
	config.ClientIDs = []string{"app"}
	h, err := New(config, nil, time.Now, io.Discard)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, payload []byte) {
		out, err := h.Invoke(t.Context(), payload)
		var reply struct {
			StatusCode int
			Body       string
		}
		if err != nil || json.Unmarshal(out, &reply) != nil || reply.StatusCode == 0 {
			t.Fatalf("%q: got %s, %v, want an answer", payload, out, err)
		}
		if !strings.Contains(reply.Body, "X-Amz-Signature") { // a refusal, or a batch of refusals
			return
		}
		var e event
		if err := json.Unmarshal(payload, &e); err != nil {
			t.Fatal(err)
		}
		prefix := clientPrefix("app")
		if username, ok := e.RequestContext.Authorizer.Claims["username"]; ok {
			if prefix, err = userPrefix(username.(string)); err != nil {
				t.Fatal(err)
			}
		}
		if own := ".amazonaws.com/" + prefix + "/"; !strings.Contains(reply.Body, own) && !strings.Contains(reply.Body, "prefix="+prefix+"%2F") {
			t.Errorf("%q: got %s, want a key in %q", payload, reply.Body, prefix)
		}
	})
}

// FuzzValidate: whatever passes stays within every bound that the stage and S3 set.
func FuzzValidate(f *testing.F) {
	f.Add("putObject", "image/png", int64(1), int64(1), "file")
	f.Add("putObject", "image/png", int64(0), int64(1), "file")
	f.Add("uploadPart", "image/png", int64(8<<20), int64(7), "file")
	f.Add("uploadPart", "", int64(1)<<62, int64(1)<<62, "")
	c := Config{Operations: operation.Table(), MaxUploadBytes: 50 << 20, PartBytes: 8 << 20, ContentTypes: []string{"image/*"}}
	f.Fuzz(func(t *testing.T, name, contentType string, length, part int64, filename string) {
		for _, op := range c.Operations {
			if op.Name != name {
				continue
			}
			r := request{}
			for field, value := range map[operation.Field]any{
				operation.ContentType: contentType, operation.ContentLength: length, operation.PartNumber: part,
				operation.Filename: filename, operation.Key: "a/1", operation.UploadID: "u",
			} {
				if op.Takes(field) {
					r[field] = value
				}
			}
			if c.validate(op, r) != nil {
				return
			}
			least := int64(0) // an empty file, but no empty part
			if name == "uploadPart" {
				least = 1
			}
			if op.Takes(operation.ContentLength) && (r.number(operation.ContentLength) < least || r.number(operation.ContentLength) > c.MaxUploadBytes) {
				t.Errorf("%s of %d bytes passed", name, r.number(operation.ContentLength))
			}
			if name == "uploadPart" && (r.number(operation.PartNumber)-1)*c.PartBytes+r.number(operation.ContentLength) > c.MaxUploadBytes {
				t.Errorf("part %d of %d bytes passed", r.number(operation.PartNumber), r.number(operation.ContentLength))
			}
			if op.Takes(operation.ContentType) && !strings.HasPrefix(strings.ToLower(strings.TrimSpace(r.text(operation.ContentType))), "image/") {
				t.Errorf("content type %q passed", r.text(operation.ContentType))
			}
		}
	})
}
