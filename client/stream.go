package client

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"golang.org/x/sync/errgroup"
)

// Stream is content of unknown length, such as standard input. It is sent as it comes and cannot be
// resumed: when it fails, what was sent is dropped.
type Stream struct {
	Name        string // for messages, and for the content type by its extension
	ContentType string // empty: by the name's extension, else application/octet-stream
	Content     io.Reader
	Progress    func(bytes int64) // as in File
}

// UploadStream sends the stream: in parts where the stack offers that, else over a temporary file,
// because one PUT needs its length and checksum before it begins.
func (c *Client) UploadStream(ctx context.Context, s Stream) (Result, error) {
	r, err := c.uploadStream(ctx, s)
	return r, named("upload", s.Name, err)
}

func (c *Client) uploadStream(ctx context.Context, s Stream) (Result, error) {
	f := File{Name: s.Name, ContentType: s.ContentType, Progress: s.Progress}
	if c.singleOnly.Load() {
		return c.uploadSpooled(ctx, f, s.Content)
	}
	url, err := c.presignMultipart(ctx, f)
	if errors.Is(err, ErrNoMultipart) {
		c.singleOnly.Store(true)
		return c.uploadSpooled(ctx, f, s.Content)
	}
	if err != nil {
		return Result{}, err
	}
	partBytes, err := c.partBytesFor(0, url.PartSize, url.MaxUploadBytes)
	if err != nil {
		return Result{}, err
	}
	first, err := fill(ctx, s.Content, make([]byte, partBytes))
	if err != nil {
		return Result{}, err
	}
	if f.Size = int64(len(first)); f.Size < partBytes {
		f.Content = bytes.NewReader(first)
		return c.put(ctx, f)
	}
	u, err := c.create(ctx, f, url)
	if err != nil {
		return Result{}, err
	}
	u.PartBytes, u.Size = partBytes, 0
	r, err := Result{}, u.sendStream(ctx, s.Content, first, url.MaxUploadBytes)
	if err == nil {
		r, err = u.complete(ctx)
	}
	if err != nil {
		u.drop(ctx)
	}
	return r, err
}

// streamBytes bounds the memory for parts under way. Two parts are always allowed, so that one is read
// while the other is sent; with parts of up to 12 MiB that is the bound. The garbage collector may let
// twice as much stand: with the stack's usual parts of 8 MiB the process stays below 64 MiB.
const streamBytes = 24 << 20

// sendStream reads one part after the other and sends them side by side, as far as there are buffers.
func (u *multipartUpload) sendStream(ctx context.Context, content io.Reader, buffer []byte, bound int64) error {
	free := make(chan []byte, max(2, streamBytes/u.PartBytes)) // nil stands for a buffer that is not made yet
	for range cap(free) - 1 {
		free <- nil
	}
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() (err error) {
		for number := 1; len(buffer) > 0; number++ {
			u.Size += int64(len(buffer))
			if bound > 0 && u.Size > bound {
				return tooLarge(u.Size, bound)
			}
			if number > maxParts {
				return tooLarge(u.Size, maxParts*u.PartBytes)
			}
			filled := buffer
			group.Go(func() error {
				err := u.sendBuffer(ctx, number, filled)
				free <- filled[:cap(filled)]
				return err
			})
			if int64(len(filled)) < u.PartBytes {
				return nil
			}
			select {
			case buffer = <-free:
			case <-ctx.Done():
				return context.Cause(ctx)
			}
			if buffer == nil {
				buffer = make([]byte, u.PartBytes)
			}
			if buffer, err = fill(ctx, content, buffer); err != nil {
				return err
			}
		}
		return nil
	})
	return group.Wait()
}

func (u *multipartUpload) sendBuffer(ctx context.Context, number int, content []byte) error {
	release, err := u.c.transferSlot(ctx)
	if err != nil {
		return err
	}
	defer release()
	section := io.NewSectionReader(bytes.NewReader(content), 0, int64(len(content)))
	p, err := hashPart(number, section)
	if err != nil {
		return err
	}
	return u.sendPart(ctx, p, section, u.c.urls(u.c.upload, u.partOperation(p)))
}

// fill reads until the buffer is full or the stream ends. It does not wait for a silent stream once the
// context has ended: what was begun at S3 must be dropped then. The read that hangs ends with the process.
func fill(ctx context.Context, content io.Reader, buffer []byte) ([]byte, error) {
	type outcome struct {
		n   int
		err error
	}
	done := make(chan outcome, 1)
	go func() {
		n, err := io.ReadFull(content, buffer)
		done <- outcome{n, err}
	}()
	select {
	case o := <-done:
		if o.err != nil && !errors.Is(o.err, io.EOF) && !errors.Is(o.err, io.ErrUnexpectedEOF) {
			return nil, fmt.Errorf("read: %w", o.err)
		}
		return buffer[:o.n], nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// uploadSpooled writes the stream to a temporary file and uploads that.
func (c *Client) uploadSpooled(ctx context.Context, f File, content io.Reader) (result Result, err error) {
	temp, err := os.CreateTemp("", "presigned-*")
	if err != nil {
		return Result{}, err
	}
	defer func() { err = errors.Join(err, temp.Close(), os.Remove(temp.Name())) }()
	buffer := make([]byte, hashBufferBytes)
	for full := true; full; full = len(buffer) == cap(buffer) {
		if buffer, err = fill(ctx, content, buffer[:cap(buffer)]); err != nil {
			return Result{}, err
		}
		if _, err := temp.Write(buffer); err != nil {
			return Result{}, err
		}
		if f.Size += int64(len(buffer)); f.Size > maxSingleBytes {
			return Result{}, tooLarge(f.Size, maxSingleBytes)
		}
	}
	f.Content = temp
	return c.uploadAny(ctx, f)
}
