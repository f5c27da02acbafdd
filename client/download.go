package client

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"example.com/presigned/client/state"
)

// Download says what to fetch, and how.
type Download struct {
	Key        string
	Target     string // the file to write; DownloadTo ignores it
	Overwrite  bool   // replace a target that exists
	PartBytes  int64  // bytes of the object's parts, where they are unusual; 0: unknown
	Unverified bool   // keep content whose checksum does not match

	// Progress hears the object's size with each count of bytes, of negative ones when they are fetched again, from
	// several goroutines; may be nil.
	Progress func(size, bytes int64)
}

// Downloaded is what a download gives.
type Downloaded struct {
	Key         string `json:"key"`
	File        string `json:"file,omitempty"`
	Size        int64  `json:"size"` // bytes
	ContentType string `json:"contentType"`
	Verified    string `json:"verified"`     // the algorithm whose checksum matched; empty: none did, or S3 holds none
	Resumed     int64  `json:"resumedBytes"` // bytes that an interrupted download had already fetched
}

// DownloadFile fetches an object, checks it against the checksum that S3 holds, and gives it the
// target's name only then. A small one takes one request to the endpoint and one to S3; one of more than
// 256 KiB comes by ranges, several at once, into a temporary file beside the target, and what is
// interrupted is continued by the next call for the same key and target.
//
// It does not wait until the disk has the file: that outlives a kill at any moment, but not a power cut.
func (c *Client) DownloadFile(ctx context.Context, d Download) (got Downloaded, err error) {
	got, err = c.downloadFile(ctx, d)
	return got, named("download", d.Key, err)
}

func (c *Client) downloadFile(ctx context.Context, d Download) (got Downloaded, err error) {
	if err := vacant(d); err != nil {
		return got, err
	}
	// The first request's context is that of the whole download, so that it ends with it.
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	g, err := c.open(ctx, d)
	if err != nil {
		return got, err
	}
	defer g.close()
	if g.o.Size <= snapshotBytes {
		return g.fetchSmall(ctx)
	}
	return g.fetchLarge(ctx)
}

// fetchLarge fetches an object by ranges, which have slots of their own.
func (g *getter) fetchLarge(ctx context.Context) (got Downloaded, err error) {
	g.release()
	p, err := g.c.openPartial(ctx, g.d, g.o)
	if err != nil {
		return got, err
	}
	defer func() { err = errors.Join(err, p.close()) }()
	heard := g.hear()
	got, err = g.fetchInto(ctx, p)
	if errors.Is(err, ErrCorrupt) && p.resumed > 0 {
		// What an earlier, killed run wrote may have been lost with the machine's power.
		g.c.notice("%s: %v; fetching it anew", g.d.Key, err)
		heard.takeBack()
		if err = p.restart(); err == nil {
			got, err = g.fetchInto(ctx, p)
		}
	}
	if err != nil {
		return got, err
	}
	if err := vacant(g.d); err != nil {
		return got, err
	}
	return got, p.finish(g.d.Target)
}

// hear puts itself between the download and who listens to its progress.
func (g *getter) hear() *heard {
	tell := g.d.Progress
	h := &heard{tell: func(bytes int64) {
		if tell != nil {
			tell(g.o.Size, bytes)
		}
	}}
	g.d.Progress = func(_, bytes int64) { h.add(bytes) }
	return h
}

// fetchInto fetches what is missing and verifies the whole.
func (g *getter) fetchInto(ctx context.Context, p *partial) (Downloaded, error) {
	got := Downloaded{Key: g.o.Key, File: g.d.Target, Size: g.o.Size, ContentType: g.o.ContentType, Resumed: p.resumed}
	v := newVerifier(g.o, g.c.knownPartBytes(ctx, g.d, g.o)...)
	q := v.piecewise(p)
	if err := g.fetchRanges(ctx, p, v, q); err != nil {
		return got, errors.Join(err, p.save())
	}
	if q != nil && q.matches() {
		got.Verified = q.want.Algorithm
		return got, nil
	}
	if q != nil {
		if err := follow(ctx, p, nil, v); err != nil {
			return got, err
		}
	}
	verified, err := v.check()
	got.Verified = verified
	if err != nil && !g.d.Unverified {
		return got, errors.Join(err, p.discardUnlessResumed())
	}
	return got, nil
}

// knownPartBytes returns the part sizes to try first: the caller's, and the stack's own. Presigning a
// multipart upload tells the latter and starts nothing.
func (c *Client) knownPartBytes(ctx context.Context, d Download, o Object) []int64 {
	known := []int64{d.PartBytes}
	if o.Checksum.Parts > 1 && d.PartBytes == 0 {
		if a, err := c.startMultipart(ctx, o.ContentType); err == nil {
			known = append(known, a.PartSize)
		}
	}
	return known
}

// vacant refuses a target that would be replaced unasked.
func vacant(d Download) error {
	info, err := os.Stat(d.Target)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case info.IsDir():
		return fmt.Errorf("%q is a folder", d.Target)
	case !d.Overwrite:
		return fmt.Errorf("%q: %w", d.Target, fs.ErrExist)
	}
	return nil
}

// DownloadTo writes an object to w, in order, and checks it at the end: w has got all of the content by
// the time that a wrong checksum is known.
func (c *Client) DownloadTo(ctx context.Context, d Download, w io.Writer) (Downloaded, error) {
	got, err := c.downloadTo(ctx, d, w)
	return got, named("download", d.Key, err)
}

func (c *Client) downloadTo(ctx context.Context, d Download, w io.Writer) (Downloaded, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	g, err := c.open(ctx, d)
	if err != nil {
		return Downloaded{}, err
	}
	defer g.close()
	return g.fetchTo(ctx, w)
}

// fetchTo writes the object to w, in order, and verifies it. The first request's slot serves for all.
func (g *getter) fetchTo(ctx context.Context, w io.Writer) (Downloaded, error) {
	got := Downloaded{Key: g.o.Key, Size: g.o.Size, ContentType: g.o.ContentType}
	v := newVerifier(g.o, g.c.knownPartBytes(ctx, g.d, g.o)...)
	if g.o.Size > 0 {
		if err := g.fetch(ctx, 0, g.o.Size, io.MultiWriter(w, v)); err != nil {
			return got, err
		}
	}
	var err error
	got.Verified, err = v.check()
	if g.d.Unverified && errors.Is(err, ErrCorrupt) {
		err = nil
	}
	return got, err
}

// holdDownload takes the memory of one download.
func (c *Client) holdDownload(ctx context.Context, d Download) (*state.Slot, error) {
	if c.cfg.Downloads == nil {
		return nil, nil
	}
	path, err := filepath.Abs(d.Target)
	if err != nil {
		return nil, err
	}
	slot, err := c.cfg.Downloads.Wait(ctx, path, holdPatience)
	if errors.Is(err, state.ErrBusy) {
		return nil, fmt.Errorf("another download to %q is under way: %w", d.Target, err)
	}
	return slot, err
}
