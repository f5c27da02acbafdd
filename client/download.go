package client

import (
	"bytes"
	"context"
	"errors"
	"io"

	"example.com/presigned/client/internal/atomicfile"
)

// Download is an object to fetch, with options.
type Download struct {
	Key        string
	Target     string // the file to write; a symbolic link is followed. DownloadTo ignores it
	Overwrite  bool   // replace a target that exists
	PartBytes  int64  // bytes of the object's parts, where they are unusual; 0: unknown
	Unverified bool   // keep content whose checksum does not match

	// Progress is called with the object's size and a count of bytes, negative when they are fetched again, from
	// several goroutines; may be nil.
	Progress func(size, bytes int64)
	// Held is called instead for bytes that were on disk already. If it is nil, Progress is called.
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
// temporary file beside the target. After an interruption, the next call for the same key and target continues. A target
// that is already equal to the object counts as downloaded.
//
// It does not call fsync, so the file survives a kill at any moment, but not a power cut.
func (c *Client) DownloadFile(ctx context.Context, d Download) (Downloaded, error) {
	got, err := c.downloadFile(ctx, d)
	if err == nil {
		got.File = d.Target
	}
	return got, named("download", d.Key, err)
}

func (c *Client) downloadFile(ctx context.Context, d Download) (got Downloaded, err error) {
	var exists bool
	if d.Target, exists, err = target(d); err != nil {
		return got, err
	}
	// The first request has the context of the whole download, so it ends with the download.
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	s, done, err := c.beginDownload(ctx, d.Key)
	if err != nil {
		return got, err
	}
	defer done()
	defer s.close()
	s.listen(d)
	if exists && !d.Overwrite {
		return s.inFile(d)
	}
	if s.size <= inMemoryBytes {
		return s.toSmallFile(ctx, d)
	}
	done() // the ranges have their own transfer slots
	return s.toLargeFile(ctx, d)
}

// toSmallFile keeps the object in memory until it is verified. A small download is not resumed, so no state is
// stored.
func (s *source) toSmallFile(ctx context.Context, d Download) (got Downloaded, err error) {
	var content bytes.Buffer
	content.Grow(int(s.size))
	if got, err = s.toWriter(ctx, d, &content); err != nil {
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

func (s *source) toLargeFile(ctx context.Context, d Download) (got Downloaded, err error) {
	f, err := s.c.openPending(ctx, d, s.object)
	if err != nil {
		return got, err
	}
	defer func() { err = errors.Join(err, f.close()) }()
	got, err = s.fill(ctx, d, f)
	if errors.Is(err, ErrCorrupt) && f.resumed > 0 {
		// A power cut may have lost what an earlier, killed run wrote.
		s.c.notice("%s: %v; fetching it again", s.key, err)
		s.moved.takeBack()
		s.held.takeBack()
		if err = f.restart(); err == nil {
			got, err = s.fill(ctx, d, f)
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
func (s *source) fill(ctx context.Context, d Download, f *pendingFile) (Downloaded, error) {
	got := s.downloaded()
	got.Resumed = f.resumed
	v := newVerifier(s.object, d.PartBytes, s.c.cfg.PartBytes)
	sums := v.byRange()
	err := s.c.sideBySide(ctx, f.plan.parts(), func(ctx context.Context, n int) error {
		return s.fillRange(ctx, f, n, sums)
	})
	if err != nil {
		f.save()
		return got, err
	}
	if sums != nil && sums.value() == v.want.value {
		got.Verified = v.want.algorithm
		return got, nil
	}
	if v.want.value != "" {
		if err := f.copyTo(ctx, v); err != nil {
			return got, err
		}
	}
	if got.Verified, err = v.check(); d.Unverified && errors.Is(err, ErrCorrupt) {
		err = nil
	}
	return got, err
}

// fillRange fetches range n, unless it is on disk, and hashes it if sums is not nil.
func (s *source) fillRange(ctx context.Context, f *pendingFile, n int, sums *partSums) error {
	offset, length := f.plan.part(n + 1)
	hash := io.Discard
	if sums != nil {
		h := sums.from(offset)
		defer h.end()
		hash = h
	}
	if !f.there[n] {
		if err := s.copyRange(ctx, io.MultiWriter(io.NewOffsetWriter(f, offset), hash), offset, length); err != nil {
			return err
		}
		f.add(n)
		return nil
	}
	s.held.add(length)
	if sums == nil {
		return nil
	}
	_, err := io.Copy(hash, io.NewSectionReader(f, offset, length))
	return err
}

// DownloadTo writes an object to w, in order, and checks it at the end: w has all of the content before a wrong checksum
// is known.
func (c *Client) DownloadTo(ctx context.Context, d Download, w io.Writer) (Downloaded, error) {
	got, err := c.downloadTo(ctx, d, w)
	return got, named("download", d.Key, err)
}

func (c *Client) downloadTo(ctx context.Context, d Download, w io.Writer) (Downloaded, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	s, done, err := c.beginDownload(ctx, d.Key)
	if err != nil {
		return Downloaded{}, err
	}
	defer done()
	defer s.close()
	s.listen(d)
	return s.toWriter(ctx, d, w)
}

// toWriter writes the object to w, in order, and verifies it.
func (s *source) toWriter(ctx context.Context, d Download, w io.Writer) (Downloaded, error) {
	got := s.downloaded()
	v := newVerifier(s.object, d.PartBytes, s.c.cfg.PartBytes)
	if s.size > 0 {
		if err := s.copyRange(ctx, io.MultiWriter(w, v), 0, s.size); err != nil {
			return got, err
		}
	}
	var err error
	if got.Verified, err = v.check(); d.Unverified && errors.Is(err, ErrCorrupt) {
		err = nil
	}
	return got, err
}
