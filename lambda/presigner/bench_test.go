package presigner

import (
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"example.com/presigned/lambda/operation"
)

// usual is a stage with a bound and an allow-list, so that every check has something to do.
func usual() Config {
	return Config{
		Region: "eu-west-1", Bucket: "uploads", Operations: operation.Table(), MaxUploadBytes: 50 << 20, PartBytes: 8 << 20, MaxBatch: 100,
		ContentTypes: []string{"application/json", "image/*"}, ClientIDs: []string{"1example23456789"},
		AllowedOrigins: []string{"https://app.example.com", "http://localhost:*"},
		// Every URL carries the session token, which has about 700 characters.
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

func BenchmarkInvoke(b *testing.B) { invoke(b, recordedEvent(b)) }

// One iteration of this benchmark signs a hundred URLs.
func BenchmarkInvokeBatchOf100(b *testing.B) {
	const one = `{\"contentType\":\"image/png\",\"contentLength\":1024}`
	invoke(b, []byte(strings.Replace(string(recordedEvent(b)), one, `{\"requests\":[`+strings.Repeat(one+",", 99)+one+`]}`, 1)))
}

func invoke(b *testing.B, payload []byte) {
	b.Helper()
	h, err := New(usual(), nil, time.Now, io.Discard)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := h.Invoke(b.Context(), payload); err != nil {
			b.Fatal(err)
		}
	}
}
