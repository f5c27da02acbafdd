package client

import (
	"context"
	"errors"
	"fmt"
	"time"

	"example.com/presigned/client/state"
)

// checkpoint is what is remembered of a multipart upload while it is under way. Which parts S3 holds is
// not among it: S3 says that itself, and is right.
type checkpoint struct {
	Path        string    `json:"path"`
	Size        int64     `json:"size"`
	ModTime     time.Time `json:"modTime"`
	Key         string    `json:"key"`
	UploadID    string    `json:"uploadId"`
	PartBytes   int64     `json:"partBytes"`
	ContentType string    `json:"contentType"`
	Began       time.Time `json:"began"`
	Completing  bool      `json:"completing"` // completeMultipartUpload has been sent, maybe
}

// differs says why the upload remembered cannot be continued with this file; empty if it can.
func (p checkpoint) differs(f File) string {
	switch {
	case p.Size != f.Size || !p.ModTime.Equal(f.modTime):
		return fmt.Sprintf("it had %d bytes of %s, now %d of %s", p.Size, stamp(p.ModTime), f.Size, stamp(f.modTime))
	case p.ContentType != f.contentType():
		return fmt.Sprintf("it was begun as %q, not %q", p.ContentType, f.contentType())
	}
	return ""
}

func (p checkpoint) multipart(c *Client, name string) *multipart {
	return &multipart{c: c, name: name, key: p.Key, id: p.UploadID, began: p.Began}
}

// named says what was tried on what; a *Resumable says that itself.
func named(what, name string, err error) error {
	var kept *Resumable
	if err == nil || errors.As(err, &kept) {
		return err
	}
	return fmt.Errorf("%s %q: %w", what, name, err)
}

// Resumable is an upload that failed or was interrupted, and that the next call for the same file will
// continue.
type Resumable struct {
	Path string
	Key  string
	Held int64 // bytes that S3 holds
	Size int64 // bytes of the file
	Err  error // what happened
}

func (r *Resumable) Error() string {
	return fmt.Sprintf("upload %q: S3 holds %d of %d bytes: %v", r.Path, r.Held, r.Size, r.Err)
}

func (r *Resumable) Unwrap() error { return r.Err }

// holdPatience is how long an upload or download waits for another of the same file to end.
const holdPatience = 2 * time.Second

// holdUpload takes the memory of the file's upload, so that two processes do not send it as one. It is
// nil for content that is not a file on disk.
func (c *Client) holdUpload(ctx context.Context, path string) (*state.Slot, error) {
	if c.cfg.Uploads == nil || path == "" {
		return nil, nil
	}
	slot, err := c.cfg.Uploads.Wait(ctx, path, holdPatience)
	if errors.Is(err, state.ErrBusy) {
		return nil, fmt.Errorf("another upload of it is under way: %w", err)
	}
	return slot, err
}
