package attack

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"

	"example.com/presigned/test/harness"
)

// stranger is an origin that no stage allows.
const stranger = "https://stranger.example"

const allowOrigin = "Access-Control-Allow-Origin"

// readable checks whether a page of an origin can read an answer, and returns the answer.
func (x *Try) readable(a harness.Answer, origin string, want bool) harness.Answer {
	allowed := a.Header.Get(allowOrigin)
	if got := allowed == origin || allowed == "*"; got != want {
		x.Errorf("%s: got %q, which %s can read: %t, want %t", allowOrigin, allowed, origin, got, want)
	}
	return a
}

func (x *Try) preflight(url, method, origin string) harness.Answer {
	return x.do(http.MethodOptions, url, http.Header{
		"Origin": {origin}, "Access-Control-Request-Method": {method}, "Access-Control-Request-Headers": {"content-type"},
	}, nil)
}

// askFrom posts to the API as a page of some origin.
func (x *Try) askFrom(origin, token string) harness.Answer {
	header := http.Header{"Origin": {origin}, "Content-Type": {"application/json"}, "Authorization": {"Bearer " + token}}
	return x.askWith(x.UploadURL, header, sized(1))
}

// originRows test which pages can read an answer.
func originRows() []Row {
	return []Row{
		{"preflight of the API from an allowed origin", func(x *Try) harness.Answer {
			return x.readable(x.preflight(x.UploadURL, "POST", x.Origin), x.Origin, true)
		}, 204, "", "the API's preflight"},
		{"preflight of the API from another origin", func(x *Try) harness.Answer {
			a := x.preflight(x.UploadURL, "POST", stranger)
			if a.Header.Get(allowOrigin) == stranger {
				x.Errorf("%s names %s", allowOrigin, stranger)
			}
			return a
		}, 204, "", "the API's preflight names an allowed origin, or none"},
		{"answer to an allowed origin", func(x *Try) harness.Answer { return x.readable(x.askFrom(x.Origin, x.Me.AccessToken), x.Origin, true) }, 200, "", "allowsOrigin"},
		{"answer to another origin", func(x *Try) harness.Answer { return x.readable(x.askFrom(stranger, x.Me.AccessToken), stranger, false) }, 200, "", "allowsOrigin"},
		{"refusal to an allowed origin", func(x *Try) harness.Answer { return x.readable(x.askFrom(x.Origin, "garbage"), x.Origin, true) }, 401, "Unauthorized", "gateway responses have CORS headers"},
		{"preflight of S3 from an allowed origin", func(x *Try) harness.Answer {
			return x.readable(x.preflight(x.BucketURL+"/"+x.Me.Prefix+"/1", "PUT", x.Origin), x.Origin, true)
		}, 200, "", "the bucket's CORS rule"},
		{"preflight of S3 from another origin", func(x *Try) harness.Answer {
			return x.preflight(x.BucketURL+"/"+x.Me.Prefix+"/1", "PUT", stranger)
		}, 403, "AccessForbidden", "the bucket's CORS rule"},
		{"upload from another origin", func(x *Try) harness.Answer {
			r := x.put(sized(1)).Request([]byte("x"))
			r.Header.Set("Origin", stranger)
			return x.readable(x.send(r), stranger, false)
		}, 200, "", "the bucket's CORS rule: S3 stores the file, and the page cannot read the answer"},
	}
}

// gatewayRows test what API Gateway does by itself, and no row of another table tests.
func gatewayRows() []Row {
	return []Row{
		{"a body past 10 MB", func(x *Try) harness.Answer {
			return x.askIn(x.UploadURL, x.Me.AccessToken, "application/json", `{"key":"`+strings.Repeat("a", 10<<20)+`"}`)
		}, 413, "RequestTooLarge", "API Gateway takes payloads of 10 MB"},
		{"a long answer to who takes gzip", func(x *Try) harness.Answer {
			a := x.askWith(x.UploadURL, http.Header{
				"Content-Type": {"application/json"}, "Authorization": {"Bearer " + x.Me.AccessToken}, "Accept-Encoding": {"gzip"},
			}, sized(1))
			if got := a.Header.Get("Content-Encoding"); got != "gzip" {
				x.Errorf("Content-Encoding: got %q, want gzip", got)
			}
			return a
		}, 200, "", "the API's minimum compression size"},
	}
}

// throttleRows has one row. Its table runs alone, because other requests would be throttled too.
func throttleRows() []Row {
	return []Row{{"too many at once", func(x *Try) harness.Answer {
		const each, atOnce = 20, 100 // requests
		header := http.Header{"Content-Type": {"application/json"}, "Authorization": {"Bearer " + x.Me.AccessToken}}
		var wait sync.WaitGroup
		var refused atomic.Pointer[harness.Answer]
		for range atOnce {
			wait.Go(func() {
				for i := 0; i < each && refused.Load() == nil; i++ {
					a, err := x.exchange(x.ctx, http.MethodPost, x.UploadURL, header, []byte(`{}`))
					if err == nil && a.Status == http.StatusTooManyRequests {
						refused.Store(&a)
					}
				}
			})
		}
		wait.Wait()
		a := refused.Load()
		if a == nil {
			x.Fatalf("none of %d requests was throttled", each*atOnce)
		}
		if a.Header.Get("Retry-After") == "" {
			x.Errorf("no Retry-After")
		}
		return *a
	}, 429, "Throttled", "the stage's throttleRate and throttleBurst"}}
}

// noTLS is our code for a server that refuses the TLS version before any HTTP request.
const noTLS = "NoSuchTLSVersion"

// oldTLS sends a request with TLS 1.1.
func (x *Try) oldTLS(url string) harness.Answer {
	old := &tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}
	a, err := harness.ExchangeBy(x.ctx, harness.NewClient(old), http.MethodGet, url, http.Header{}, nil)
	var refused tls.AlertError
	var broken *net.OpError
	if errors.As(err, &refused) || errors.As(err, &broken) && broken.Op != "dial" || errors.Is(err, io.EOF) {
		return harness.Answer{Body: []byte(`{"code":"` + noTLS + `"}`)}
	}
	if err != nil {
		x.Fatal("TLS 1.1: ", errors.Unwrap(err))
	}
	return a
}

func tlsRows() []Row {
	const policy = "a Deny of the bucket policy"
	return []Row{
		{"S3 over plain HTTP", func(x *Try) harness.Answer {
			r := x.put(sized(len(content))).Request([]byte(content))
			r.URL = strings.Replace(r.URL, "https://", "http://", 1)
			return x.send(r)
		}, 403, "AccessDenied", policy + ": DenyPlainHTTP"},
		{"S3 with TLS 1.1", func(x *Try) harness.Answer {
			return x.oldTLS(x.put(sized(len(content))).URL)
		}, 0, noTLS, "S3 speaks TLS 1.2 and later; and " + policy + ": DenyOldTLS"},
		{"the API with TLS 1.1", func(x *Try) harness.Answer { return x.oldTLS(x.UploadURL) }, 0, noTLS, "the API's security policy"},
	}
}
