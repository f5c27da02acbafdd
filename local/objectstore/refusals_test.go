package objectstore

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

// These tests send requests that S3 refuses, that the gateway alone would accept, and that no row of test/attack sends.

func TestARoleThatMayListTheBucketGets404ForAMissingKey(t *testing.T) {
	s := start(t)
	lists := s.as("ListRole")
	s.send(s.presign(lists, "GET", "/johndoe/1"), nil).want(t, "GET", 404, "NoSuchKey")
	s.send(s.presign(lists, "HEAD", "/johndoe/1"), nil).want(t, "HEAD", 404, "")
}

func TestAPresignedURLWithAnAuthorizationHeaderIsRefused(t *testing.T) {
	s := start(t)
	body := []byte("x")
	signed := s.presignPut("johndoe/1", body)
	got := s.send(signed, body, func(r *http.Request) { r.Header.Set("Authorization", "Bearer token") })
	got.want(t, "both", 400, "InvalidArgument")
	if !strings.Contains(string(got.body), "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, ") {
		t.Errorf("got %s", got.body)
	}
	s.send(signed, body).want(t, "the URL alone", 200, "")
}

func TestAURLThatAClientHasDecodedFails(t *testing.T) {
	s := start(t)
	body := []byte("x")
	signed := s.presignPut("johndoe/1", body)
	if len(signed.URL) < 1000 || !strings.Contains(signed.URL, "%2B") || !strings.Contains(signed.URL, "%2F") || !strings.Contains(signed.URL, "%3D%3D") {
		t.Errorf("the session token does not look like AWS's: %s", signed.URL)
	}
	decoded := *signed
	decoded.URL = strings.NewReplacer("%2B", "+", "%2F", "/", "%3D", "=").Replace(signed.URL)
	s.send(&decoded, body).want(t, "decoded", 400, "InvalidToken")
	s.send(signed, body).want(t, "as signed", 200, "")
}

func TestAURLWorksUntilItsSessionEnds(t *testing.T) {
	s := start(t)
	for left, want := range map[time.Duration]string{0: "ExpiredToken", time.Minute: ""} {
		s.clock.Store(int64(left - sessionLength))
		s.upload = s.as("UploadRole")
		s.clock.Store(0)
		if got := s.send(s.presignPut("a/1"+want, []byte("x")), []byte("x")); got.code != want {
			t.Errorf("a session with %s left: got %q, want %q", left, got.code, want)
		}
	}
}

func TestAURLDatedInTheFutureIsRefused(t *testing.T) {
	s := start(t)
	for ahead, want := range map[time.Duration]string{14 * time.Minute: "", 16 * time.Minute: "AccessDenied"} {
		s.clock.Store(int64(-ahead))
		if got := s.send(s.presignPut("a/1"+want, []byte("x")), []byte("x")); got.code != want {
			t.Errorf("dated %s ahead: got %q, want %q", ahead, got.code, want)
		}
	}
}

func TestAWriteAcceptsOnlyAnAsteriskInIfNoneMatch(t *testing.T) {
	s := start(t)
	for _, r := range []struct{ method, path, body string }{
		{"PUT", "/johndoe/1", "x"},
		{"POST", "/johndoe/1?uploadId=x", "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>x</ETag></Part></CompleteMultipartUpload>"},
	} {
		s.send(s.presign(s.upload, r.method, r.path, "If-None-Match", `"etag"`), []byte(r.body)).want(t, r.method, 501, "NotImplemented")
	}
}

func TestAPartsChecksumMustBeAnnounced(t *testing.T) {
	s := start(t)
	const sum = "LXEWQrcmsEQBYnyp+6wy9chTD7GQPMTbAiWHF5IaSIE=" // of "x"
	for _, c := range []struct {
		name      string
		announced []string
		sent      []string
		status    int
		code      string
	}{
		{"neither", nil, nil, 200, ""},
		{"announced and sent", []string{"X-Amz-Checksum-Algorithm", "SHA256"}, []string{"X-Amz-Checksum-Sha256", sum}, 200, ""},
		{"announced and not sent", []string{"X-Amz-Checksum-Algorithm", "SHA256"}, nil, 400, "InvalidRequest"},
		{"sent and not announced", nil, []string{"X-Amz-Checksum-Sha256", sum}, 400, "InvalidRequest"},
	} {
		path := s.beginUpload("johndoe/1", c.announced...)
		s.send(s.presign(s.upload, "PUT", path+"&partNumber=1", c.sent...), []byte("x")).want(t, c.name, c.status, c.code)
	}
}

func TestTheConnectionClosesAfterABodyInChunks(t *testing.T) {
	s := start(t)
	signed := s.presignPut("a/1", []byte("x"))
	for what, change := range map[string]func(*http.Request){
		"refused":         func(r *http.Request) { r.ContentLength = -1 }, // the length is signed
		"bad credentials": func(r *http.Request) { r.ContentLength, r.URL.RawQuery = -1, "" },
	} {
		got := s.send(signed, []byte("x"), change)
		if got.status != 403 || !got.closed {
			t.Errorf("%s: got %d %s, connection closed: %t, want 403 and the connection closed", what, got.status, got.code, got.closed)
		}
	}
}
