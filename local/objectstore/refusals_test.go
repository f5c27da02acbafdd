package objectstore

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// These tests send requests that S3 refuses, that the gateway alone would accept, and that no row of test/attack sends.

func TestAPresignedURLIsRefusedAsS3RefusesIt(t *testing.T) {
	s := start(t)
	unchanged := func(*http.Request) {}
	decode := strings.NewReplacer("%2B", "+", "%2F", "/", "%3D", "=") // the session token has each of them
	for i, c := range []struct {
		name         string
		opened, sent time.Duration // by how much S3's clock is ahead when the session begins, and when the request comes
		change       func(*http.Request)
		status       int
		code         string
	}{
		{"as signed", 0, 0, unchanged, 200, ""},
		{"with an Authorization header", 0, 0, func(r *http.Request) { r.Header.Set("Authorization", "Bearer token") }, 400, "InvalidArgument"},
		{"decoded", 0, 0, func(r *http.Request) { r.URL.RawQuery = decode.Replace(r.URL.RawQuery) }, 400, "InvalidToken"},
		{"before its session ends", time.Minute - sessionLength, 0, unchanged, 200, ""},
		{"when its session ends", -sessionLength, 0, unchanged, 400, "ExpiredToken"},
		{"dated 14 minutes ahead", 0, -14 * time.Minute, unchanged, 200, ""},
		{"dated 16 minutes ahead", 0, -16 * time.Minute, unchanged, 403, "AccessDenied"},
	} {
		s.clock.Store(int64(c.opened))
		signed := s.presignPut(fmt.Sprintf("johndoe/%d", i), []byte("x"))
		s.clock.Store(int64(c.sent))
		s.send(signed, []byte("x"), c.change).want(t, c.name, c.status, c.code)
	}
}

func TestAPartsChecksumMustBeAnnounced(t *testing.T) {
	s := start(t)
	sum := aws.String("LXEWQrcmsEQBYnyp+6wy9chTD7GQPMTbAiWHF5IaSIE=") // of "x"
	for _, c := range []struct {
		name      string
		announced types.ChecksumAlgorithm
		sent      *string
		want      string
	}{
		{"neither", "", nil, ""},
		{"announced and sent", types.ChecksumAlgorithmSha256, sum, ""},
		{"announced and not sent", types.ChecksumAlgorithmSha256, nil, "InvalidRequest"},
		{"sent and not announced", "", sum, "InvalidRequest"},
	} {
		key := aws.String("johndoe/1")
		made, err := s.root.CreateMultipartUpload(t.Context(), &s3.CreateMultipartUploadInput{Bucket: &s.bucket, Key: key, ChecksumAlgorithm: c.announced})
		if err != nil {
			t.Fatal(err)
		}
		_, err = s.root.UploadPart(t.Context(), &s3.UploadPartInput{
			Bucket: &s.bucket, Key: key, UploadId: made.UploadId, PartNumber: aws.Int32(1), ChecksumSHA256: c.sent, Body: strings.NewReader("x"),
		})
		if got := codeOf(err); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
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
