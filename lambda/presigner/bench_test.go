package presigner

import (
	"io"
	"strings"
	"testing"
	"time"
)

const upload = `{"contentType":"image/png","contentLength":1024}`

func BenchmarkInvoke(b *testing.B) { benchmark(b, upload) }

// One iteration of this benchmark signs a hundred URLs.
func BenchmarkInvokeBatchOf100(b *testing.B) {
	benchmark(b, `{"requests":[`+strings.Repeat(upload+",", 99)+upload+`]}`)
}

func benchmark(b *testing.B, body string) {
	b.Helper()
	config := everything()
	config.Credentials.SessionToken = strings.Repeat("IQoJb3JpZ2luX2V/", 44) // every URL carries it: about 700 characters
	h, err := New(config, nil, time.Now, io.Discard)
	if err != nil {
		b.Fatal(err)
	}
	payload := eventWith(b, body)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := h.Invoke(b.Context(), payload); err != nil {
			b.Fatal(err)
		}
	}
}
