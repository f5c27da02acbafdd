package client

import (
	"context"
	"fmt"
	"io"
	"net/http"

	"golang.org/x/sync/errgroup"

	"example.com/presigned/client/internal/retry"
	"example.com/presigned/client/internal/wire"
)

// rangeBytes is what one request fetches: large enough that a request's latency hardly counts, small
// enough that an interrupted download loses little.
const rangeBytes = 16 << 20

// fetch writes a range of the object to w, in order. A connection that breaks is taken up again where
// it broke.
func (g *getter) fetch(ctx context.Context, offset, length int64, w io.Writer) error {
	end := offset + length
	refused := ""
	_, err := retry.Do(ctx, g.c.retry(g.d.Key), func() (struct{}, error) {
		a, err := g.url(ctx, refused)
		if err != nil {
			return struct{}{}, err
		}
		n, err := g.get(ctx, a, offset, end, w)
		offset += n
		if wire.URLRefused(err) {
			refused = a.URL
		}
		return struct{}{}, err
	})
	return err
}

// get writes the bytes from offset up to, not including, end, as far as they come.
func (g *getter) get(ctx context.Context, a wire.Answer, offset, end int64, w io.Writer) (int64, error) {
	var body io.ReadCloser
	if offset == 0 {
		body = g.takeFirst()
	}
	if body == nil {
		var err error
		if body, err = g.request(ctx, a, offset, end); err != nil {
			return 0, err
		}
	}
	// The first answer's request has the context of the whole download, which outlives this one.
	defer context.AfterFunc(ctx, func() { _ = body.Close() })()
	defer func() { _ = body.Close() }()
	return g.copy(w, body, end-offset)
}

// request asks S3 for the bytes from offset up to, not including, end.
func (g *getter) request(ctx context.Context, a wire.Answer, offset, end int64) (io.ReadCloser, error) {
	h := http.Header{"Range": {fmt.Sprintf("bytes=%d-%d", offset, end-1)}}
	if g.o.ETag != "" {
		h["If-Match"] = []string{g.o.ETag} // all ranges must be of one and the same version
	}
	res, err := g.c.sender.Send(ctx, a, nil, h)
	if wire.HasStatus(err, http.StatusPreconditionFailed) {
		return nil, fmt.Errorf("the object was replaced during the download: %w", err)
	}
	if err != nil {
		return nil, err
	}
	want := fmt.Sprintf("bytes %d-%d/%d", offset, end-1, g.o.Size)
	if res.StatusCode != http.StatusPartialContent || res.Header.Get("Content-Range") != want {
		_ = res.Body.Close()
		return nil, fmt.Errorf("S3 answered status %d with Content-Range %q, want 206 with %q",
			res.StatusCode, res.Header.Get("Content-Range"), want)
	}
	return res.Body, nil
}

func (g *getter) copy(w io.Writer, body io.Reader, want int64) (n int64, err error) {
	buffer, ok := g.c.buffers.Get().(*[]byte)
	if !ok {
		buffer = new(make([]byte, copyBytes))
	}
	defer g.c.buffers.Put(buffer)
	n, err = io.CopyBuffer(&reporting{w, g.d.Progress, g.o.Size}, io.LimitReader(body, want), *buffer)
	if err == nil && n < want {
		err = retry.Again(fmt.Errorf("the answer of S3 ended after %d of %d bytes", n, want))
	}
	return n, err
}

// copyBytes is what is read and written at once, at most: sixteen ranges have 4 MiB.
const copyBytes = 256 << 10

// reporting tells of the bytes written through it.
type reporting struct {
	w        io.Writer
	progress func(size, bytes int64)
	size     int64
}

func (r *reporting) Write(p []byte) (int, error) {
	n, err := r.w.Write(p)
	if r.progress != nil && n > 0 {
		r.progress(r.size, int64(n))
	}
	return n, err
}

// fetchRanges fetches the missing ranges side by side. Each hashes what it fetches where that can be;
// elsewhere the verifier follows in order over what is there: it reads what was just written, and is done
// soon after the last range.
func (g *getter) fetchRanges(ctx context.Context, p *partial, v *verifier, q *piecewise) error {
	missing, there := g.missing(p)
	done := make([]chan struct{}, p.plan.parts())
	for n := range done {
		done[n] = make(chan struct{})
	}
	for _, n := range there {
		close(done[n])
	}
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error {
		if q != nil {
			return nil
		}
		return follow(ctx, p, done, v)
	})
	group.Go(func() error {
		return g.c.inTurn(ctx, len(missing), func(ctx context.Context, i int) error {
			if err := g.fetchRange(ctx, p, q, missing[i]); err != nil {
				return err
			}
			close(done[missing[i]])
			return p.add(missing[i])
		})
	})
	return group.Wait()
}

func (g *getter) fetchRange(ctx context.Context, p *partial, q *piecewise, n int) error {
	offset, length := p.plan.part(n + 1)
	w := io.NewOffsetWriter(p, offset)
	if q == nil {
		return g.fetch(ctx, offset, length, w)
	}
	h := q.from(offset)
	defer h.end()
	return g.fetch(ctx, offset, length, io.MultiWriter(w, h))
}

// missing returns the ranges to fetch, and those that are there.
func (g *getter) missing(p *partial) (missing, there []int) {
	for n := range p.plan.parts() {
		if !p.has(n) {
			missing = append(missing, n)
			continue
		}
		there = append(there, n)
		if _, length := p.plan.part(n + 1); g.d.Progress != nil {
			g.d.Progress(g.o.Size, length)
		}
	}
	return missing, there
}

// follow hashes the ranges in order, each when it is there; without signals all are.
func follow(ctx context.Context, p *partial, done []chan struct{}, v *verifier) error {
	buffer := make([]byte, hashBufferBytes)
	for n := range p.plan.parts() {
		if done != nil {
			select {
			case <-done[n]:
			case <-ctx.Done():
				return context.Cause(ctx)
			}
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		offset, length := p.plan.part(n + 1)
		if _, err := io.CopyBuffer(v, io.NewSectionReader(p.file, offset, length), buffer); err != nil {
			return err
		}
	}
	return nil
}
