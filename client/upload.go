package client

import (
	"context"
	"errors"
	"fmt"
	"math"

	"example.com/presigned/client/internal/wire"
	"example.com/presigned/client/state"
)

// Upload sends the file in parts if it is large and the stack supports that, otherwise by one PUT. A file that its Journal
// lists as stored is not sent.
//
// If the Config has a store for uploads, the next call resumes a multipart upload of a file on disk that failed or was
// interrupted. The error is then a *Resumable.
func (c *Client) Upload(ctx context.Context, f File) (r Result, err error) {
	defer annotate(&err, "upload", f.Name)
	if r, ok, err := c.storedBefore(ctx, f); ok || err != nil {
		return r, err
	}
	if f.Size > min(c.cfg.MultipartAbove, maxSingleBytes) && !c.singleOnly.Load() {
		if r, err = c.uploadMultipart(ctx, f); !errors.Is(err, ErrNoMultipart) {
			return r, err
		}
	}
	if f.Size > maxSingleBytes {
		return r, fmt.Errorf("%w, and one PUT takes at most %d bytes: the file is %w", ErrNoMultipart, int64(maxSingleBytes), tooLarge(f.Size, maxSingleBytes))
	}
	r, err = c.put(ctx, f)
	if errors.Is(err, errNoSize) { // more content than its size says, as in /proc
		content := f.section(0, math.MaxInt64)
		f.Size, f.path, f.disk = 0, "", nil // its size and time don't show a change, so it is not resumed and not in the Journal
		return c.uploadStream(ctx, f, content)
	}
	if err == nil {
		err = f.Journal.record(f, r, true)
	}
	return r, err
}

// maxStarts bounds how often an upload starts. It starts again if S3 no longer has it, or if its key was taken.
const maxStarts = 3

// uploadMultipart uploads a file by a multipart upload, and continues one that was interrupted.
func (c *Client) uploadMultipart(ctx context.Context, f File) (r Result, err error) {
	release, err := c.multipart.acquire(ctx)
	if err != nil {
		return r, err
	}
	defer release()
	slot, err := c.lock(ctx, c.cfg.Uploads, "upload of it", f.path)
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, slot.Release()) }()
	// f.progress and f.held are bound to a copy of f, so the counters still call the caller's functions.
	sent, resumed := &counter{report: f.progress}, &counter{report: f.held}
	f.Progress, f.Held = sent.add, resumed.add
	for starts := 1; ; starts++ {
		r, err = c.tryMultipart(ctx, f, slot)
		if starts == maxStarts || !errors.Is(err, errNoSuchUpload) && !errors.Is(err, errKeyTaken) {
			return r, err
		}
		c.notice("%s: %v; starting again", f.Name, err)
		sent.reset()
		resumed.reset()
	}
}

func (c *Client) tryMultipart(ctx context.Context, f File, slot *state.Slot) (r Result, err error) {
	u, err := c.resume(ctx, f, slot)
	if err == nil && u == nil {
		u, err = c.begin(ctx, f, slot)
	}
	if err != nil {
		return r, err
	}
	err = u.sendParts(ctx)
	if err == nil {
		// S3 checked each part against its signed checksum. This checks that all parts are of one version of the file.
		err = f.unchanged()
	}
	if err == nil {
		r, err = u.complete(ctx)
	}
	if err != nil {
		return r, u.afterFailure(ctx, err)
	}
	return r, errors.Join(f.Journal.record(f, r, true), slot.Clear())
}

// begin starts a new multipart upload and stores its checkpoint before the first part is sent.
func (c *Client) begin(ctx context.Context, f File, slot *state.Slot) (*multipartUpload, error) {
	url, err := c.presignMultipart(ctx, f)
	if err != nil {
		return nil, err
	}
	partBytes, err := c.partBytesFor(f.Size, url.PartSize, url.MaxUploadBytes)
	if err != nil {
		return nil, err
	}
	u, err := c.create(ctx, f, url)
	if err != nil {
		return nil, err
	}
	u.slot, u.PartBytes = slot, partBytes
	u.save()
	return u, nil
}

// afterFailure keeps an upload that the next call can continue, and aborts any other. It returns the error for the caller.
func (u *multipartUpload) afterFailure(ctx context.Context, err error) error {
	switch {
	case errors.Is(err, errNoSuchUpload):
		return errors.Join(err, u.slot.Clear())
	case u.slot == nil, errors.Is(err, errKeyTaken), errors.Is(err, ErrChanged), wire.HasCode(err, "UploadTooLarge"):
		u.abortOrNotify(ctx)
		return errors.Join(err, u.slot.Clear())
	}
	r := &Resumable{Name: u.f.Name, Key: u.Key, Size: u.Size, Err: err}
	for _, p := range u.done {
		r.Held += p.Size
	}
	return r
}
