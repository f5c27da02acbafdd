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

// object is an object that is being read, with one presigned URL for all its ranges.
type object struct {
	key         string
	size        int64 // bytes
	contentType string
	etag        string
	checksum    checksum

	c       *Client
	urls    *urlSource
	release func()  // gives the transfer slot back; may be called twice
	fetched counter // bytes
	onDisk  counter // bytes that were on disk already

	mu    sync.Mutex
	first io.ReadCloser // the unread answer to the first request; nil: taken
}

// getOperation is the operation that fetches an object.
func getOperation(key string) wire.Operation {
	return wire.Operation{Name: "getObject", Key: key, ChecksumMode: "ENABLED"}
}

// openDownload opens the object with a URL that is presigned in a batch. It holds a transfer slot until it is closed or
// released.
func (c *Client) openDownload(ctx context.Context, d Download) (*object, error) {
	if c.cfg.DownloadURL == "" {
		return nil, ErrNoDownloads
	}
	urls, release, err := c.gets.begin(ctx, getOperation(d.Key))
	if err != nil {
		return nil, orNoDownloads(err)
	}
	o, err := c.open(ctx, d.Key, urls)
	if err != nil {
		release()
		return nil, err
	}
	o.release = release
	o.fetched.report = func(bytes int64) {
		if d.Progress != nil {
			d.Progress(o.size, bytes)
		}
	}
	o.onDisk.report = o.fetched.report
	if d.Held != nil {
		o.fetched.report(0) // Progress learns the size before Held is called
		o.onDisk.report = d.Held
	}
	return o, nil
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
func (c *Client) open(ctx context.Context, key string, urls *urlSource) (*object, error) {
	o, err := do(ctx, c, key, urls, func(url wire.Presigned) (*object, error) {
		res, err := c.sender.Send(ctx, url, nil, nil)
		switch {
		case wire.Missing(err):
			return nil, fmt.Errorf("%w: %w", ErrNoObject, err)
		case err != nil:
			return nil, err
		case res.StatusCode != http.StatusOK || res.ContentLength < 0:
			_ = res.Body.Close()
			return nil, fmt.Errorf("S3 answered status %d with %d bytes, want 200 with a length", res.StatusCode, res.ContentLength)
		}
		return &object{
			key: key, size: res.ContentLength, contentType: res.Header.Get("Content-Type"),
			etag: res.Header.Get("ETag"), checksum: checksumOf(res.Header),
			c: c, urls: urls, release: func() {}, first: res.Body,
		}, nil
	})
	return o, orNoDownloads(err)
}

func (o *object) downloaded() Downloaded {
	return Downloaded{Key: o.key, Size: o.size, ContentType: o.contentType}
}

// takeFirst returns the answer to the first request, once.
func (o *object) takeFirst() io.ReadCloser {
	o.mu.Lock()
	defer o.mu.Unlock()
	first := o.first
	o.first = nil
	return first
}

// close releases the object, and closes the first answer if it was not read.
func (o *object) close() {
	o.release()
	if first := o.takeFirst(); first != nil {
		_ = first.Close()
	}
}

// rangeBytes is the size of a range: large enough that a request's latency hardly matters, small enough that an
// interrupted download loses little.
const rangeBytes = 16 << 20

// copyRange writes a range of the object to w, in order. If a connection breaks, the next attempt continues
// where it broke.
func (o *object) copyRange(ctx context.Context, w io.Writer, offset, length int64) error {
	end := offset + length
	_, err := do(ctx, o.c, o.key, o.urls, func(url wire.Presigned) (struct{}, error) {
		var body io.ReadCloser
		var err error
		if offset == 0 {
			body = o.takeFirst()
		}
		if body == nil {
			if body, err = o.get(ctx, url, offset, end); err != nil {
				return struct{}{}, err
			}
		}
		// The first answer's request has the context of the whole download, which may end later than this one.
		defer context.AfterFunc(ctx, func() { _ = body.Close() })()
		defer func() { _ = body.Close() }()
		n, err := o.copy(w, body, end-offset)
		offset += n
		return struct{}{}, err
	})
	return err
}

// get asks S3 for the bytes from offset up to, not including, end.
func (o *object) get(ctx context.Context, url wire.Presigned, offset, end int64) (io.ReadCloser, error) {
	h := http.Header{"Range": {fmt.Sprintf("bytes=%d-%d", offset, end-1)}}
	if o.etag != "" {
		h["If-Match"] = []string{o.etag} // all ranges must be of the same version
	}
	res, err := o.c.sender.Send(ctx, url, nil, h)
	if wire.HasStatus(err, http.StatusPreconditionFailed) {
		return nil, fmt.Errorf("the object was replaced during the download: %w", err)
	}
	if err != nil {
		return nil, err
	}
	want := fmt.Sprintf("bytes %d-%d/%d", offset, end-1, o.size)
	if res.StatusCode != http.StatusPartialContent || res.Header.Get("Content-Range") != want {
		_ = res.Body.Close()
		return nil, fmt.Errorf("S3 answered status %d with Content-Range %q, want 206 with %q",
			res.StatusCode, res.Header.Get("Content-Range"), want)
	}
	return res.Body, nil
}

// copyBytes is the buffer of a range: sixteen ranges use 4 MiB.
const copyBytes = 256 << 10

func (o *object) copy(w io.Writer, body io.Reader, want int64) (n int64, err error) {
	buffer, ok := o.c.buffers.Get().(*[]byte)
	if !ok {
		buffer = new(make([]byte, copyBytes))
	}
	defer o.c.buffers.Put(buffer)
	n, err = io.CopyBuffer(&countingWriter{w, &o.fetched}, io.LimitReader(body, want), *buffer)
	if err == nil && n < want {
		err = retry.Again(fmt.Errorf("the answer of S3 ended after %d of %d bytes", n, want))
	}
	return n, err
}

// countingWriter reports the bytes written through it.
type countingWriter struct {
	io.Writer
	count *counter
}

func (w *countingWriter) Write(p []byte) (int, error) {
	n, err := w.Writer.Write(p)
	w.count.add(int64(n))
	return n, err
}
