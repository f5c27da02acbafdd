package client

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"sync"

	"example.com/presigned/client/internal/retry"
	"example.com/presigned/client/internal/wire"
)

// object is S3's metadata of one object.
type object struct {
	key         string
	size        int64 // bytes
	contentType string
	etag        string
	checksum    checksum
}

// source is an object that is being read, with one presigned URL for all its ranges.
type source struct {
	object
	c     *Client
	urls  *urlSource
	moved counter // bytes fetched
	held  counter // bytes that were on disk

	mu    sync.Mutex
	first io.ReadCloser // the unread answer to the first request; nil: taken
}

// getOperation is the operation that fetches an object.
func getOperation(key string) wire.Operation {
	return wire.Operation{Name: "getObject", Key: key, ChecksumMode: "ENABLED"}
}

// beginDownload opens the object with a URL that is presigned in a batch. The source holds a
// transfer slot until done is called.
func (c *Client) beginDownload(ctx context.Context, key string) (s *source, done func(), err error) {
	if c.cfg.DownloadURL == "" {
		return nil, nil, ErrNoDownloads
	}
	urls, done, err := c.gets.begin(ctx, getOperation(key))
	if err != nil {
		return nil, nil, orNoDownloads(err)
	}
	if s, err = c.open(ctx, key, urls); err != nil {
		done()
	}
	return s, done, err
}

func orNoDownloads(err error) error {
	if notEnabled(err) {
		return fmt.Errorf("%w: %w", ErrNoDownloads, err)
	}
	return err
}

// open sends the first request for an object. The answer contains a small object completely; of a large one, the first
// range is read. The request has no Range header, because S3 sends the checksum of the whole object only without one.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html
func (c *Client) open(ctx context.Context, key string, urls *urlSource) (*source, error) {
	s := &source{c: c, urls: urls}
	_, err := do(ctx, c, key, s.urls, func(url wire.Presigned) (struct{}, error) {
		res, err := c.sender.Send(ctx, url, nil, nil)
		switch {
		case wire.Missing(err):
			return struct{}{}, fmt.Errorf("%w: %w", ErrNoObject, err)
		case err != nil:
			return struct{}{}, err
		case res.StatusCode != http.StatusOK || res.ContentLength < 0:
			_ = res.Body.Close()
			return struct{}{}, fmt.Errorf("S3 answered status %d with %d bytes, want 200 with a length", res.StatusCode, res.ContentLength)
		}
		s.first, s.object = res.Body, object{
			key: key, size: res.ContentLength, contentType: res.Header.Get("Content-Type"),
			etag: res.Header.Get("ETag"), checksum: checksumOf(res.Header),
		}
		return struct{}{}, nil
	})
	return s, orNoDownloads(err)
}

// listen connects the caller's progress functions to the counters.
func (s *source) listen(d Download) {
	s.moved.tell = func(bytes int64) {
		if d.Progress != nil {
			d.Progress(s.size, bytes)
		}
	}
	s.held.tell = s.moved.tell
	if d.Held != nil {
		s.moved.tell(0) // the size is known
		s.held.tell = d.Held
	}
}

func (s *source) downloaded() Downloaded {
	return Downloaded{Key: s.key, Size: s.size, ContentType: s.contentType}
}

// takeFirst returns the answer to the first request, once.
func (s *source) takeFirst() io.ReadCloser {
	s.mu.Lock()
	defer s.mu.Unlock()
	first := s.first
	s.first = nil
	return first
}

// close closes the first answer, if nobody has read it.
func (s *source) close() {
	if first := s.takeFirst(); first != nil {
		_ = first.Close()
	}
}

// rangeBytes is the size of a range: large enough that a request's latency hardly matters, small enough that an
// interrupted download loses little.
const rangeBytes = 16 << 20

// copyRange writes a range of the object to w, in order. If a connection breaks, the next attempt continues
// where it broke.
func (s *source) copyRange(ctx context.Context, w io.Writer, offset, length int64) error {
	end := offset + length
	_, err := do(ctx, s.c, s.key, s.urls, func(url wire.Presigned) (struct{}, error) {
		var body io.ReadCloser
		var err error
		if offset == 0 {
			body = s.takeFirst()
		}
		if body == nil {
			if body, err = s.get(ctx, url, offset, end); err != nil {
				return struct{}{}, err
			}
		}
		// The first answer's request has the context of the whole download, which outlives this one.
		defer context.AfterFunc(ctx, func() { _ = body.Close() })()
		defer func() { _ = body.Close() }()
		n, err := s.copy(w, body, end-offset)
		offset += n
		return struct{}{}, err
	})
	return err
}

// get asks S3 for the bytes from offset up to, not including, end.
func (s *source) get(ctx context.Context, url wire.Presigned, offset, end int64) (io.ReadCloser, error) {
	h := http.Header{"Range": {fmt.Sprintf("bytes=%d-%d", offset, end-1)}}
	if s.etag != "" {
		h["If-Match"] = []string{s.etag} // all ranges must be of the same version
	}
	res, err := s.c.sender.Send(ctx, url, nil, h)
	if wire.HasStatus(err, http.StatusPreconditionFailed) {
		return nil, fmt.Errorf("the object was replaced during the download: %w", err)
	}
	if err != nil {
		return nil, err
	}
	want := fmt.Sprintf("bytes %d-%d/%d", offset, end-1, s.size)
	if res.StatusCode != http.StatusPartialContent || res.Header.Get("Content-Range") != want {
		_ = res.Body.Close()
		return nil, fmt.Errorf("S3 answered status %d with Content-Range %q, want 206 with %q",
			res.StatusCode, res.Header.Get("Content-Range"), want)
	}
	return res.Body, nil
}

// copyBytes is the buffer of a range: sixteen ranges use 4 MiB.
const copyBytes = 256 << 10

func (s *source) copy(w io.Writer, body io.Reader, want int64) (n int64, err error) {
	buffer, ok := s.c.buffers.Get().(*[]byte)
	if !ok {
		buffer = new(make([]byte, copyBytes))
	}
	defer s.c.buffers.Put(buffer)
	n, err = io.CopyBuffer(&countingWriter{w, &s.moved}, io.LimitReader(body, want), *buffer)
	if err == nil && n < want {
		err = retry.Again(fmt.Errorf("the answer of S3 ended after %d of %d bytes", n, want))
	}
	return n, err
}

// countingWriter reports the bytes written through it.
type countingWriter struct {
	io.Writer
	moved *counter
}

func (w *countingWriter) Write(p []byte) (int, error) {
	n, err := w.Writer.Write(p)
	w.moved.add(int64(n))
	return n, err
}
