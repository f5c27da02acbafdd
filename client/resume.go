package client

import (
	"context"
	"errors"
	"path/filepath"

	"example.com/presigned/client/state"
)

// resume continues the upload that is remembered of this file, or returns nil if there is none to
// continue.
func (c *Client) resume(ctx context.Context, f File, slot *state.Slot) (*parted, error) {
	if slot == nil {
		return nil, nil
	}
	var cp checkpoint
	if ok, err := slot.Load(&cp); err != nil || !ok {
		return nil, err
	}
	m := cp.multipart(c, f.Name)
	if why := cp.differs(f); why != "" {
		c.notice("%s: the interrupted upload cannot be continued: %s; beginning anew", f.Name, why)
		m.drop(ctx)
		return nil, slot.Clear()
	}
	u := &parted{c: c, f: f, m: m, plan: plan{f.Size, cp.PartBytes}, slot: slot, cp: cp}
	held, err := m.list(ctx)
	switch {
	case errors.Is(err, errGone) && cp.Completing:
		u.gone = true
	case errors.Is(err, errGone):
		c.notice("%s: %v; beginning anew", f.Name, errGone)
		return nil, slot.Clear()
	case err != nil:
		return nil, &Resumable{Path: f.Name, Key: cp.Key, Size: f.Size, Err: err}
	}
	u.held = held
	c.notice("%s: continuing the upload of %s: S3 holds %d of %d parts", f.Name, stamp(cp.Began), len(held), u.plan.parts())
	return u, nil
}

// Abort drops the interrupted upload of the file at S3, and its memory here. The file itself may be
// gone. It reports whether there was one.
func (c *Client) Abort(ctx context.Context, path string) (aborted bool, err error) {
	aborted, err = c.abort(ctx, path)
	return aborted, named("abort the upload of", path, err)
}

func (c *Client) abort(ctx context.Context, name string) (aborted bool, err error) {
	path, err := filepath.Abs(name)
	if err != nil {
		return false, err
	}
	slot, err := c.holdUpload(ctx, path)
	if err != nil || slot == nil {
		return false, err
	}
	defer func() { err = errors.Join(err, slot.Release()) }()
	var cp checkpoint
	if ok, err := slot.Load(&cp); err != nil || !ok {
		return false, err
	}
	if err := cp.multipart(c, name).abort(ctx); err != nil {
		return false, err
	}
	return true, slot.Clear()
}

// drop aborts an upload that is of no more use. That this fails does no harm, but is not kept silent.
func (m *multipart) drop(ctx context.Context) {
	if err := m.abort(ctx); err != nil {
		m.c.notice("%s: its parts under %s could not be dropped, the bucket does so after a day: %v", m.name, m.key, err)
	}
}
