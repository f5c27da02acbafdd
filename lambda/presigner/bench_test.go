package presigner

import (
	"encoding/json"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"example.com/presigned/lambda/operation"
)

// The steps of a request that take most of its time, and one for all of them. `make bench-micro` compares them
// with testdata/benchmarks.txt.

// usual is a stage with a bound and an allow-list, so that every check has something to do.
func usual() Config {
	return Config{
		Region: "eu-west-1", Bucket: "uploads", Operations: operation.Table(), MaxUploadBytes: 50 << 20, PartBytes: 8 << 20, MaxBatch: 100,
		ContentTypes: []string{"application/json", "image/*"}, ClientIDs: []string{"1example23456789"},
		AllowedOrigins: []string{"https://app.example.com", "http://localhost:*"},
		// A session token has about 700 characters, which every URL carries.
		Credentials: aws.Credentials{AccessKeyID: "ASIAEXAMPLE", SecretAccessKey: "secretEXAMPLE", SessionToken: strings.Repeat("IQoJb3JpZ2luX2V/", 44)},
	}
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
	repeat(b, func() error { return json.Unmarshal(payload, new(event)) })
}

func BenchmarkDecodeRequest(b *testing.B) {
	e := event{Body: `{"contentType":"image/png","contentLength":1024}`}
	repeat(b, func() error {
		body, err := e.decodeBody(maxRequestBytes)
		if err == nil {
			_, err = decodeRequest(body)
		}
		return err
	})
}

func BenchmarkPresign(b *testing.B) {
	s, err := newSigner(usual())
	if err != nil {
		b.Fatal(err)
	}
	for _, op := range operation.Table() {
		b.Run(op.Name, func(b *testing.B) {
			r := request{}
			for _, field := range slices.Concat(op.Required, op.Optional, []operation.Field{operation.Key}) {
				r[field] = operation.Fields()[field].Example
				if number, ok := r[field].(int); ok {
					r[field] = int64(number)
				}
			}
			repeat(b, func() error { _, err := s.presign(b.Context(), op, r, time.UnixMilli(1595114575104)); return err })
		})
	}
}

func BenchmarkInvoke(b *testing.B) {
	payload := recordedEvent(b)
	h, err := New(usual(), nil, time.Now, io.Discard)
	if err != nil {
		b.Fatal(err)
	}
	repeat(b, func() error { _, err := h.Invoke(b.Context(), payload); return err })
}

// One operation of this is a hundred URLs.
func BenchmarkInvokeBatchOf100(b *testing.B) {
	const one = `{\"contentType\":\"image/png\",\"contentLength\":1024}`
	payload := []byte(strings.Replace(string(recordedEvent(b)), one, `{\"requests\":[`+strings.Repeat(one+",", 99)+one+`]}`, 1))
	h, err := New(usual(), nil, time.Now, io.Discard)
	if err != nil {
		b.Fatal(err)
	}
	repeat(b, func() error { _, err := h.Invoke(b.Context(), payload); return err })
}
