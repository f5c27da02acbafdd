package objectstore

import (
	"bytes"
	"encoding/xml"
	"errors"
	"log"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"example.com/presigned/local/template"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go"
)

// assembly is what `make build` synthesizes for this machine, so these tests have the bucket and the roles that deploy.
const assembly = "../../build/local-assembly"

// started is a running store.
type started struct {
	*Store
	t      *testing.T
	bucket string
	role   string        // the ARN of the upload signer's
	root   *s3.Client    // without the checksums that the SDK adds
	clock  *atomic.Int64 // nanoseconds by which the store's clock is ahead
}

func start(t *testing.T) *started {
	t.Helper()
	tpl, err := template.Load(assembly)
	if err != nil {
		t.Fatalf("%v\nhint: `make build` writes %s", err, assembly)
	}
	for _, r := range tpl.Resources("AWS::Logs::LogGroup") {
		tpl.SetID(r.LogicalID, r.LogicalID, map[string]string{"Arn": tpl.ARN("logs", r.LogicalID)})
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &started{t: t, clock: &atomic.Int64{}}
	s.Store, err = New(tpl, Config{Listener: listener, Log: log.New(t.Output(), "", 0), Now: func() time.Time {
		return time.Now().Add(time.Duration(s.clock.Load()))
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := s.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.bucket = tpl.Resources("AWS::S3::Bucket")[0].Ref
	for _, r := range tpl.Resources("AWS::IAM::Role") {
		if strings.HasPrefix(r.LogicalID, "Upload") {
			s.role = r.ARN
		}
	}
	s.root = s3.New(s.Client().Options(), func(o *s3.Options) { o.RequestChecksumCalculation = aws.RequestChecksumCalculationWhenRequired })
	return s
}

// presignPut signs an upload as the function does, with a new session of its role.
func (s *started) presignPut(key string, body []byte) *v4.PresignedHTTPRequest {
	s.t.Helper()
	session, err := s.Credentials(s.role)
	if err != nil {
		s.t.Fatal(err)
	}
	signer := s3.New(s.root.Options(), func(o *s3.Options) { o.Credentials = credentials.StaticCredentialsProvider{Value: session} })
	r, err := s3.NewPresignClient(signer, s3.WithPresignExpires(5*time.Minute)).PresignPutObject(s.t.Context(), &s3.PutObjectInput{
		Bucket: &s.bucket, Key: &key, ContentType: aws.String("application/json"),
		ContentLength: aws.Int64(int64(len(body))), IfNoneMatch: aws.String("*"),
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return r
}

// answer is what S3 said.
type answer struct {
	status int
	code   string // of an error
	body   []byte
	closed bool // the connection ends with it
}

// send sends a presigned request as signed, with changes.
func (s *started) send(r *v4.PresignedHTTPRequest, body []byte, changes ...func(*http.Request)) answer {
	s.t.Helper()
	req := s.request(r, body)
	for _, change := range changes {
		change(req)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	return s.read(resp)
}

func (s *started) request(r *v4.PresignedHTTPRequest, body []byte) *http.Request {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), r.Method, r.URL, bytes.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	for name, values := range r.SignedHeader {
		req.Header[name] = values
	}
	return req
}

func (s *started) read(resp *http.Response) answer {
	s.t.Helper()
	defer resp.Body.Close()
	var body bytes.Buffer
	if _, err := body.ReadFrom(resp.Body); err != nil {
		s.t.Fatal(err)
	}
	var e struct{ Code string }
	if resp.StatusCode >= 300 {
		if err := xml.Unmarshal(body.Bytes(), &e); err != nil {
			s.t.Fatalf("error body is no XML: %s", &body)
		}
	}
	return answer{resp.StatusCode, e.Code, body.Bytes(), resp.Close}
}

// want compares status and code.
func (a answer) want(t *testing.T, what string, status int, code string) {
	t.Helper()
	if a.status != status || a.code != code {
		t.Errorf("%s: got %d %s, want %d %s\n%s", what, a.status, a.code, status, code, a.body)
	}
}

// codeOf is the code of an error of the SDK, "" of none.
func codeOf(err error) string {
	var known smithy.APIError
	switch {
	case err == nil:
		return ""
	case errors.As(err, &known):
		return known.ErrorCode()
	}
	return err.Error()
}
