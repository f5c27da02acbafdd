package wire

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/iotest"
	"time"
)

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

func TestABodyThatDoesNotFitItsRequestIsAnError(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) }))
	defer server.Close()
	s := &Sender{Transport: server.Client().Transport, Stall: time.Minute}
	unreadable := errors.New("bad disk")
	for name, test := range map[string]struct {
		signed string // Content-Length
		body   *Body
		want   string
	}{
		"no number":  {"five", nil, `signed Content-Length "five" is no number`},
		"too short":  {"5", &Body{Open: func() io.Reader { return strings.NewReader("hi") }, Length: 5}, "3 bytes are missing"},
		"unreadable": {"5", &Body{Open: func() io.Reader { return iotest.ErrReader(unreadable) }, Length: 5}, "bad disk"},
		"empty":      {"0", &Body{Open: func() io.Reader { return iotest.ErrReader(unreadable) }}, ""},
	} {
		res, err := s.Send(t.Context(), Presigned{Method: "PUT", URL: server.URL, Headers: map[string]string{"Content-Length": test.signed}}, test.body, nil)
		if err == nil {
			_ = res.Body.Close()
		}
		if (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, want %q", name, err, test.want)
		}
	}
}
