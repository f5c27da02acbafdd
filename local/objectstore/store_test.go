package objectstore

import (
	"bytes"
	"encoding/xml"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"example.com/presigned/local/template"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// started is a running store with a session of its upload role.
type started struct {
	*Store
	t      *testing.T
	bucket string
	http   *http.Client
	upload *s3.Client
	clock  *atomic.Int64 // nanoseconds by which the store's clock is ahead
}

func start(t *testing.T) *started {
	t.Helper()
	tpl, err := template.Load("testdata/assembly")
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	folder, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	clock := &atomic.Int64{}
	store, err := New(tpl, Config{Listener: listener, Log: t.Output(), Now: func() time.Time {
		return time.Now().Add(time.Duration(clock.Load()))
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
		if _, err := os.Stat(store.temp); !os.IsNotExist(err) {
			t.Errorf("temporary folder %s is still there after Close", store.temp)
		}
		if now, err := os.Getwd(); err != nil || now != folder {
			t.Errorf("working folder after Close: got %q, %v, want %q", now, err, folder)
		}
	})
	if err := store.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	s := &started{Store: store, t: t, bucket: store.Buckets["Uploads"], http: &http.Client{}, clock: clock}
	t.Cleanup(s.http.CloseIdleConnections)
	s.upload = s.as("UploadRole")
	return s
}

// as returns a client with a session of a role.
func (s *started) as(role string) *s3.Client {
	arn, err := s.Store.t.String(map[string]any{"Fn::GetAtt": []any{role, "Arn"}})
	if err != nil {
		s.t.Fatal(err)
	}
	c, err := s.Credentials(arn)
	if err != nil {
		s.t.Fatal(err)
	}
	return s3.New(s.Client().Options(), func(o *s3.Options) { o.Credentials = credentials.StaticCredentialsProvider{Value: c} })
}

// answer is what S3 said: the status, the error code if it is an error, and the body.
type answer struct {
	status int
	code   string
	header http.Header
	body   []byte
	closed bool // the connection ends with it
}

// send sends a presigned request as signed, with changes.
func (s *started) send(r *v4.PresignedHTTPRequest, body []byte, changes ...func(*http.Request)) answer {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), r.Method, r.URL, bytes.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	for name, values := range r.SignedHeader {
		if name != "Host" && name != "Content-Length" {
			req.Header[name] = values
		}
	}
	for _, change := range changes {
		change(req)
	}
	resp, err := s.http.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	return s.read(resp)
}

func (s *started) read(resp *http.Response) answer {
	s.t.Helper()
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	a := answer{status: resp.StatusCode, header: resp.Header, body: data, closed: resp.Close}
	if resp.StatusCode >= 300 && len(data) > 0 {
		var e struct{ Code string }
		if err := xml.Unmarshal(data, &e); err != nil {
			s.t.Fatalf("error body is no XML: %s", data)
		}
		a.code = e.Code
	}
	return a
}

// want compares status and code.
func (a answer) want(t *testing.T, what string, status int, code string) {
	t.Helper()
	if a.status != status || a.code != code {
		t.Errorf("%s: got %d %s, want %d %s\n%s", what, a.status, a.code, status, code, a.body)
	}
}

// presignPut signs an upload as the function does.
func (s *started) presignPut(key string, body []byte) *v4.PresignedHTTPRequest {
	s.t.Helper()
	r, err := s3.NewPresignClient(s.upload, s3.WithPresignExpires(5*time.Minute)).PresignPutObject(s.t.Context(), &s3.PutObjectInput{
		Bucket: &s.bucket, Key: &key, ContentType: aws.String("application/json"),
		ContentLength: aws.Int64(int64(len(body))), IfNoneMatch: aws.String("*"),
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return r
}

// presign signs a request for which the SDK has no presigning call. The path begins after the bucket.
func (s *started) presign(client *s3.Client, method, path string, headers ...string) *v4.PresignedHTTPRequest {
	s.t.Helper()
	url := s.URL + "/" + s.bucket + path
	url += map[bool]string{true: "&", false: "?"}[strings.Contains(path, "?")] + "X-Amz-Expires=300"
	req, err := http.NewRequestWithContext(s.t.Context(), method, url, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	c, err := client.Options().Credentials.Retrieve(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	signed, header, err := v4.NewSigner().PresignHTTP(s.t.Context(), c, req, "UNSIGNED-PAYLOAD", "s3", "us-east-1", time.Now(),
		func(o *v4.SignerOptions) { o.DisableURIPathEscaping, o.DisableHeaderHoisting = true, true })
	if err != nil {
		s.t.Fatal(err)
	}
	return &v4.PresignedHTTPRequest{Method: method, URL: signed, SignedHeader: header}
}
