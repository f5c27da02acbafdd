package objectstore

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/xml"
	"mime/multipart"
	"net/http"
	"net/url"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// No presigned URL of ours copies, but who looks after the bucket does.
func TestAnObjectIsCopiedByRoot(t *testing.T) {
	s := start(t)
	body := []byte("bananas")
	s.send(s.presignPut("johndoe/1", body, nil), body).want(t, "put", 200, "")
	_, err := s.Client().CopyObject(t.Context(), &s3.CopyObjectInput{
		Bucket: &s.bucket, Key: aws.String("johndoe/2"), CopySource: aws.String(s.bucket + "/johndoe/1"),
	})
	if err != nil {
		t.Error(err)
	}
}

func TestAnObjectIsReadAndListedByPresignedRequests(t *testing.T) {
	s := start(t)
	body := []byte("bananas")
	sum := sha256.Sum256(body)
	checksum := base64.StdEncoding.EncodeToString(sum[:])
	s.send(s.presignPut("johndoe/1", body, func(in *s3.PutObjectInput) { in.ChecksumSHA256 = &checksum }), body).want(t, "put", 200, "")
	p := s3.NewPresignClient(s.download)

	get, err := p.PresignGetObject(t.Context(), &s3.GetObjectInput{
		Bucket: &s.bucket, Key: aws.String("johndoe/1"), ResponseContentDisposition: aws.String("attachment; filename*=UTF-8''b%C3%A4r.json"),
	})
	if err != nil {
		t.Fatal(err)
	}
	got := s.send(get, nil)
	got.want(t, "get", 200, "")
	if !bytes.Equal(got.body, body) || got.header.Get("Content-Disposition") != "attachment; filename*=UTF-8''b%C3%A4r.json" {
		t.Errorf("got %q with Content-Disposition %q", got.body, got.header.Get("Content-Disposition"))
	}
	got = s.send(get, nil, header("Range", "bytes=1-3"))
	if got.status != 206 || string(got.body) != "ana" {
		t.Errorf("range: got %d %q, want 206 ana", got.status, got.body)
	}

	// By a header: the SDK's own presigner moves it into the query, where S3 ignores it.
	head := s.presign(s.download, "HEAD", "/johndoe/1", "X-Amz-Checksum-Mode", "ENABLED")
	got = s.send(head, nil)
	if got.status != 200 || got.header.Get("X-Amz-Checksum-Sha256") != checksum || got.header.Get("Content-Length") != "7" {
		t.Errorf("head: got %d, headers %v", got.status, got.header)
	}

	s.list("johndoe/").want(t, "list", 200, "")
	var listed struct {
		Contents []struct {
			Key  string
			Size int
		}
	}
	if err := xml.Unmarshal(s.list("johndoe/").body, &listed); err != nil || len(listed.Contents) != 1 || listed.Contents[0].Size != 7 {
		t.Errorf("listed %+v, err %v: want the one object", listed.Contents, err)
	}
	s.list("").want(t, "list of the whole bucket", 403, "AccessDenied")
}

// list sends a presigned listing of a prefix.
func (s *started) list(prefix string) answer {
	s.t.Helper()
	return s.send(s.presign(s.download, "GET", "?list-type=2&prefix="+url.QueryEscape(prefix)), nil)
}

func TestARoleDoesOnlyWhatItsPolicyAllows(t *testing.T) {
	s := start(t)
	p := s3.NewPresignClient(s.upload)
	get, err := p.PresignGetObject(t.Context(), &s3.GetObjectInput{Bucket: &s.bucket, Key: aws.String("a")})
	if err != nil {
		t.Fatal(err)
	}
	s.send(get, nil).want(t, "read with the upload role", 403, "AccessDenied")
	del, err := p.PresignDeleteObject(t.Context(), &s3.DeleteObjectInput{Bucket: &s.bucket, Key: aws.String("a")})
	if err != nil {
		t.Fatal(err)
	}
	s.send(del, nil).want(t, "delete with the upload role", 403, "AccessDenied")
	s.send(s.presignPut("a", []byte("x"), func(in *s3.PutObjectInput) { in.Tagging = aws.String("a=b") }), []byte("x")).
		want(t, "tags, signed", 403, "AccessDenied")
	s.send(s.presign(s.upload, "PUT", "/a", "If-None-Match", "*", "X-Amz-Acl", "public-read"), []byte("x")).
		want(t, "ACL, signed", 400, "AccessControlListNotSupported")

	// Signed in the header instead of the query: the bucket policy's business.
	_, err = s.upload.PutObject(t.Context(), &s3.PutObjectInput{
		Bucket: &s.bucket, Key: aws.String("a"), Body: bytes.NewReader([]byte("x")), IfNoneMatch: aws.String("*"),
	})
	wantCode(t, "header-signed put", err, "AccessDenied")
	_, err = s.download.ListObjectsV2(t.Context(), &s3.ListObjectsV2Input{Bucket: &s.bucket, Prefix: aws.String("johndoe/")})
	wantCode(t, "header-signed list", err, "AccessDenied")
}

func TestNothingIsPublic(t *testing.T) {
	s := start(t)
	s.send(s.presignPut("johndoe/1", []byte("x"), nil), []byte("x")).want(t, "put", 200, "")
	for _, c := range []struct{ method, path string }{
		{"GET", "/"}, {"GET", "/" + s.bucket}, {"GET", "/" + s.bucket + "/johndoe/1"}, {"PUT", "/" + s.bucket + "/johndoe/2"},
		{"DELETE", "/" + s.bucket + "/johndoe/1"}, {"POST", "/" + s.bucket + "/johndoe/1?uploads"},
	} {
		req, err := http.NewRequestWithContext(t.Context(), c.method, s.URL+c.path, nil)
		if err != nil {
			t.Fatal(err)
		}
		s.do(req).want(t, "anonymous "+c.method+" "+c.path, 403, "AccessDenied")
	}
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	w.WriteField("key", "johndoe/3")
	f, _ := w.CreateFormFile("file", "x")
	f.Write([]byte("x"))
	w.Close()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL+"/"+s.bucket, &form)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", w.FormDataContentType())
	s.do(req).want(t, "anonymous form", 403, "AccessDenied")

	_, err = s.Client().PutBucketPolicy(t.Context(), &s3.PutBucketPolicyInput{Bucket: &s.bucket, Policy: aws.String(
		`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::` + s.bucket + `/*"}]}`)})
	wantCode(t, "root makes the bucket public", err, "AccessDenied")
}

func TestPreflightAllowsTheTemplatesOrigins(t *testing.T) {
	s := start(t)
	for origin, allowed := range map[string]bool{
		"https://app.example.com": true, "http://localhost:5173": true,
		"https://evil.example.com": false, "http://localhost.evil.example.com:80": false, "https://localhost:1": false,
	} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodOptions, s.URL+"/"+s.bucket+"/johndoe/1", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Origin", origin)
		req.Header.Set("Access-Control-Request-Method", "PUT")
		req.Header.Set("Access-Control-Request-Headers", "content-type,if-none-match")
		got := s.do(req)
		if allowed && (got.status != 200 || got.header.Get("Access-Control-Allow-Origin") != origin) {
			t.Errorf("%s: got %d %v, want it allowed", origin, got.status, got.header)
		}
		if !allowed && (got.status != 403 || got.header.Get("Access-Control-Allow-Origin") != "") {
			t.Errorf("%s: got %d %v, want it refused", origin, got.status, got.header)
		}
	}
	put := s.send(s.presignPut("johndoe/1", []byte("x"), nil), []byte("x"), header("Origin", "http://localhost:5173"))
	if put.header.Get("Access-Control-Allow-Origin") != "http://localhost:5173" || put.header.Get("Access-Control-Expose-Headers") == "" {
		t.Errorf("put with an origin: got headers %v", put.header)
	}
	refused := s.send(s.presignPut("johndoe/1", []byte("x"), nil), []byte("x"), header("Origin", "http://localhost:5173"))
	refused.want(t, "second put", 412, "PreconditionFailed")
	if refused.header.Get("Access-Control-Allow-Origin") != "http://localhost:5173" {
		t.Errorf("a refusal must be readable by the page too: got headers %v", refused.header)
	}
}
