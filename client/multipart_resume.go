package client

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"time"

	"example.com/presigned/client/internal/wire"
	"example.com/presigned/client/state"
)

// checkpoint is the stored state of a multipart upload that is not complete. It has no list of the parts in S3, because the
// client asks S3 for that.
type checkpoint struct {
	Path        string    `json:"path"`
	Size        int64     `json:"size"`
	ModTime     time.Time `json:"modTime"`
	Key         string    `json:"key"`
	UploadID    string    `json:"uploadId"`
	PartBytes   int64     `json:"partBytes"`
	ContentType string    `json:"contentType"`
	Began       time.Time `json:"began"`
	Completing  bool      `json:"completing"` // completeMultipartUpload may have been sent
}

// differs says why the stored upload can't be continued with this file. It is empty if it can.
func (p checkpoint) differs(f File) string {
	switch {
	case p.Size != f.Size || !p.ModTime.Equal(f.modTime):
		return fmt.Sprintf("it had %d bytes and was changed at %s, now it has %d and was changed at %s", p.Size, stamp(p.ModTime), f.Size, stamp(f.modTime))
	case p.ContentType != f.contentType():
		return fmt.Sprintf("it was begun as %q, not %q", p.ContentType, f.contentType())
	}
	return ""
}

// Resumable is an upload that failed or was interrupted, and that the next call for the same file will
// continue.
type Resumable struct {
	Name string // of the file, as the caller gave it
	Key  string
	Held int64 // bytes that are known to be in S3, which may have more
	Size int64 // bytes of the file
	Err  error // what happened
}

func (r *Resumable) Error() string {
	return fmt.Sprintf("upload %q: S3 holds at least %d of %d bytes: %v", r.Name, r.Held, r.Size, r.Err)
}

func (r *Resumable) Unwrap() error { return r.Err }

// lockTimeout is how long a transfer waits for another of the same file to end: a process that was just
// killed may take a moment to die.
const lockTimeout = 2 * time.Second

// lock locks the stored state of one transfer, so that two processes don't do it at the same time. It returns
// nil if there is no store; a nil Slot stores nothing. If the folder cannot be written to, the transfer continues but can't be
// resumed.
func (c *Client) lock(ctx context.Context, store *state.Store, what, path string) (*state.Slot, error) {
	if store == nil || path == "" {
		return nil, nil
	}
	slot, err := store.Wait(ctx, path, lockTimeout)
	switch {
	case errors.Is(err, state.ErrBusy):
		return nil, fmt.Errorf("another %s is under way: %w", what, err)
	case err != nil && ctx.Err() == nil:
		c.notice("%s: cannot be resumed if it is interrupted: %v", path, err)
		return nil, nil
	}
	return slot, err
}

// save writes the checkpoint. If it can't, the upload continues without one, and is aborted if it fails.
func (u *multipartUpload) save() {
	if err := u.slot.Save(u.checkpoint); err != nil {
		u.c.notice("%s: cannot be resumed if it is interrupted: %v", u.f.Name, err)
		u.slot = nil
	}
}

// resume returns the stored upload of this file with the parts that S3 has, or nil if there is none to continue.
func (c *Client) resume(ctx context.Context, f File, slot *state.Slot) (*multipartUpload, error) {
	u := &multipartUpload{c: c, f: f, slot: slot, done: map[int]part{}}
	if ok, err := slot.Load(&u.checkpoint); err != nil || !ok {
		return nil, err
	}
	if why := u.differs(f); why != "" {
		c.notice("%s: the interrupted upload cannot be continued: %s; starting again", f.Name, why)
		u.abortOrNotify(ctx)
		return nil, slot.Clear()
	}
	var err error
	u.listed, err = u.list(ctx)
	switch {
	case errors.Is(err, errNoSuchUpload) && u.Completing:
		u.maybeCompleted = true
		c.notice("%s: the upload begun at %s may be complete; checking", f.Name, stamp(u.Began))
		return u, nil
	case errors.Is(err, errNoSuchUpload):
		c.notice("%s: %v; starting again", f.Name, errNoSuchUpload)
		return nil, slot.Clear()
	case err != nil:
		return nil, &Resumable{Name: f.Name, Key: u.Key, Size: f.Size, Err: fmt.Errorf("list the parts in S3: %w", err)}
	}
	c.notice("%s: continuing the upload begun at %s: S3 holds %d of %d parts", f.Name, stamp(u.Began), len(u.listed), u.parts().count())
	return u, nil
}

// Abort aborts the interrupted upload of the file at S3, and removes its checkpoint. It needs only the
// file's name, and does not touch the file. It reports whether there was an upload.
func (c *Client) Abort(ctx context.Context, name string) (aborted bool, err error) {
	defer annotate(&err, "abort the upload of", name)
	path, err := filepath.Abs(name)
	if err != nil {
		return false, err
	}
	slot, err := c.lock(ctx, c.cfg.Uploads, "upload of it", path)
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, slot.Release()) }()
	u := &multipartUpload{c: c, f: File{Name: name}}
	if ok, err := slot.Load(&u.checkpoint); err != nil || !ok {
		return false, err
	}
	if err := u.abort(ctx); err != nil {
		return false, err
	}
	return true, slot.Clear()
}

// abortTimeout bounds the cleanup after an interruption; the bucket's lifecycle rule cleans up after a day.
const abortTimeout = 15 * time.Second

// abort aborts the upload. It ignores the caller's cancellation, because it is needed after an interruption.
func (u *multipartUpload) abort(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), abortTimeout)
	defer cancel()
	err := u.call(ctx, u.c.urls(u.c.upload, u.operation("abortMultipartUpload")), nil, nil)
	if errors.Is(err, errNoSuchUpload) || wire.HasStatus(err, http.StatusNotFound) {
		return nil
	}
	return err
}

// abortOrNotify aborts an upload that is no longer needed. A failure does no harm, so it is only reported.
func (u *multipartUpload) abortOrNotify(ctx context.Context) {
	if err := u.abort(ctx); err != nil {
		u.c.notice("%s: the multipart upload of %s could not be aborted, the bucket does so after a day: %v", u.f.Name, u.Key, err)
	}
}
