// Package harness runs the synthesized stack for a test on free loopback ports: Start, Serve and Run in the test's own process,
// RunProgram in another one.
//
// In its own process it chooses the user pool's signing keys, so that a test can forge tokens that only Cognito could issue.
// It searches all logs and refusals of the stack for secrets.
package harness

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/presigned/local/cognito"
	"example.com/presigned/local/stack"
)

// Stack is a running stack with what tests need of it.
type Stack struct {
	stack.Summary
	Running *stack.Stack
	Keys    *cognito.Keys
	Log     *Log
}

// Log collects what the stack writes.
type Log struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *Log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *Log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// Build is a path below the repository's build folder, which `make build` fills. It is derived from the path of this file,
// because the S3 gateway changes the working directory.
func Build(name string) string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Join(filepath.Dir(file), "..", "..", "build", name)
}

// Start serves an assembly as the options say. The assembly is a folder below the build folder, such as "local-assembly", or
// an absolute path. The caller closes the stack.
func Start(assembly string, options ...func(*stack.Config)) (*Stack, error) {
	dir := assembly
	if !filepath.IsAbs(dir) {
		dir = Build(assembly)
	}
	if _, err := os.Stat(dir); err != nil {
		return nil, errors.New(dir + " is missing\nhint: run `make build` first")
	}
	s := &Stack{Keys: cognito.NewKeys(), Log: &Log{}}
	const free = "127.0.0.1:0"
	cfg := stack.Config{Assembly: dir, API: free, S3: free, Cognito: free, Log: s.Log, Now: time.Now, Keys: s.Keys}
	for _, option := range options {
		option(&cfg)
	}
	s.Keys = cfg.Keys
	running, err := stack.Start(context.Background(), cfg)
	if err != nil {
		return nil, err
	}
	s.Running, s.Summary = running, running.Summary
	s.know()
	return s, nil
}

// Close stops the stack. It fails if what the stack wrote, or a refusal that a test got, contains a secret.
func (s *Stack) Close() error {
	found := s.leaks()
	return errors.Join(found, s.Running.Close())
}

// Claims are the claims of an access token for a user, as the pool issues it.
func (s *Stack) Claims(username string) map[string]any {
	now := time.Now()
	return map[string]any{
		"sub": "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee", "iss": s.Running.Pool.Issuer(), "client_id": s.AppClientID,
		"origin_jti": "bbbbbbbb-cccc-dddd-eeee-ffffffffffff", "event_id": "cccccccc-dddd-eeee-ffff-000000000000",
		"token_use": "access", "scope": "aws.cognito.signin.user.admin", "auth_time": now.Unix(),
		"iat": now.Unix(), "exp": now.Add(time.Hour).Unix(), "jti": "dddddddd-eeee-ffff-0000-111111111111", "username": username,
	}
}

// Token signs claims with the pool's own key for access tokens.
func (s *Stack) Token(claims map[string]any) string {
	token, err := s.Keys.Access().Sign(claims)
	if err != nil {
		panic(err)
	}
	return token
}

// TokenOf is an access token for a user.
func (s *Stack) TokenOf(username string) string { return s.Token(s.Claims(username)) }

// Answer is what an endpoint or S3 said.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
}

// Code is the problem's or the S3 error's code, or "" when there is none.
func (a Answer) Code() string {
	var problem struct{ Code string }
	if json.Unmarshal(a.Body, &problem) == nil {
		return problem.Code
	}
	_, after, _ := strings.Cut(string(a.Body), "<Code>")
	code, _, _ := strings.Cut(after, "</Code>")
	return code
}

// Presigned is the API's answer: an S3 request to send.
type Presigned struct {
	URL, Method, Key, ExpiresAt string
	Headers                     map[string]string
	PartSize, MaxUploadBytes    int64
}

// Request is one HTTP request that a test may tamper with before it is sent.
type Request struct {
	Method, URL string
	Header      http.Header
	Body        []byte
}

// Request is what the client has to send: exactly method, url and headers.
func (p Presigned) Request(body []byte) *Request {
	header := http.Header{}
	for name, value := range p.Headers {
		header.Set(name, value)
	}
	return &Request{p.Method, p.URL, header, body}
}

// Send sends the request, and fails the test if a refusal has a secret.
func (r *Request) Send(t testing.TB) Answer {
	t.Helper()
	a, err := ExchangeBy(t.Context(), NewClient(nil), r.Method, r.URL, r.Header, r.Body)
	if err != nil {
		t.Fatal(err)
	}
	for _, leak := range a.Secrets() {
		t.Error(leak)
	}
	return a
}

// NewClient returns a client that uses a new connection for each request, and follows no redirect. It speaks HTTP/1.1, as S3
// does. A nil configuration is Go's default.
func NewClient(config *tls.Config) *http.Client {
	http1 := new(http.Protocols)
	http1.SetHTTP1(true)
	return &http.Client{
		Transport:     &http.Transport{DisableKeepAlives: true, DisableCompression: true, TLSClientConfig: config, Protocols: http1},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// ExchangeBy sends one request.
func ExchangeBy(ctx context.Context, client *http.Client, method, url string, header http.Header, body []byte) (Answer, error) {
	request, err := http.NewRequestWithContext(ctx, method, url, bytes.NewReader(body))
	if err != nil {
		return Answer{}, err
	}
	request.Header = header
	response, err := client.Do(request)
	if err != nil {
		return Answer{}, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	return Answer{response.StatusCode, response.Header, text}, err
}
