package client

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"

	"example.com/presigned/client/internal/wire"
	"example.com/presigned/client/state"
)

// Upload sends the file in parts if it is large and the stack supports that, otherwise by one PUT.
//
// An upload of a file on disk that fails or is interrupted can be resumed by the next call when the
// Config has a store for uploads; then the error is a *Resumable.
func (c *Client) Upload(ctx context.Context, f File) (Result, error) {
	r, err := c.uploadAny(ctx, f)
	return r, named("upload", f.Name, err)
}

// named adds the operation and the file to an error, unless it is a *Resumable, which has both.
func named(what, name string, err error) error {
	var kept *Resumable
	if err == nil || errors.As(err, &kept) {
		return err
	}
	return fmt.Errorf("%s %q: %w", what, name, err)
}

func (c *Client) uploadAny(ctx context.Context, f File) (Result, error) {
	if r, ok, err := c.storedBefore(ctx, f); ok || err != nil {
		return r, err
	}
	if f.Size > c.cfg.MultipartAbove && !c.singleOnly.Load() {
		r, err := c.uploadParts(ctx, f)
		if !errors.Is(err, ErrNoMultipart) {
			return r, err
		}
		c.singleOnly.Store(true)
	}
	if f.Size > maxSingleBytes {
		return Result{}, fmt.Errorf("%w, and in a single PUT %w", ErrNoMultipart, tooLarge(f.Size, maxSingleBytes))
	}
	r, err := c.put(ctx, f)
	if err == nil {
		err = f.Journal.note(f, r, true)
	}
	if errors.Is(err, errNoSize) {
		return c.uploadStream(ctx, Stream{f.Name, f.ContentType, io.NewSectionReader(f.Content, 0, math.MaxInt64), f.Progress})
	}
	return r, err
}

// maxRestarts bounds how often an upload starts again because S3 dropped it, or its key was taken.
const maxRestarts = 3

// uploadParts uploads a file by a multipart upload, and continues one that was interrupted.
func (c *Client) uploadParts(ctx context.Context, f File) (result Result, err error) {
	select {
	case c.large <- struct{}{}:
		defer func() { <-c.large }()
	case <-ctx.Done():
		return Result{}, context.Cause(ctx)
	}
	slot, err := c.lock(ctx, c.cfg.Uploads, "upload of it", f.path)
	if err != nil {
		return Result{}, err
	}
	defer func() { err = errors.Join(err, slot.Release()) }()
	counted, held := &counter{tell: f.progress}, &counter{tell: f.held}
	f.Progress, f.Held = counted.add, held.add
	for range maxRestarts {
		result, err = c.uploadOnce(ctx, f, slot)
		if !errors.Is(err, errGone) && !errors.Is(err, errTaken) {
			return result, err
		}
		c.notice("%s: %v; starting again", f.Name, err)
		counted.takeBack()
		held.takeBack()
	}
	return result, err
}

func (c *Client) uploadOnce(ctx context.Context, f File, slot *state.Slot) (Result, error) {
	u, err := c.resume(ctx, f, slot)
	if err != nil {
		return Result{}, err
	}
	if u == nil {
		if u, err = c.begin(ctx, f, slot); err != nil {
			return Result{}, err
		}
	}
	r, err := u.sendFile(ctx)
	if err != nil {
		return Result{}, u.leave(ctx, err)
	}
	return r, errors.Join(f.Journal.note(f, r, true), slot.Clear())
}

// begin starts a new multipart upload and stores its state before the first part is sent.
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

// sendFile sends the missing parts and completes the upload.
func (u *multipartUpload) sendFile(ctx context.Context) (Result, error) {
	if err := u.sendWindows(ctx); err != nil {
		return Result{}, err
	}
	// S3 checked each part against its own signed checksum. This checks that they are parts of the same
	// version of the file.
	if err := u.f.unchanged(); err != nil {
		return Result{}, err
	}
	return u.complete(ctx)
}

// leave decides about an upload that failed: it is kept if the next call can continue it, and dropped
// otherwise.
func (u *multipartUpload) leave(ctx context.Context, err error) error {
	switch {
	case errors.Is(err, errGone):
		return errors.Join(err, u.slot.Clear())
	case u.slot == nil, errors.Is(err, errTaken), errors.Is(err, ErrChanged), wire.HasCode(err, "UploadTooLarge"):
		u.drop(ctx)
		return errors.Join(err, u.slot.Clear())
	}
	kept := &Resumable{Path: u.f.Name, Key: u.Key, Size: u.Size, Err: err}
	for _, p := range u.sent {
		kept.Held += p.Size
	}
	return kept
}
