package client

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"example.com/presigned/client/internal/retry"
	"example.com/presigned/client/internal/wire"
)

// put uploads content by one putObject. A presigned URL has a key of its own, so another URL means another
// key: before that, the old key is looked at if an attempt may have stored the content there.
func (c *Client) put(ctx context.Context, f File) (Result, error) {
	held := min(f.Size, inMemoryBytes)
	if err := c.memory.Acquire(ctx, held); err != nil {
		return Result{}, context.Cause(ctx)
	}
	defer c.memory.Release(held)
	f, sum, err := c.prepare(ctx, f)
	if err != nil {
		return Result{}, err
	}
	content := f.section(0, f.Size)
	o := wire.Operation{Name: "putObject", Filename: f.filename(), ContentType: f.contentType(), ContentLength: new(f.Size), ChecksumSHA256: sum.String()}
	urls, done, err := c.puts.begin(ctx, o)
	if err != nil {
		return Result{}, err
	}
	defer done()
	mayBeStored := false
	return do(ctx, c, f.Name, urls, func(url wire.Presigned) (Result, error) {
		stored := Result{Key: url.Key, Size: f.Size, ContentType: f.contentType(), ChecksumSHA256: sum.String()}
		if err := f.Journal.note(f, stored, false); err != nil {
			return Result{}, err
		}
		_, err := c.sendContent(ctx, url, content, sum, f.progress)
		if err == nil {
			return stored, nil
		}
		taken := wire.HasStatus(err, http.StatusPreconditionFailed)
		if !taken && !wire.URLRefused(err) {
			mayBeStored = true
			return Result{}, err
		}
		if mayBeStored { // by an attempt whose answer was lost
			is, err := c.look(ctx, url.Key, f.Size, sum.String())
			if err != nil {
				return Result{}, err
			}
			if is == same {
				return stored, nil
			}
			// Where S3 does not let us look, the content stored twice is better than not at all.
			mayBeStored = false
		}
		if taken {
			err = retry.Again(err) // by another upload of the same user in the same millisecond
		}
		return Result{}, err
	})
}

// prepare reads and hashes a file, a few at once: what is presigned together is hashed before.
func (c *Client) prepare(ctx context.Context, f File) (_ File, sum digest, err error) {
	select {
	case c.hashing <- struct{}{}:
		defer func() { <-c.hashing }()
	case <-ctx.Done():
		return f, sum, context.Cause(ctx)
	}
	if f, err = f.inMemory(); err != nil {
		return f, sum, err
	}
	if sum, err = digestOf(f.section(0, f.Size)); err != nil {
		return f, sum, err
	}
	// A change while the hash was made shows now; one that comes later breaks the signed checksum.
	return f, sum, f.unchanged()
}

// finding is what a look at a key finds.
type finding int

const (
	unknown   finding = iota // the stack offers no downloads, or S3 holds no SHA-256
	missing                  // not there, or not to be seen: S3 does not tell these apart
	same                     // the content that was looked for
	different                // another content
)

// look finds out whether the key holds exactly this content. It sends a GET and reads no more of the
// answer than its headers: the answer to a HEAD has no body, and so no code that tells a missing object
// from a URL whose session has ended.
func (c *Client) look(ctx context.Context, key string, size int64, sum string) (finding, error) {
	if c.cfg.DownloadURL == "" {
		return unknown, nil
	}
	s, err := c.open(ctx, key, c.urls(c.download, getOperation(key)))
	switch {
	case errors.Is(err, ErrNoDownloads):
		return unknown, nil
	case errors.Is(err, ErrNoObject):
		return missing, nil
	case err != nil:
		return unknown, fmt.Errorf("%w: look for %q: %w", ErrUnsure, key, err)
	}
	s.close()
	switch {
	case s.size != size:
		return different, nil
	case s.checksum.algorithm != sha256Name:
		return unknown, nil
	case s.checksum.value != sum:
		return different, nil
	}
	return same, nil
}
