package objectstore

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

func TestAPresignedPutIsTakenOnceAndOnlyAsSigned(t *testing.T) {
	s := start(t)
	body := []byte(`{"fruit":"banana"}`)
	sum := sha256.Sum256(body)
	signed := s.presignPut("johndoe/1", body, func(in *s3.PutObjectInput) {
		in.ChecksumSHA256 = aws.String(base64.StdEncoding.EncodeToString(sum[:]))
	})
	other := []byte(`{"fruit":"cherry"}`)

	s.send(signed, body, header("Content-Type", "text/html")).want(t, "other content type", 403, "SignatureDoesNotMatch")
	s.send(signed, body, header("If-None-Match", "")).want(t, "no If-None-Match", 403, "SignatureDoesNotMatch")
	s.send(signed, body[1:]).want(t, "shorter body", 403, "SignatureDoesNotMatch")
	s.send(signed, append(body, 'x')).want(t, "longer body", 403, "SignatureDoesNotMatch")
	s.send(signed, other).want(t, "other body", 400, "BadDigest")
	s.send(signed, body, header("X-Amz-Checksum-Sha256", "")).want(t, "no checksum", 403, "SignatureDoesNotMatch")
	s.send(signed, body, path("johndoe", "janedoe")).want(t, "other key", 403, "SignatureDoesNotMatch")
	s.send(signed, body, query("X-Amz-Expires", "604800")).want(t, "longer expiry", 403, "SignatureDoesNotMatch")
	s.send(signed, body, header("X-Amz-Acl", "public-read")).want(t, "added ACL", 403, "AccessDenied")
	s.send(signed, body, header("X-Amz-Tagging", "a=b")).want(t, "added tags", 403, "AccessDenied")
	s.send(signed, body, func(r *http.Request) { r.Method = "DELETE" }).want(t, "other method", 403, "SignatureDoesNotMatch")
	s.send(signed, body).want(t, "as signed", 200, "")
	s.send(signed, body).want(t, "second write", 412, "PreconditionFailed")
}

func TestThePolicyDeniesWhatTheSignatureAllows(t *testing.T) {
	s := start(t)
	body := []byte("x")
	s.send(s.presignPut("a/1", body, func(in *s3.PutObjectInput) { in.IfNoneMatch = nil }), body).
		want(t, "presigned without If-None-Match", 403, "AccessDenied")
	old := s.presignPut("a/2", body, nil, s3.WithPresignExpires(time.Hour), at(-301*time.Second))
	s.send(old, body).want(t, "signature of 301 s, expiry 1 h", 403, "AccessDenied")
	young := s.presignPut("a/3", body, nil, s3.WithPresignExpires(time.Hour), at(-290*time.Second))
	s.send(young, body).want(t, "signature of 290 s", 200, "")
	expired := s.presignPut("a/4", body, nil, s3.WithPresignExpires(time.Second), at(-3*time.Second))
	s.send(expired, body).want(t, "expired", 403, "AccessDenied")
	early := s.presignPut("a/5", body, nil, at(16*time.Minute))
	s.send(early, body).want(t, "dated 16 minutes ahead", 403, "AccessDenied")
	s.send(s.presignPut("a/6", body, nil, at(14*time.Minute)), body).want(t, "dated 14 minutes ahead", 200, "")
}

func TestABodyInChunksIsTheLastOfItsConnection(t *testing.T) {
	s := start(t)
	signed := s.presignPut("a/1", []byte("x"), nil)
	for what, change := range map[string]func(*http.Request){
		"refused":         func(r *http.Request) { r.ContentLength = -1 }, // the length is signed
		"bad credentials": func(r *http.Request) { r.ContentLength, r.URL.RawQuery = -1, "" },
	} {
		req, err := http.NewRequestWithContext(t.Context(), signed.Method, signed.URL, strings.NewReader("x"))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("If-None-Match", "*")
		change(req)
		resp, err := s.http.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		if got := s.read(resp); got.status != 403 || !resp.Close {
			t.Errorf("%s: got %d %s, connection closed: %t, want 403 and the connection closed", what, got.status, got.code, resp.Close)
		}
	}
	resp, err := s.http.Get(s.URL + "/" + s.bucket)
	if err != nil {
		t.Fatal(err)
	}
	if s.read(resp); resp.Close {
		t.Error("a request without a body closed its connection")
	}
}
