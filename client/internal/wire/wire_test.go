package wire

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"example.com/presigned/client/internal/fakestack"
)

func endpoint(t *testing.T, status int, header http.Header, body string) *Endpoint {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		for name, values := range header {
			w.Header()[name] = values
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}))
	t.Cleanup(server.Close)
	e := &Endpoint{URL: server.URL, Transport: server.Client().Transport, Token: func(context.Context) (string, error) { return "token", nil }}
	e.Retry.Tries = 1
	return e
}

func TestEveryKindOfRefusalIsRead(t *testing.T) {
	tests := map[string]struct {
		status int
		header http.Header
		body   string
		want   string
		again  bool
	}{
		"the function": {403, nil, `{"title":"Forbidden","status":403,"detail":"key \"a\" is not yours","code":"KeyOutsidePrefix","requestId":"r1"}`,
			`key "a" is not yours (KeyOutsidePrefix, status 403, request r1)`, false},
		"API Gateway itself":    {403, http.Header{"X-Amzn-Requestid": {"r2"}}, `{"message":"Missing Authentication Token"}`, "Missing Authentication Token (no code, status 403, request r2)", false},
		"a proxy in HTML":       {502, nil, `<html>bad gateway</html>`, "Bad Gateway (no code, status 502)", true},
		"400 in HTML":           {400, nil, `<html>bad request</html>`, "Bad Request (no code, status 400)", false},
		"400 without a body":    {400, nil, ``, "Bad Request (no code, status 400)", false},
		"400 to half a request": {400, http.Header{"Connection": {"close"}}, `400 Bad Request`, "Bad Request (no code, status 400)", true},
		"a role's name":         {403, nil, `{"message":"User: arn:aws:sts::1:assumed-role/r/s is not authorized"}`, "Access Denied (no code, status 403)", false},
		"an empty body":         {429, nil, ``, "Too Many Requests (no code, status 429)", true},
		"another service's 200": {200, nil, `{"hello":"world"}`, "answered 200 without a presigned URL", false},
		"a wrong status in it":  {503, nil, `{"status":200,"code":"CredentialsExpired","detail":"soon"}`, "soon (CredentialsExpired, status 503)", true},
	}
	for name, test := range tests {
		err := endpoint(t, test.status, test.header, test.body).Presign(t.Context(), Operation{Name: "putObject"})[0].Err
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, want %q", name, err, test.want)
		}
		if p, ok := errors.AsType[*Refusal](err); ok {
			if again, _ := p.Again(); again != test.again {
				t.Errorf("%s: again %t, want %t", name, again, test.again)
			}
		}
	}
}

func TestRetryAfterIsReadInBothForms(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for value, want := range map[string]time.Duration{
		"": 0, "7": 7 * time.Second, "-1": 0, "soon": 0,
		"Fri, 02 Jan 2026 03:04:15 GMT": 10 * time.Second, "Fri, 02 Jan 2026 03:04:00 GMT": 0,
	} {
		if got := retryAfter(http.Header{"Retry-After": {value}}, now); got != want {
			t.Errorf("%q: got %s, want %s", value, got, want)
		}
	}
}

func TestAnErrorInTheBodyOfA200IsFound(t *testing.T) {
	r := RefusalIn([]byte("  \n<?xml version=\"1.0\"?><Error><Code>InternalError</Code><Message>User: arn:aws:x</Message></Error>"))
	if again, _ := r.Again(); !again || r.Code != "InternalError" || r.Status != 500 || r.Message != "Access Denied" {
		t.Errorf("got %+v, want a 500 without the role's name", r)
	}
	for _, fine := range []string{"", "<Error><Message>no code</Message></Error>", "<CompleteMultipartUploadResult/>", "<ListBucketResult><Contents><Key>Error</Key></Contents></ListBucketResult>"} {
		if r := RefusalIn([]byte(fine)); r != nil {
			t.Errorf("%q: got %v, want none", fine, r)
		}
	}
}

// secret is a presigned URL without a server.
const secret = "http://127.0.0.1:1/key?X-Amz-Signature=5ecre7"

func TestNoErrorCarriesThePresignedURL(t *testing.T) {
	s := &Sender{Transport: http.DefaultTransport, Stall: time.Minute}
	for name, url := range map[string]string{
		"no server":      secret,
		"no such scheme": strings.Replace(secret, "http", "gopher", 1),
		"no URL":         strings.Replace(secret, ":1/", ":bad port/", 1),
		"no host":        strings.Replace(secret, "127.0.0.1:1", "", 1),
	} {
		_, err := s.Send(t.Context(), Presigned{Method: "GET", URL: url}, nil, nil)
		for ; err != nil; err = errors.Unwrap(err) {
			if strings.Contains(err.Error(), "5ecre7") {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	a := Presigned{Method: "PUT", URL: secret, Key: "k"}
	for _, format := range []string{"%v", "%+v", "%#v", "%s"} {
		if text := fmt.Sprintf(format, a); strings.Contains(text, "5ecre7") {
			t.Errorf("%s prints %s", format, text)
		}
	}
}

func TestProgressOfAFailedAttemptIsSubtracted(t *testing.T) {
	calls := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		if calls++; calls == 1 {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	}))
	defer server.Close()
	s := &Sender{Transport: server.Client().Transport, Stall: time.Minute}
	moved := int64(0)
	body := &Body{Open: func() io.Reader { return strings.NewReader("hello") }, Length: 5, Moved: func(n int64) { moved += n }}
	for _, want := range []int64{0, 5} {
		res, err := s.Send(t.Context(), Presigned{Method: "PUT", URL: server.URL, Headers: map[string]string{"Content-Length": "5", "Host": "elsewhere"}}, body, nil)
		if err == nil {
			_ = res.Body.Close()
		}
		if moved != want {
			t.Errorf("got progress %d after %v, want %d", moved, err, want)
		}
	}
}

// transport answers a request immediately, and closes its body only after the answer has been read.
type transport struct{ letGo atomic.Bool }

func (tr *transport) RoundTrip(req *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: http.StatusServiceUnavailable, Header: http.Header{}, Body: closer{strings.NewReader(""), func() {
		go func() {
			tr.letGo.Store(true)
			_ = req.Body.Close()
		}()
	}}}, nil
}

type closer struct {
	io.Reader
	close func()
}

func (c closer) Close() error {
	c.close()
	return nil
}

func TestSendReturnsWhenTheBodyIsNoLongerRead(t *testing.T) {
	tr := &transport{}
	s := &Sender{Transport: tr, Stall: time.Minute}
	body := &Body{Open: func() io.Reader { return strings.NewReader("hello") }, Length: 5}
	if _, err := s.Send(t.Context(), Presigned{Method: "PUT", URL: "http://s3.example/key"}, body, nil); err == nil || !tr.letGo.Load() {
		t.Errorf("got %v, body let go %t, want a refusal after that", err, tr.letGo.Load())
	}
}

func TestABatchIsSplitAsTheEndpointAllows(t *testing.T) {
	for most, wantRequests := range map[int]int64{100: 2, 3: 1 + 67, 1: 1 + 200} {
		stack := fakestack.Start(t)
		stack.MaxBatch = most
		e := &Endpoint{
			URL: stack.DownloadURL(), Transport: http.DefaultTransport, Token: func(context.Context) (string, error) { return fakestack.Token, nil },
		}
		operations := make([]Operation, 200)
		for i := range operations {
			operations[i] = Operation{Name: "getObject", Key: fmt.Sprintf("johndoe/%d", i)}
		}
		operations[7].Key = "alice/7"
		for i, r := range e.Presign(t.Context(), operations...) {
			if i == 7 {
				if !HasCode(r.Err, "KeyOutsidePrefix") {
					t.Errorf("bound %d: item 7: got %v, want KeyOutsidePrefix", most, r.Err)
				}
			} else if r.Err != nil || r.Key != operations[i].Key {
				t.Errorf("bound %d: item %d: got %v of %q, want its own URL", most, i, r.Err, r.Key)
			}
		}
		if got := e.Requests(); got != wantRequests {
			t.Errorf("bound %d: got %d requests, want %d", most, got, wantRequests)
		}
	}
}

// Such an answer would never lead to a batch that the endpoint takes.
func TestABoundThatDoesNotHelpIsNotLearned(t *testing.T) {
	for _, maxBatch := range []int{-1, 0, MaxBatch, MaxBatch + 1} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusRequestEntityTooLarge)
			_, _ = fmt.Fprintf(w, `{"code":"BatchTooLarge","maxBatch":%d}`, maxBatch)
		}))
		t.Cleanup(server.Close)
		e := &Endpoint{URL: server.URL, Transport: server.Client().Transport, Token: func(context.Context) (string, error) { return "token", nil }}
		for _, r := range e.Presign(t.Context(), make([]Operation, 2)...) {
			if !HasCode(r.Err, "BatchTooLarge") {
				t.Errorf("a bound of %d: got %v, want BatchTooLarge", maxBatch, r.Err)
			}
		}
		if got := e.Requests(); got != 1 {
			t.Errorf("a bound of %d: got %d requests, want 1", maxBatch, got)
		}
	}
}

// A URL's end is by the server's clock.
func TestAWrongClockDoesNotEndURLsEarly(t *testing.T) {
	for _, wrong := range []time.Duration{-time.Hour, 0, time.Hour} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			sent := time.Now().Add(wrong).UTC()
			w.Header().Set("Date", sent.Format(http.TimeFormat))
			_, _ = fmt.Fprintf(w, `{"status":200,"url":"u","method":"PUT","key":"k","expiresAt":%q}`, sent.Add(5*time.Minute).Format(time.RFC3339))
		}))
		t.Cleanup(server.Close)
		e := &Endpoint{URL: server.URL, Transport: server.Client().Transport, Token: func(context.Context) (string, error) { return "token", nil }}
		r := e.Presign(t.Context(), Operation{Name: "putObject"})[0]
		if left := time.Until(r.ExpiresAt); r.Err != nil || left < 4*time.Minute || left > 6*time.Minute {
			t.Errorf("a clock %s off: got a URL for %s, %v, want 5 minutes", wrong, left, r.Err)
		}
	}
}

type unresolved struct {
	notFound bool
	asked    int
}

func (u *unresolved) RoundTrip(*http.Request) (*http.Response, error) {
	u.asked++
	return nil, &net.OpError{Op: "dial", Err: &net.DNSError{Err: "no such host", Name: "nowhere.invalid", IsNotFound: u.notFound}}
}

func TestAnUnknownHostIsNotTriedAgain(t *testing.T) {
	for notFound, want := range map[bool]int{true: 1, false: 3} {
		u := &unresolved{notFound: notFound}
		e := &Endpoint{URL: "http://nowhere.invalid", Transport: u, Token: func(context.Context) (string, error) { return "token", nil }}
		e.Retry.Tries, e.Retry.First = 3, time.Millisecond
		err := e.Presign(t.Context(), Operation{Name: "putObject"})[0].Err
		broken, ok := errors.AsType[*Broken](err)
		if !ok || broken.UnknownHost() != notFound || u.asked != want {
			t.Errorf("not found %t: got %v after %d requests, want %d", notFound, err, u.asked, want)
		}
	}
}
