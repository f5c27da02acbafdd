package client

import (
	"context"
	"errors"
	"sync/atomic"

	"example.com/presigned/client/internal/wire"
	"example.com/presigned/client/state"
)

// maxRestarts bounds how often an upload begins anew because S3 dropped it, or its key was taken.
const maxRestarts = 3

// parted is one file on its way up in parts.
type parted struct {
	c    *Client
	f    File
	m    *multipart
	plan plan
	slot *state.Slot // nil: not remembered
	cp   checkpoint

	held    map[int]part // what S3 held when we came; parts of other content among it are sent again
	gone    bool         // S3 no longer knew the upload, whose completion had been sent
	digests []digest     // by part number - 1
	parts   []part       // likewise; zero while S3 does not hold the part
	resumed atomic.Int64
}

func (c *Client) uploadParts(ctx context.Context, f File) (result Result, err error) {
	slot, err := c.holdUpload(ctx, f.path)
	if err != nil {
		return Result{}, err
	}
	if slot != nil {
		defer func() { err = errors.Join(err, slot.Release()) }()
	}
	heard := &heard{tell: f.progress}
	f.Progress = heard.add
	for range maxRestarts {
		result, err = c.uploadOnce(ctx, f, slot)
		if !errors.Is(err, errGone) && !errors.Is(err, errTaken) {
			return result, err
		}
		c.notice("%s: %v; beginning anew", f.Name, err)
		heard.takeBack()
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
	u.digests, u.parts = make([]digest, u.plan.parts()), make([]part, u.plan.parts())
	if err := u.run(ctx); err != nil {
		return Result{}, u.leave(ctx, err)
	}
	return u.result(), u.forget()
}

// begin starts a new multipart upload and remembers it before the first part is sent.
func (c *Client) begin(ctx context.Context, f File, slot *state.Slot) (*parted, error) {
	answer, err := c.startMultipart(ctx, f.contentType())
	if err != nil {
		return nil, err
	}
	partBytes, err := c.partBytesFor(f.Size, answer.PartSize, answer.MaxUploadBytes)
	if err != nil {
		return nil, err
	}
	m, err := c.create(ctx, f.Name, f.contentType(), answer)
	if err != nil {
		return nil, err
	}
	u := &parted{c: c, f: f, m: m, plan: plan{f.Size, partBytes}, slot: slot, cp: checkpoint{
		Path: f.path, Size: f.Size, ModTime: f.modTime, Key: m.key, UploadID: m.id,
		PartBytes: partBytes, ContentType: f.contentType(), Began: m.began,
	}}
	if err := u.remember(); err != nil {
		return nil, errors.Join(err, m.abort(ctx))
	}
	return u, nil
}

// run sends what is missing and joins the parts.
func (u *parted) run(ctx context.Context) error {
	if err := u.sendAll(ctx); err != nil {
		return err
	}
	// Each part was checked by S3 against its own signed checksum; that they are parts of one and the
	// same version of the file shows here.
	if err := u.f.unchanged(); err != nil {
		return err
	}
	if u.gone {
		return u.m.settle(ctx, composite(u.digests), u.f.Size, errGone)
	}
	u.cp.Completing = true
	if err := u.remember(); err != nil {
		return err
	}
	return u.m.complete(ctx, u.parts, composite(u.digests), u.f.Size)
}

func (u *parted) sendAll(ctx context.Context) error {
	return u.c.inTurn(ctx, u.plan.parts(), func(ctx context.Context, n int) error { return u.sendPart(ctx, n+1) })
}

func (u *parted) sendPart(ctx context.Context, n int) error {
	offset, length := u.plan.part(n)
	sum, err := digestOf(u.f.Content, offset, length)
	if err != nil {
		return err
	}
	u.digests[n-1] = sum
	if held := u.held[n]; u.gone || held.Checksum == sum.String() && held.Size == length {
		u.parts[n-1] = held
		u.resumed.Add(length)
		u.f.progress(length)
		return nil
	}
	u.parts[n-1], err = u.m.send(ctx, n, sum, section(u.f, offset, length), func(refused error) error {
		return u.c.reread(u.f, offset, length, sum, refused)
	})
	return err
}

// leave says what becomes of an upload that did not succeed: it is dropped where going on makes no
// sense, and kept where the next call can continue it.
func (u *parted) leave(ctx context.Context, err error) error {
	switch {
	case errors.Is(err, errGone):
		return errors.Join(err, u.forget())
	case u.slot == nil, errors.Is(err, errTaken), errors.Is(err, ErrChanged), wire.HasCode(err, "UploadTooLarge"):
		u.m.drop(ctx)
		return errors.Join(err, u.forget())
	}
	return &Resumable{Path: u.f.Name, Key: u.m.key, Held: u.sent(), Size: u.f.Size, Err: err}
}

// sent counts the bytes that S3 is known to hold.
func (u *parted) sent() (bytes int64) {
	for _, p := range u.parts {
		bytes += p.Size
	}
	return bytes
}

func (u *parted) remember() error {
	if u.slot == nil {
		return nil
	}
	return u.slot.Save(u.cp)
}

func (u *parted) forget() error {
	if u.slot == nil {
		return nil
	}
	return u.slot.Clear()
}

func (u *parted) result() Result {
	return Result{
		Key: u.m.key, Size: u.f.Size, ContentType: u.f.contentType(),
		ChecksumSHA256: composite(u.digests), Parts: len(u.parts), Resumed: u.resumed.Load(),
	}
}
