package wire

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Body is what a request carries. It is opened once for each time that it is sent.
type Body struct {
	Open   func() io.Reader
	Length int64
	Moved  func(bytes int64) // progress; negative when bytes have to be sent again. May be nil
}

// Sender sends presigned requests to S3.
type Sender struct {
	Transport http.RoundTripper // not an http.Client: that opens a redirected request's body and leaves it open
	Stall     time.Duration     // a transfer in which no byte moves for so long is given up
}

// Send sends the request as it was signed. Any status but 2xx is a *Refusal, and then there is no
// response; otherwise the caller closes the body. extra holds headers that S3 takes unsigned, such as
// Range; it may be nil.
func (s *Sender) Send(ctx context.Context, a Answer, body *Body, extra http.Header) (*http.Response, error) {
	ctx, watch := watchStall(ctx, s.Stall)
	req, err := newRequest(ctx, a, extra)
	if err != nil {
		watch.stop()
		return nil, fmt.Errorf("presigned URL: %w", scrub(err))
	}
	var sent *counted
	if body != nil {
		sent = attach(req, body, watch)
	}
	res, err := s.Transport.RoundTrip(req)
	if err != nil {
		err = broken(ctx, req, err)
		watch.stop()
		sent.settle(false)
		return nil, err
	}
	if res.StatusCode/100 != 2 {
		refusal := parseRefusal(res, time.Now())
		drain(res.Body)
		watch.stop()
		sent.settle(false)
		return nil, refusal
	}
	sent.settle(true)
	res.Body = &watched{body: res.Body, watch: watch, ctx: ctx, req: req}
	return res, nil
}

func newRequest(ctx context.Context, a Answer, extra http.Header) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, a.Method, a.URL, nil)
	if err != nil {
		return nil, err
	}
	for name, values := range extra {
		req.Header[name] = values
	}
	for name, value := range a.Headers {
		switch {
		case strings.EqualFold(name, "Host"): // net/http takes it from the URL
		case strings.EqualFold(name, "Content-Length"): // and this from the request's own field
			if req.ContentLength, err = strconv.ParseInt(value, 10, 64); err != nil {
				return nil, fmt.Errorf("signed Content-Length %q is no number", value)
			}
		default:
			req.Header.Set(name, value)
		}
	}
	return req, nil
}

// attach gives the request its body. GetBody lets net/http send it once more by itself when a kept
// connection turns out to be dead before the first byte.
func attach(req *http.Request, body *Body, watch *stallWatch) *counted {
	req.ContentLength = body.Length
	if body.Length == 0 {
		req.Body = http.NoBody
		return nil
	}
	c := &counted{body: body, watch: watch}
	req.GetBody = func() (io.ReadCloser, error) { return c.start(), nil }
	req.Body = c.start()
	return c
}

// drain empties a small rest, so that the connection can be used again, and closes.
func drain(body io.ReadCloser) {
	_, _ = io.CopyN(io.Discard, body, maxAnswerBytes)
	_ = body.Close()
}
