package client

import (
	"context"
	"crypto/sha256"
	"sync"

	"golang.org/x/sync/errgroup"

	"example.com/presigned/client/internal/wire"
)

// pieces is a stream on its way up in parts.
type pieces struct {
	s         Stream
	m         *multipart
	bound     int64 // bytes; 0: none
	partBytes int64
	free      chan []byte // buffers that no request is using; nil for one not made yet

	size    int64    // bytes read so far
	digests []digest // by part number - 1; only the reading goroutine appends

	mu   sync.Mutex
	held map[int]part
}

func (c *Client) uploadPieces(ctx context.Context, s Stream, answer wire.Answer, first []byte) (Result, error) {
	m, err := c.create(ctx, s.Name, s.file().contentType(), answer)
	if err != nil {
		return Result{}, err
	}
	p := &pieces{s: s, m: m, bound: answer.MaxUploadBytes, partBytes: int64(len(first)), held: map[int]part{}}
	p.free = make(chan []byte, max(2, streamBytes/p.partBytes))
	for len(p.free) < cap(p.free)-1 { // the first buffer is in use already
		p.free <- nil
	}
	if err := p.upload(ctx, first); err != nil {
		m.drop(ctx)
		return Result{}, err
	}
	return Result{
		Key: m.key, Size: p.size, ContentType: s.file().contentType(),
		ChecksumSHA256: composite(p.digests), Parts: len(p.digests),
	}, nil
}

func (p *pieces) upload(ctx context.Context, first []byte) error {
	group, inner := errgroup.WithContext(ctx)
	group.Go(func() error { return p.readAll(inner, group, first) })
	if err := group.Wait(); err != nil {
		return err
	}
	parts := make([]part, len(p.digests))
	for n, held := range p.held {
		parts[n-1] = held
	}
	return p.m.complete(ctx, parts, composite(p.digests), p.size)
}

// readAll reads one part after the other and has them sent side by side, as far as there are buffers.
func (p *pieces) readAll(ctx context.Context, group *errgroup.Group, content []byte) error {
	for number := 1; len(content) > 0; number++ {
		if err := p.admit(content); err != nil {
			return err
		}
		sum, sent := p.digests[number-1], content // content goes on to the next part
		group.Go(func() error { return p.send(ctx, number, sent, sum) })
		if int64(len(content)) < p.partBytes {
			return nil
		}
		var err error
		if content, err = p.next(ctx); err != nil {
			return err
		}
	}
	return nil
}

// admit counts one more part.
func (p *pieces) admit(content []byte) error {
	p.size += int64(len(content))
	if p.bound > 0 && p.size > p.bound {
		return tooLarge(p.size, p.bound)
	}
	if len(p.digests) == maxParts {
		return tooLarge(p.size, maxParts*p.partBytes)
	}
	p.digests = append(p.digests, sha256.Sum256(content))
	return nil
}

// next reads the next part into the next free buffer.
func (p *pieces) next(ctx context.Context) ([]byte, error) {
	select {
	case buffer := <-p.free:
		if buffer == nil {
			buffer = make([]byte, p.partBytes)
		}
		return fill(ctx, p.s, buffer)
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

func (p *pieces) send(ctx context.Context, number int, content []byte, sum digest) error {
	release, err := p.m.c.slot(ctx)
	if err != nil {
		return err
	}
	defer release()
	f := p.s.inMemory(content)
	done, err := p.m.send(ctx, number, sum, section(f, 0, f.Size), func(refused error) error {
		return p.m.c.reread(f, 0, f.Size, sum, refused)
	})
	if err != nil {
		return err
	}
	p.mu.Lock()
	p.held[number] = done
	p.mu.Unlock()
	p.free <- content[:cap(content)]
	return nil
}
