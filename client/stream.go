package client

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
)

// Stream is content of unknown length, such as standard input. It is sent as it comes and cannot be
// resumed: when it fails, what was sent is dropped.
type Stream struct {
	Name        string // for messages, and for the content type by its extension
	ContentType string // empty: by the name's extension, else application/octet-stream
	Content     io.Reader
	Progress    func(bytes int64) // as in File
}

// streamBytes bounds the memory for parts under way. Two parts are always allowed, so that one is read
// while the other is sent; with parts of up to 12 MiB that is the bound. The garbage collector may let
// twice as much stand: with the stack's usual parts of 8 MiB the process stays below 64 MiB.
const streamBytes = 24 << 20

// UploadStream sends the stream: in parts where the stack offers that, else over a temporary file,
// because one PUT needs its length and checksum before it begins.
func (c *Client) UploadStream(ctx context.Context, s Stream) (Result, error) {
	r, err := c.uploadStream(ctx, s)
	return r, named("upload", s.Name, err)
}

func (c *Client) uploadStream(ctx context.Context, s Stream) (Result, error) {
	if c.singleOnly.Load() {
		return c.spool(ctx, s)
	}
	answer, err := c.startMultipart(ctx, s.file().contentType())
	if errors.Is(err, ErrNoMultipart) {
		c.singleOnly.Store(true)
		return c.spool(ctx, s)
	}
	if err != nil {
		return Result{}, err
	}
	partBytes, err := c.partBytesFor(0, answer.PartSize, answer.MaxUploadBytes)
	if err != nil {
		return Result{}, err
	}
	first, err := fill(ctx, s, make([]byte, partBytes))
	if err != nil {
		return Result{}, err
	}
	if int64(len(first)) < partBytes {
		return c.uploadSingle(ctx, s.inMemory(first))
	}
	return c.uploadPieces(ctx, s, answer, first)
}

// fill reads until the buffer is full or the stream ends. It does not wait for a silent stream once the
// context has ended: what was begun at S3 must be dropped then. The read that hangs ends with the process.
func fill(ctx context.Context, s Stream, buffer []byte) ([]byte, error) {
	type outcome struct {
		n   int
		err error
	}
	done := make(chan outcome, 1)
	go func() {
		n, err := io.ReadFull(s.Content, buffer)
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

// spool writes the stream to a temporary file and uploads that.
func (c *Client) spool(ctx context.Context, s Stream) (result Result, err error) {
	temp, err := os.CreateTemp("", "presigned-*")
	if err != nil {
		return Result{}, err
	}
	defer func() { err = errors.Join(err, temp.Close(), os.Remove(temp.Name())) }()
	size, err := spoolTo(ctx, temp, s)
	if err != nil {
		return Result{}, err
	}
	f := s.file()
	f.Content, f.Size = temp, size
	return c.uploadAny(ctx, f)
}

func spoolTo(ctx context.Context, temp io.Writer, s Stream) (size int64, err error) {
	buffer := make([]byte, hashBufferBytes)
	for size <= maxSingleBytes {
		content, err := fill(ctx, s, buffer)
		if err != nil {
			return size, err
		}
		if _, err := temp.Write(content); err != nil {
			return size, err
		}
		size += int64(len(content))
		if len(content) < len(buffer) {
			return size, nil
		}
	}
	return size, tooLarge(size, maxSingleBytes)
}

func (s Stream) file() File {
	return File{Name: s.Name, ContentType: s.ContentType, Progress: s.Progress}
}

func (s Stream) inMemory(content []byte) File {
	f := s.file()
	f.Content, f.Size = bytes.NewReader(content), int64(len(content))
	return f
}
