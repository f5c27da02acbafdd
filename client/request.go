package client

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"

	"example.com/presigned/client/internal/retry"
	"example.com/presigned/client/internal/wire"
)

// urlSource provides the presigned URL of one operation until S3 refuses it, and then asks for another.
// It is safe for concurrent use: the ranges of one object share a URL.
type urlSource struct {
	ask func(ctx context.Context) (wire.Presigned, error)

	mu  sync.Mutex
	url wire.Presigned // empty: ask for one
}

// urls returns a source that presigns the operation when its URL is first needed.
func (c *Client) urls(e *wire.Endpoint, o wire.Operation) *urlSource {
	return &urlSource{ask: func(ctx context.Context) (wire.Presigned, error) { return presignOne(ctx, e, o) }}
}

// urlsFrom returns a source that begins with a URL that was presigned earlier, unless it is empty or expires soon.
func (c *Client) urlsFrom(url wire.Presigned, e *wire.Endpoint, o wire.Operation) *urlSource {
	urls := c.urls(e, o)
	if url.URL != "" && (url.ExpiresAt.IsZero() || url.ExpiresAt.Sub(c.cfg.Clock()) >= leastLife) {
		urls.url = url
	}
	return urls
}

func presignOne(ctx context.Context, e *wire.Endpoint, o wire.Operation) (wire.Presigned, error) {
	r := e.Presign(ctx, o)[0]
	return r.Presigned, r.Err
}

func (s *urlSource) get(ctx context.Context) (url wire.Presigned, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.url.URL == "" {
		s.url, err = s.ask(ctx)
	}
	return s.url, err
}

// drop discards the URL, unless another goroutine has replaced it already.
func (s *urlSource) drop(refused wire.Presigned) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.url.URL == refused.URL {
		s.url = wire.Presigned{}
	}
}

// do calls use with a presigned URL, and again if that can help: with another URL if S3 refused the first or its key is
// taken. The error says whether another attempt can help (retry.Retryable). Each notice begins with the text in what.
func do[T any](ctx context.Context, c *Client, what string, urls *urlSource, use func(wire.Presigned) (T, error)) (T, error) {
	return retry.Do(ctx, c.retry(what), func() (none T, err error) {
		url, err := urls.get(ctx)
		if err != nil {
			return none, err
		}
		result, err := use(url)
		if wire.URLRefused(err) || wire.HasStatus(err, http.StatusPreconditionFailed) {
			urls.drop(url)
		}
		return result, err
	})
}

// maxXMLBytes bounds an answer of S3 in XML: a page of 1,000 parts or objects has less than 1 MiB.
const maxXMLBytes = 8 << 20

// exchange sends a small request, and again if that can help, and reads the XML of its answer.
func (c *Client) exchange(ctx context.Context, what string, urls *urlSource, body *wire.Body, into any) error {
	_, err := do(ctx, c, what, urls, func(url wire.Presigned) (none struct{}, err error) {
		return none, c.exchangeOnce(ctx, url, body, into)
	})
	return err
}

func (c *Client) exchangeOnce(ctx context.Context, url wire.Presigned, body *wire.Body, into any) error {
	res, err := c.sender.Send(ctx, url, body, nil)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(io.LimitReader(res.Body, maxXMLBytes))
	if err != nil {
		return err
	}
	if refusal := wire.RefusalIn(text); refusal != nil {
		return refusal
	}
	if into == nil {
		return nil
	}
	if err := xml.Unmarshal(text, into); err != nil {
		return fmt.Errorf("answer of S3 to %s: %w", url, err)
	}
	return nil
}

// sendContent PUTs content with a signed checksum, and returns S3's ETag.
func (c *Client) sendContent(ctx context.Context, url wire.Presigned, content *io.SectionReader, sum string, progress func(int64)) (etag string, err error) {
	outer, offset, length := content.Outer()
	open := func() io.Reader { return io.NewSectionReader(outer, offset, length) }
	res, err := c.sender.Send(ctx, url, &wire.Body{Open: open, Length: length, Moved: progress}, nil)
	switch {
	case errors.Is(err, wire.ErrShort):
		return "", fmt.Errorf("%w: %w", ErrChanged, err)
	case wire.HasCode(err, "BadDigest", "InvalidDigest", "XAmzContentSHA256Mismatch", "XAmzContentChecksumMismatch", "IncompleteBody"):
		return "", reread(content, sum, err)
	case err != nil:
		return "", err
	}
	if etag = res.Header.Get("ETag"); etag == "" {
		// It may be a hotel's sign-in page, or a proxy. Both are temporary, so try again.
		err = retry.Again(fmt.Errorf("status %d without an ETag: it was not S3 that answered; is something between this machine and S3, such as a sign-in page?", res.StatusCode))
	}
	return etag, errors.Join(err, res.Body.Close())
}

// reread finds out why S3 refused a checksum. If the content is different now, the file has changed;
// if not, the network has corrupted it, and another attempt helps.
func reread(content *io.SectionReader, want string, refused error) error {
	got, err := sha256Of(content)
	if err != nil {
		return err
	}
	if got != want {
		_, offset, length := content.Outer()
		return fmt.Errorf("%w: bytes %d to %d read differently a second time", ErrChanged, offset, offset+length-1)
	}
	return retry.Again(refused)
}

// limiter bounds how much is done at once.
type limiter chan struct{}

// acquire waits for a free slot. The caller calls release to give it back.
func (l limiter) acquire(ctx context.Context) (release func(), err error) {
	select {
	case l <- struct{}{}:
		return func() { <-l }, nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}
