package wire

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Body is the body of a request. It is opened each time that it is sent.
type Body struct {
	Open   func() io.Reader
	Length int64             // bytes
	Moved  func(bytes int64) // progress; negative when bytes have to be sent again. May be nil
}

// Sender sends presigned requests to S3.
type Sender struct {
	Transport http.RoundTripper // not an http.Client: that opens a redirected request's body and leaves it open
	Stall     time.Duration     // a transfer without a byte for so long is aborted
}

// Send sends the request as it was signed. Any status but 2xx is a *Refusal, and then there is no
// response; otherwise the caller closes the body. extra holds headers that S3 takes unsigned, such as
// Range; it may be nil.
//
// When it returns, net/http no longer reads the body, so its buffer may be used again.
func (s *Sender) Send(ctx context.Context, p Presigned, body *Body, extra http.Header) (*http.Response, error) {
	t := watch(ctx, s.Stall)
	if err := t.prepare(p, body, extra); err != nil {
		t.stop()
		return nil, fmt.Errorf("presigned URL: %w", scrub(err))
	}
	res, err := s.Transport.RoundTrip(t.req)
	if err == nil && res.StatusCode/100 == 2 {
		t.reading.Wait()
		res.Body = &responseBody{res.Body, t}
		return res, nil
	}
	if err != nil {
		err = broken(t.ctx, t.req, err)
	} else {
		err = refusalByS3(res, time.Now())
		_ = res.Body.Close()
	}
	t.stop()
	t.reading.Wait()
	t.resetProgress()
	return nil, err
}

// errStalled is the cause if a transfer is aborted because no byte was sent or received.
var errStalled = errors.New("no byte moved")

// transfer is one request. It is aborted after a time without a byte. A bound on the whole transfer would depend on the
// speed of the connection.
type transfer struct {
	ctx   context.Context
	stop  func()
	timer *time.Timer
	stall time.Duration

	req     *http.Request
	body    *Body
	sent    atomic.Int64   // bytes of the body
	reading sync.WaitGroup // net/http's readers of the body
}

func watch(parent context.Context, stall time.Duration) *transfer {
	ctx, cancel := context.WithCancelCause(parent)
	t := &transfer{ctx: ctx, stall: stall}
	t.timer = time.AfterFunc(stall, func() { cancel(fmt.Errorf("%w for %s", errStalled, stall)) })
	t.stop = func() {
		t.timer.Stop()
		cancel(nil)
	}
	return t
}

func (t *transfer) prepare(p Presigned, body *Body, extra http.Header) (err error) {
	if t.req, err = http.NewRequestWithContext(t.ctx, p.Method, p.URL, nil); err != nil {
		return err
	}
	for name, values := range extra {
		t.req.Header[name] = values
	}
	for name, value := range p.Headers {
		switch {
		case strings.EqualFold(name, "Host"): // net/http takes it from the URL
		case strings.EqualFold(name, "Content-Length"): // and this from ContentLength; our endpoint leaves it out, another may not
			if t.req.ContentLength, err = strconv.ParseInt(value, 10, 64); err != nil {
				return fmt.Errorf("signed Content-Length %q is no number", value)
			}
		default:
			t.req.Header.Set(name, value)
		}
	}
	if t.body = body; body == nil {
		return nil
	}
	if t.req.ContentLength = body.Length; body.Length == 0 {
		t.req.Body = http.NoBody
		return nil
	}
	// GetBody lets net/http send the body once more by itself if a kept connection is already dead.
	t.req.GetBody = func() (io.ReadCloser, error) { return t.open(), nil }
	t.req.Body = t.open()
	return nil
}

func (t *transfer) open() io.ReadCloser {
	t.resetProgress()
	t.reading.Add(1)
	return &requestBody{Reader: t.body.Open(), t: t, left: t.body.Length}
}

// resetProgress subtracts what was sent, because the body is sent again.
func (t *transfer) resetProgress() { t.report(-t.sent.Swap(0)) }

func (t *transfer) report(n int64) {
	if n != 0 && t.body.Moved != nil {
		t.body.Moved(n)
	}
}

// ErrShort says that the content ended before its announced length.
var ErrShort = errors.New("the content ends early")

// unreadable is an error of the content, not of the network: another attempt does not help.
type unreadable struct{ error }

func (u unreadable) Unwrap() error { return u.error }

// requestBody counts what net/http reads of the content.
type requestBody struct {
	io.Reader
	t    *transfer
	left int64 // bytes
	once sync.Once
}

func (r *requestBody) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	r.left -= int64(n)
	if n > 0 {
		r.t.timer.Reset(r.t.stall)
		r.t.sent.Add(int64(n))
		r.t.report(int64(n))
	}
	switch {
	case errors.Is(err, io.EOF) && r.left > 0:
		err = unreadable{fmt.Errorf("%w: %d bytes are missing", ErrShort, r.left)}
	case err != nil && !errors.Is(err, io.EOF):
		err = unreadable{err}
	}
	return n, err
}

func (r *requestBody) Close() error {
	r.once.Do(r.t.reading.Done)
	return nil
}

// responseBody resets the timer while it is read. Its errors do not contain the URL.
type responseBody struct {
	io.ReadCloser
	t *transfer
}

func (r *responseBody) Read(p []byte) (int, error) {
	n, err := r.ReadCloser.Read(p)
	if n > 0 {
		r.t.timer.Reset(r.t.stall)
	}
	if err != nil && !errors.Is(err, io.EOF) {
		err = broken(r.t.ctx, r.t.req, err)
	}
	return n, err
}

func (r *responseBody) Close() error {
	err := r.ReadCloser.Close()
	r.t.stop()
	return err
}
