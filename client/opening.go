package client

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"sync"

	"example.com/presigned/client/internal/retry"
	"example.com/presigned/client/internal/wire"
)

// getter fetches one object by one presigned URL, and asks for another when that expires.
type getter struct {
	c *Client
	d Download
	o Object

	mu     sync.Mutex
	answer wire.Answer
	first  io.ReadCloser // the answer to the first request, not read yet; nil: taken

	release func() // gives back the slot of the first request
}

// open sends the first request of a download, for the whole object: a small one is there with it, of a
// large one as much is read as a range has. It has no Range, because S3 tells the checksum of the whole
// object only to a request for the whole.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html
func (c *Client) open(ctx context.Context, d Download) (*getter, error) {
	if c.cfg.DownloadURL == "" {
		return nil, ErrNoDownloads
	}
	release, err := c.slot(ctx)
	if err != nil {
		return nil, err
	}
	g := &getter{c: c, d: d, release: sync.OnceFunc(release)}
	if err := g.ask(ctx); err != nil {
		g.release()
		return nil, err
	}
	return g, nil
}

// ask sends the first request, again where that helps.
func (g *getter) ask(ctx context.Context) error {
	refused := ""
	_, err := retry.Do(ctx, g.c.retry(g.d.Key), func() (struct{}, error) {
		a, err := g.url(ctx, refused)
		if notEnabled(err) {
			return struct{}{}, fmt.Errorf("%w: %w", ErrNoDownloads, err)
		}
		if err != nil {
			return struct{}{}, err
		}
		res, err := g.c.sender.Send(ctx, a, nil, nil)
		switch {
		case wire.HasStatus(err, http.StatusNotFound):
			return struct{}{}, fmt.Errorf("%w: %w", ErrNoObject, err)
		case wire.URLRefused(err):
			refused = a.URL
			return struct{}{}, err
		case err != nil:
			return struct{}{}, err
		case res.StatusCode != http.StatusOK || res.ContentLength < 0:
			_ = res.Body.Close()
			return struct{}{}, fmt.Errorf("S3 answered status %d with %d bytes, want 200 with a length", res.StatusCode, res.ContentLength)
		}
		g.o, g.first = describe(g.d.Key, res), res.Body
		return struct{}{}, nil
	})
	return err
}

// url returns the presigned URL; a refused one is replaced.
func (g *getter) url(ctx context.Context, refused string) (wire.Answer, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.answer.URL == refused {
		r := wire.Request{Operation: "getObject", Key: g.d.Key, ChecksumMode: "ENABLED"}
		fresh, err := g.c.download.Ask(ctx, r)
		if err != nil {
			return wire.Answer{}, err // whoever comes next with the refused URL asks again
		}
		g.answer = fresh
	}
	return g.answer, nil
}

// takeFirst returns the answer to the first request, once.
func (g *getter) takeFirst() io.ReadCloser {
	g.mu.Lock()
	defer g.mu.Unlock()
	first := g.first
	g.first = nil
	return first
}

// close lets go of the first answer, if nobody has read it.
func (g *getter) close() {
	g.release()
	if first := g.takeFirst(); first != nil {
		_ = first.Close()
	}
}
