package client

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"example.com/presigned/client/internal/retry"
	"example.com/presigned/client/internal/wire"
)

// put uploads content by one putObject. Each presigned URL has its own key. If an attempt may have stored the content, put
// looks at the old key before it uses another URL.
func (c *Client) put(ctx context.Context, f File) (Result, error) {
	reserved := min(f.Size, inMemoryBytes) // a larger file stays on disk, but needs a buffer of this size for hashing
	if err := c.memory.Acquire(ctx, reserved); err != nil {
		return Result{}, context.Cause(ctx)
	}
	defer c.memory.Release(reserved)
	f, sum, err := c.prepare(ctx, f)
	if err != nil {
		return Result{}, err
	}
	content := f.section(0, f.Size)
	o := wire.Operation{Name: "putObject", Filename: f.filename(), ContentType: f.contentType(), ContentLength: new(f.Size), ChecksumSHA256: sum}
	urls, done, err := c.puts.begin(ctx, o)
	if err != nil {
		return Result{}, err
	}
	defer done()
	mayBeStored := false
	return do(ctx, c, f.Name, urls, func(url wire.Presigned) (Result, error) {
		stored := Result{Key: url.Key, Size: f.Size, ContentType: f.contentType(), ChecksumSHA256: sum}
		// Before the content is sent, so that after a kill the next call knows which key to look at.
		if err := f.Journal.record(f, stored, false); err != nil {
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
			found, err := c.findObject(ctx, url.Key, f.Size, sum)
			if err != nil {
				return Result{}, err
			}
			if found == sameContent {
				return stored, nil
			}
			// If S3 doesn't tell us, storing the content twice is better than not storing it.
			mayBeStored = false
		}
		if taken {
			err = retry.Again(err) // the key is taken by another upload of the same user in the same millisecond
		}
		return Result{}, err
	})
}

// prepare reads and hashes a file. Only a few files are hashed at once.
func (c *Client) prepare(ctx context.Context, f File) (_ File, sum string, err error) {
	release, err := c.hashing.acquire(ctx)
	if err != nil {
		return f, "", err
	}
	defer release()
	if f, err = f.inMemory(); err != nil {
		return f, "", err
	}
	if sum, err = sha256Of(f.section(0, f.Size)); err != nil {
		return f, "", err
	}
	// This finds a change during hashing. After a later change, S3 refuses the content, because the checksum is signed.
	return f, sum, f.unchanged()
}

// lookup is the result of findObject.
type lookup int

const (
	unknown      lookup = iota // the stack offers no downloads, or S3 has no SHA-256
	missing                    // there is no object, or none that we may read: S3 does not tell these apart
	sameContent                // the object has the content that was looked for
	otherContent               // it has other content
)

// findObject finds out whether the key has exactly this content. It sends a GET and reads only the headers of the answer:
// the answer to a HEAD has no body, and so no code that tells a missing object from a URL whose signing credentials have
// expired.
func (c *Client) findObject(ctx context.Context, key string, size int64, sum string) (lookup, error) {
	if c.cfg.DownloadURL == "" {
		return unknown, nil
	}
	o, err := c.open(ctx, key, c.urls(c.download, getOperation(key)))
	switch {
	case errors.Is(err, ErrNoDownloads):
		return unknown, nil
	case errors.Is(err, ErrNoObject):
		return missing, nil
	case err != nil:
		return unknown, fmt.Errorf("%w: look for %q: %w", ErrUnsure, key, err)
	}
	o.close()
	switch {
	case o.size != size:
		return otherContent, nil
	case o.checksum.algorithm != sha256Name:
		return unknown, nil
	case o.checksum.value != sum:
		return otherContent, nil
	}
	return sameContent, nil
}
