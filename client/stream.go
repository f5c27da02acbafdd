package client

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"golang.org/x/sync/errgroup"

	"example.com/presigned/client/internal/wire"
)

// Stream is content of unknown length, such as standard input. It is sent as it is read and cannot be
// resumed: if it fails, the upload is aborted.
type Stream struct {
	Name        string // for messages, the key, and the content type by its extension; "-" is no part of the key
	ContentType string // empty: by the name's extension, else application/octet-stream
	Content     io.Reader
	Progress    func(bytes int64) // as in File
}

// UploadStream sends the stream in parts, or by one PUT if it ends before the first part is full. If the stack offers no
// multipart uploads, it writes the stream to a temporary file, because a PUT needs length and checksum before it begins.
func (c *Client) UploadStream(ctx context.Context, s Stream) (r Result, err error) {
	defer annotate(&err, "upload", s.Name)
	return c.uploadStream(ctx, File{Name: s.Name, ContentType: s.ContentType, Progress: s.Progress}, s.Content)
}

// uploadStream uploads content of unknown length. f is the file without its content.
func (c *Client) uploadStream(ctx context.Context, f File, content io.Reader) (r Result, err error) {
	url, err := c.presignMultipart(ctx, f)
	if errors.Is(err, ErrNoMultipart) {
		return c.uploadSpooled(ctx, f, content)
	}
	if err != nil {
		return r, err
	}
	partBytes, err := c.partBytesFor(0, url.PartSize, url.MaxUploadBytes)
	if err != nil {
		return r, err
	}
	first, err := readFull(ctx, content, make([]byte, partBytes))
	if err != nil {
		return r, err
	}
	if f.Size = int64(len(first)); f.Size < partBytes {
		f.Content = bytes.NewReader(first)
		return c.put(ctx, f)
	}
	u, err := c.create(ctx, f, url)
	if err != nil {
		return r, err
	}
	u.PartBytes, u.Size = partBytes, 0
	err = u.sendStream(ctx, content, first, url.MaxUploadBytes)
	if err == nil {
		r, err = u.complete(ctx)
	}
	if err != nil {
		u.abortOrNotify(ctx)
	}
	return r, err
}

// streamBytes bounds the memory for parts that are being sent. Two parts are always allowed, so that one is read while the
// other is sent. So parts of more than 12 MiB need twice their size. Go's garbage collector may keep twice as much: with the
// stack's usual parts of 8 MiB the process stays below 64 MiB.
const streamBytes = 24 << 20

// sendStream reads one part after the other and sends them concurrently, as far as there are buffers.
func (u *multipartUpload) sendStream(ctx context.Context, content io.Reader, buffer []byte, bound int64) error {
	free := make(chan []byte, max(2, streamBytes/u.PartBytes)) // nil: a buffer that is not allocated yet
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
			if buffer, err = readFull(ctx, content, buffer); err != nil {
				return err
			}
		}
		return nil
	})
	return group.Wait()
}

// sendBuffer presigns a part when it is read, and not a window of parts ahead: the checksum of its content is signed, and
// the content of a later part is not known yet.
func (u *multipartUpload) sendBuffer(ctx context.Context, number int, content []byte) error {
	release, err := u.c.large.acquire(ctx)
	if err != nil {
		return err
	}
	defer release()
	section := io.NewSectionReader(bytes.NewReader(content), 0, int64(len(content)))
	p, err := hashPart(number, section)
	if err != nil {
		return err
	}
	return u.sendPart(ctx, p, section, wire.Presigned{})
}

// readFull reads until the buffer is full or the stream ends. If the context ends, it does not wait for a stream that sends
// nothing, because the upload must be aborted at S3 then. The read that blocks ends with the process.
func readFull(ctx context.Context, content io.Reader, buffer []byte) ([]byte, error) {
	var n int
	var err error
	done := make(chan struct{})
	go func() {
		defer close(done)
		n, err = io.ReadFull(content, buffer)
	}()
	select {
	case <-done:
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, fmt.Errorf("read: %w", err)
	}
	return buffer[:n], nil
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
		if buffer, err = readFull(ctx, content, buffer[:cap(buffer)]); err != nil {
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
	return c.put(ctx, f)
}
