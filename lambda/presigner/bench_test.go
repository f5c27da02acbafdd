package presigner

import (
	"context"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"example.com/presigned/lambda/operation"
)

// One benchmark for each stop of a request, in its order, and one for all of them. `make bench-micro` compares them
// with testdata/benchmarks.txt.

// usual is a stage with a bound and an allow-list, so that every check has something to do.
func usual() Config {
	return Config{
		Region: "eu-west-1", Bucket: "uploads", Operations: operation.Table(), MaxUploadBytes: 50 << 20, PartBytes: 8 << 20,
		ContentTypes: []string{"application/json", "image/*"}, ClientIDs: []string{"1example23456789"},
		AllowedOrigins: []string{"https://app.example.com", "http://localhost:*"},
		Credentials: func(context.Context) (aws.Credentials, error) {
			// A session token has about 700 characters, which every URL carries.
			return aws.Credentials{AccessKeyID: "ASIAEXAMPLE", SecretAccessKey: "secretEXAMPLE", SessionToken: strings.Repeat("IQoJb3JpZ2luX2V/", 44)}, nil
		},
	}
}

func usualRequest(op operation.Operation) request {
	r := request{
		contentType: "image/png", contentLength: 1024, checksumSHA256: "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", checksumAlgorithm: "SHA256",
		key: "johndoe/1595114575104", uploadID: "VXBsb2FkIElE", partNumber: 3, filename: "banana.json", continuationToken: "MTU5NTExNDU3NTEwNA==",
	}
	r.sent = append(append(r.sent, op.Required...), op.Optional...)
	return r
}

func recordedEvent(b *testing.B) []byte {
	b.Helper()
	payload, err := os.ReadFile("testdata/upload-event.json")
	if err != nil {
		b.Fatal(err)
	}
	const small = `{\"username\": \"johndoe\"}`
	full := strings.Replace(string(payload), small, `{\"contentType\":\"image/png\",\"contentLength\":1024}`, 1)
	if full == string(payload) {
		b.Fatalf("the recorded event's body is not %s", small)
	}
	return []byte(full)
}

// repeat measures a stop that has to succeed.
func repeat(b *testing.B, stop func() error) {
	b.Helper()
	b.ReportAllocs()
	for b.Loop() {
		if err := stop(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDecodeEvent(b *testing.B) {
	payload := recordedEvent(b)
	repeat(b, func() error { _, err := decodeEvent(payload); return err })
}

func BenchmarkDecodeRequest(b *testing.B) {
	e, err := decodeEvent(recordedEvent(b))
	if err != nil {
		b.Fatal(err)
	}
	repeat(b, func() error { _, err := decodeRequest(e); return err })
}

func BenchmarkValidate(b *testing.B) {
	c, op := usual(), operation.Table()[0]
	r := usualRequest(op)
	repeat(b, func() error { return c.validate(op, &r) })
}

func BenchmarkKey(b *testing.B) {
	now := time.UnixMilli(1595114575104)
	repeat(b, func() error {
		prefix, err := userPrefix("john_doe@example.com")
		if err != nil {
			return err
		}
		who := caller{prefix: prefix}
		return who.checkKey(who.newKey(now))
	})
}

func BenchmarkPresign(b *testing.B) {
	s, now := newSigner(usual()), time.UnixMilli(1595114575104)
	for _, op := range operation.Table() {
		b.Run(op.Name, func(b *testing.B) {
			r := usualRequest(op)
			repeat(b, func() error { _, err := s.presign(b.Context(), op, r, now); return err })
		})
	}
}

func BenchmarkRespond(b *testing.B) {
	c, op := usual(), operation.Table()[0]
	s, err := newSigner(c).presign(b.Context(), op, usualRequest(op), time.UnixMilli(1595114575104))
	if err != nil {
		b.Fatal(err)
	}
	repeat(b, func() error {
		body := c.answer(op, "johndoe/1595114575104", s).appendJSON(make([]byte, 0, usualBody))
		c.respond(200, "application/json", "https://app.example.com", body)
		return nil
	})
}

func BenchmarkInvoke(b *testing.B) {
	payload := recordedEvent(b)
	h := New(usual(), time.Now, io.Discard)
	repeat(b, func() error { _, err := h.Invoke(b.Context(), payload); return err })
}
