package client

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"example.com/presigned/client/internal/wire"
)

const (
	windowTime  = 2 * time.Minute  // URLs are presigned for what is expected to be sent within this time
	leastLife   = 30 * time.Second // a URL that expires sooner is presigned again before its first use
	leastWindow = 8                // operations that are presigned at once, at least, while the rate is not known
)

// sendRate measures how fast operations are sent, and computes from that how many to presign next.
type sendRate struct {
	parallel int
	began    time.Time
	done     atomic.Int64
}

func (r *sendRate) sent() { r.done.Add(1) }

// ahead is how many operations are sent within windowTime, at least one for each concurrent request. While the rate is not
// known, it is two for each concurrent request, but at least leastWindow.
func (r *sendRate) ahead(now time.Time) int {
	done := r.done.Load()
	if done == 0 || !now.After(r.began) {
		return max(2*r.parallel, leastWindow)
	}
	return max(int(float64(done)*windowTime.Seconds()/now.Sub(r.began).Seconds()), r.parallel)
}

// batcher presigns the operations of concurrent callers together. It asks for more URLs when few unused ones are left, and
// for no more than will be used within two minutes.
type batcher struct {
	c *Client
	e *wire.Endpoint

	mu      sync.Mutex
	waiting []batched
	timed   bool     // a timer will dispatch
	unused  int      // URLs that are asked for, or presigned, and whose request has not begun
	active  int      // operations from presign to done
	rate    sendRate // since the batcher was last idle
}

type batched struct {
	ctx       context.Context
	operation wire.Operation
	result    chan wire.Result // buffered, so that sending the one result never blocks
}

// quietTime is how long the batcher waits for another operation when few URLs are left. Concurrent operations arrive
// sooner, and nobody notices the delay.
const quietTime = 3 * time.Millisecond

// begin presigns the operation together with others, and then waits for a transfer slot. In this order, no operation holds a
// slot while it waits for a URL. The caller calls done after the transfer.
func (b *batcher) begin(ctx context.Context, o wire.Operation) (urls *urlSource, done func(), err error) {
	b.mu.Lock()
	if b.active++; b.active == 1 {
		b.rate = sendRate{parallel: cap(b.c.small), began: b.c.cfg.Clock()}
	}
	b.mu.Unlock()
	url, err := b.presign(ctx, o)
	if err != nil {
		b.end(false)
		return nil, nil, err
	}
	limit := b.c.small // also for a download, whose size is not known yet: a large one gives its slot back
	if o.ContentLength != nil && *o.ContentLength > inMemoryBytes {
		limit = b.c.large
	}
	release, err := limit.acquire(ctx)
	b.takeUnused()
	if err != nil {
		b.end(false)
		return nil, nil, err
	}
	return b.c.urlsFrom(url, b.e, o), sync.OnceFunc(func() {
		release()
		b.end(true)
	}), nil
}

// end counts an operation as finished, and whether it transferred anything.
func (b *batcher) end(transferred bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.active--
	if transferred {
		b.rate.sent()
	}
	b.dispatchIfDue()
}

// takeUnused subtracts a URL whose request begins, or will never be sent.
func (b *batcher) takeUnused() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.unused--
	b.dispatchIfDue()
}

// presign returns the operation's URL. If there is no error, the caller calls takeUnused.
func (b *batcher) presign(ctx context.Context, o wire.Operation) (url wire.Presigned, err error) {
	w := batched{ctx, o, make(chan wire.Result, 1)}
	b.mu.Lock()
	b.waiting = append(b.waiting, w)
	b.dispatchIfDue()
	b.mu.Unlock()
	select {
	case r := <-w.result:
		if r.Err != nil {
			b.takeUnused()
		}
		return r.Presigned, r.Err
	case <-ctx.Done():
		go func() {
			<-w.result
			b.takeUnused()
		}()
		return url, context.Cause(ctx)
	}
}

// dispatchIfDue dispatches a full batch at once. If few URLs are left, it dispatches what waits after quietTime. "Few" is at
// most one for each small request, and at most half of what is sent within windowTime. While URLs of a first batch
// are unused, it waits until one operation was sent, because then the rate is known. The caller holds mu.
func (b *batcher) dispatchIfDue() {
	ahead := b.rate.ahead(b.c.cfg.Clock())
	mayDispatch := b.rate.done.Load() > 0 || b.unused == 0
	fullBatch := min(ahead, wire.MaxBatch)
	switch {
	case len(b.waiting) == 0 || !mayDispatch:
	case len(b.waiting) >= fullBatch && ahead-b.unused >= fullBatch:
		b.dispatch(fullBatch)
	case !b.timed && b.unused <= min(cap(b.c.small), ahead/2):
		b.timed = true
		time.AfterFunc(quietTime, func() {
			b.mu.Lock()
			defer b.mu.Unlock()
			b.timed = false
			b.dispatch(min(b.rate.ahead(b.c.cfg.Clock())-b.unused, wire.MaxBatch))
		})
	}
}

// dispatch presigns the first n operations that wait. The caller holds mu.
func (b *batcher) dispatch(n int) {
	n = min(n, len(b.waiting))
	if n <= 0 {
		return
	}
	batch := slices.Clone(b.waiting[:n])
	b.waiting = slices.Delete(b.waiting, 0, n)
	b.unused += n
	go b.presignBatch(batch)
}

// presignBatch gives each caller its result. If one caller's context ends, the others still get theirs; when all have
// ended, so does the request.
func (b *batcher) presignBatch(batch []batched) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(batch[0].ctx))
	defer cancel()
	var left atomic.Int64
	left.Store(int64(len(batch)))
	operations := make([]wire.Operation, len(batch))
	for i, w := range batch {
		operations[i] = w.operation
		defer context.AfterFunc(w.ctx, func() {
			if left.Add(-1) == 0 {
				cancel()
			}
		})()
	}
	for i, r := range b.e.Presign(ctx, operations...) {
		batch[i].result <- r
	}
}
