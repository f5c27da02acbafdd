package objectstore

import (
	"encoding/xml"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// What S3 refuses and the gateway alone would take.

func TestAMissingKeyIsDeniedToWhoMayNotListTheBucket(t *testing.T) {
	s := start(t)
	lists := s.as("ListRole")
	for _, c := range []struct {
		name, method, path string
		client             *s3.Client
		status             int
		code               string
	}{
		{"listing of prefixes only", "GET", "/johndoe/1", s.download, 403, "AccessDenied"},
		{"listing of prefixes only, with a prefix", "GET", "/johndoe/1?prefix=x", s.download, 403, "AccessDenied"},
		{"listing of prefixes only", "HEAD", "/johndoe/1", s.download, 403, ""},
		{"listing", "GET", "/johndoe/1", lists, 404, "NoSuchKey"},
		{"listing", "HEAD", "/johndoe/1", lists, 404, ""},
	} {
		got := s.send(s.presign(c.client, c.method, c.path), nil)
		got.want(t, c.method+" by a role that allows "+c.name, c.status, c.code)
		if c.code == "AccessDenied" && !strings.Contains(string(got.body), ":assumed-role/PresignedUploads-test-DownloadRole/local is not authorized to perform: s3:ListBucket on resource:") {
			t.Errorf("%s: got %s, want S3's words", c.name, got.body)
		}
	}
	_, err := s.Client().GetObject(t.Context(), &s3.GetObjectInput{Bucket: &s.bucket, Key: aws.String("johndoe/1")})
	wantCode(t, "by root", err, "NoSuchKey")
}

func TestAPresignedURLTakesNoAuthorizationHeader(t *testing.T) {
	s := start(t)
	body := []byte("x")
	signed := s.presignPut("johndoe/1", body, nil)
	got := s.send(signed, body, header("Authorization", "Bearer token"))
	got.want(t, "both", 400, "InvalidArgument")
	if !strings.Contains(string(got.body), "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, ") {
		t.Errorf("got %s", got.body)
	}
	s.send(signed, body).want(t, "the URL alone", 200, "")
}

func TestAURLThatWasDecodedOnceTooOftenFails(t *testing.T) {
	s := start(t)
	body := []byte("x")
	signed := s.presignPut("johndoe/1", body, nil)
	if len(signed.URL) < 1000 || !strings.Contains(signed.URL, "%2B") || !strings.Contains(signed.URL, "%2F") || !strings.Contains(signed.URL, "%3D%3D") {
		t.Errorf("the session token does not look like AWS's: %s", signed.URL)
	}
	decoded := *signed
	decoded.URL = strings.NewReplacer("%2B", "+", "%2F", "/", "%3D", "=").Replace(signed.URL)
	s.send(&decoded, body).want(t, "decoded", 400, "InvalidToken")
	s.send(signed, body).want(t, "as signed", 200, "")
}

func TestOnlyAnAsteriskIsAConditionOfAWrite(t *testing.T) {
	s := start(t)
	for _, r := range []struct{ method, path, body string }{
		{"PUT", "/johndoe/1", "x"},
		{"POST", "/johndoe/1?uploadId=x", "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>x</ETag></Part></CompleteMultipartUpload>"},
	} {
		s.send(s.presign(s.upload, r.method, r.path, "If-None-Match", `"etag"`), []byte(r.body)).want(t, r.method, 501, "NotImplemented")
	}
	got := s.send(s.presign(s.as("ListRole"), http.MethodGet, "/johndoe/1", "If-None-Match", `"etag"`), nil)
	got.want(t, "a read", 404, "NoSuchKey")
}

func TestAPartsChecksumMustHaveBeenAnnounced(t *testing.T) {
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
		created := s.send(s.presign(s.upload, "POST", "/johndoe/1?uploads=", c.announced...), nil)
		var upload struct{ UploadId string }
		if err := xml.Unmarshal(created.body, &upload); err != nil {
			t.Fatal(err)
		}
		part := s.presign(s.upload, "PUT", "/johndoe/1?partNumber=1&uploadId="+upload.UploadId, c.sent...)
		s.send(part, []byte("x")).want(t, c.name, c.status, c.code)
	}
}
