package client

import (
	"bytes"
	"context"
	"errors"
	"io"

	"golang.org/x/sync/errgroup"

	"example.com/presigned/client/internal/atomicfile"
)

// Download is an object to fetch, with options.
type Download struct {
	Key         string
	Target      string // the file to write; a symbolic link is followed. DownloadTo ignores it
	Overwrite   bool   // replace a target that exists
	PartBytes   int64  // bytes of the parts that the object was uploaded in, if the size is unusual; 0: unknown
	KeepCorrupt bool   // keep content whose checksum does not match

	// Progress is called with the object's size and a count of bytes, negative when they are fetched again, from
	// several goroutines; may be nil.
	Progress func(size, bytes int64)
	// Held is called instead for bytes that were on disk already, negative when they are fetched after all. If it is nil,
	// Progress is called.
	Held func(bytes int64)
}

// Downloaded is the result of a download.
type Downloaded struct {
	Key         string `json:"key"`
	File        string `json:"file,omitempty"`
	Size        int64  `json:"size"` // bytes
	ContentType string `json:"contentType"`
	Verified    string `json:"verified"`     // the algorithm whose checksum matched; empty: none matched, or S3 has none
	Resumed     int64  `json:"resumedBytes"` // bytes that an interrupted download had already fetched
}

// DownloadFile fetches an object, compares it with S3's checksum, and only then renames it to the target. A small object
// takes one request to the endpoint and one to S3. One of more than 256 KiB is fetched in concurrent ranges into a
// temporary file beside the target. After an interruption, the next call for the same key and target continues. Without
// Overwrite, a target that is equal to the object counts as downloaded, and any other is an error.
//
// It does not call fsync, so the file survives a kill at any moment, but not a power cut.
func (c *Client) DownloadFile(ctx context.Context, d Download) (got Downloaded, err error) {
	defer annotate(&err, "download", d.Key)
	file := d.Target
	var exists bool
	if d.Target, exists, err = target(d); err != nil {
		return got, err
	}
	o, err := c.openDownload(ctx, d)
	if err != nil {
		return got, err
	}
	defer o.close()
	switch {
	case exists && !d.Overwrite:
		got, err = o.compareFile(d)
	case o.size <= inMemoryBytes:
		got, err = o.toSmallFile(ctx, d)
	default:
		o.release() // the ranges have their own transfer slots
		got, err = o.toLargeFile(ctx, d)
	}
	if err == nil {
		got.File = file
	}
	return got, err
}

// toSmallFile keeps the object in memory until it is verified. A small download is not resumed, so no state is
// stored.
func (o *object) toSmallFile(ctx context.Context, d Download) (got Downloaded, err error) {
	var content bytes.Buffer
	content.Grow(int(o.size))
	if got, err = o.toWriter(ctx, d, &content); err != nil {
		return got, err
	}
	f, err := atomicfile.Create(d.Target, "", newFilePerm)
	if err != nil {
		return got, err
	}
	defer func() { err = errors.Join(err, f.Discard()) }()
	if _, err := f.Write(content.Bytes()); err != nil {
		return got, err
	}
	return got, commit(d, f)
}

func (o *object) toLargeFile(ctx context.Context, d Download) (got Downloaded, err error) {
	f, err := o.openPending(ctx, d)
	if err != nil {
		return got, err
	}
	defer func() { err = errors.Join(err, f.close()) }()
	got, err = o.fill(ctx, d, f)
	if errors.Is(err, ErrCorrupt) && f.resumed > 0 {
		// A power cut may have lost what an earlier, killed run wrote.
		o.c.notice("%s: %v; fetching it again", o.key, err)
		o.fetched.reset()
		o.onDisk.reset()
		if err = f.restart(); err == nil {
			got, err = o.fill(ctx, d, f)
		}
	}
	switch {
	case errors.Is(err, ErrCorrupt):
		return got, errors.Join(err, f.slot.Clear(), f.Discard())
	case err != nil:
		return got, err
	}
	if err := commit(d, f.File); err != nil {
		return got, err
	}
	return got, f.slot.Clear()
}

// fill fetches the missing ranges and verifies the whole object.
func (o *object) fill(ctx context.Context, d Download, f *pendingFile) (Downloaded, error) {
	got := o.downloaded()
	got.Resumed = f.resumed
	v := o.verifier(d)
	sums := v.byRange()
	group, inner := errgroup.WithContext(ctx)
	for n := range f.ranges.count() {
		release, err := o.c.large.acquire(inner)
		if err != nil {
			break
		}
		group.Go(func() error {
			defer release()
			return o.fillRange(inner, f, n, sums)
		})
	}
	err := group.Wait()
	if err == nil {
		err = context.Cause(ctx)
	}
	if err != nil {
		return got, err
	}
	if sums != nil && sums.value() == v.want.value {
		got.Verified = v.want.algorithm
		return got, nil
	}
	if v.want.value != "" { // read the file again, to hash it for every part size
		if err := f.copyTo(ctx, v); err != nil {
			return got, err
		}
	}
	got.Verified, err = v.check()
	return got, err
}

// fillRange fetches range n, unless it is on disk, and hashes it if sums is not nil.
func (o *object) fillRange(ctx context.Context, f *pendingFile, n int, sums *partHash) error {
	offset, length := f.ranges.at(n)
	hash := io.Discard
	if sums != nil {
		h := sums.from(offset)
		defer h.end()
		hash = h
	}
	if !f.present[n] {
		if err := o.copyRange(ctx, io.MultiWriter(io.NewOffsetWriter(f, offset), hash), offset, length); err != nil {
			return err
		}
		f.add(n)
		return nil
	}
	o.onDisk.add(length)
	if sums == nil {
		return nil
	}
	_, err := io.Copy(hash, io.NewSectionReader(f, offset, length))
	return err
}

// DownloadTo writes an object to w, in order, and checks it at the end. If the checksum is wrong, w has all of the content
// already.
func (c *Client) DownloadTo(ctx context.Context, d Download, w io.Writer) (got Downloaded, err error) {
	defer annotate(&err, "download", d.Key)
	o, err := c.openDownload(ctx, d)
	if err != nil {
		return got, err
	}
	defer o.close()
	return o.toWriter(ctx, d, w)
}

// toWriter writes the object to w, in order, and verifies it.
func (o *object) toWriter(ctx context.Context, d Download, w io.Writer) (got Downloaded, err error) {
	got = o.downloaded()
	v := o.verifier(d)
	if o.size > 0 {
		if err := o.copyRange(ctx, io.MultiWriter(w, v), 0, o.size); err != nil {
			return got, err
		}
	}
	got.Verified, err = v.check()
	return got, err
}
