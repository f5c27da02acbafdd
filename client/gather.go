package client

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"example.com/presigned/client/internal/wire"
)

// gatherer presigns the operations of many small files, or of many objects, together. It asks for more
// URLs when those that it gave out run short, and for no more than will be used within two minutes.
type gatherer struct {
	c *Client
	e *wire.Endpoint

	mu      sync.Mutex
	waiting []gathered
	urgent  int      // the first of those that wait: they hold transfer slots
	timed   bool     // dispatch will be called in a moment
	unused  int      // URLs that are asked for, or given out, and whose request has not begun
	active  int      // operations from presign to done
	rate    sendRate // since the gatherer was last idle
}

type gathered struct {
	ctx       context.Context
	operation wire.Operation
	result    chan wire.Result // has room for the one result
}

// quietTime is how long the gatherer waits for another operation when the URLs run short: operations that
// come together need less, and nobody notices it.
const quietTime = 3 * time.Millisecond

func newGatherer(c *Client, e *wire.Endpoint) *gatherer { return &gatherer{c: c, e: e} }

// begin presigns the operation together with others, and then waits for a transfer slot. In this order,
// those that hold a slot transfer something. The caller calls done when it has.
func (g *gatherer) begin(ctx context.Context, o wire.Operation) (urls *urlSource, done func(), err error) {
	g.mu.Lock()
	if g.active++; g.active == 1 {
		g.rate = sendRate{parallel: g.c.cfg.Parallel, began: g.c.cfg.Clock()}
	}
	g.mu.Unlock()
	url, err := g.presign(ctx, o, false)
	if err != nil {
		g.end(false)
		return nil, nil, err
	}
	release, err := g.c.transferSlot(ctx)
	g.takeUnused()
	if err != nil {
		g.end(false)
		return nil, nil, err
	}
	if !g.c.usable(url) {
		url = wire.Presigned{} // it waited for too long
	}
	urls = &urlSource{url: url, ask: func(ctx context.Context) (wire.Presigned, error) {
		url, err := g.presign(ctx, o, true)
		if err == nil {
			g.takeUnused()
		}
		return url, err
	}}
	return urls, sync.OnceFunc(func() {
		release()
		g.end(true)
	}), nil
}

// end says that an operation is over, and whether anything was transferred.
func (g *gatherer) end(transferred bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.active--
	if transferred {
		g.rate.sent()
	}
	g.dispatchIfDue()
}

// takeUnused says that the request of a URL begins, or never will.
func (g *gatherer) takeUnused() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.unused--
	g.dispatchIfDue()
}

// presign returns the operation's URL. A caller that holds a transfer slot is urgent, because those that
// have URLs may be waiting for its slot. The caller of a URL calls takeUnused.
func (g *gatherer) presign(ctx context.Context, o wire.Operation, urgent bool) (url wire.Presigned, err error) {
	w := gathered{ctx, o, make(chan wire.Result, 1)}
	g.mu.Lock()
	if urgent {
		g.urgent++
		g.waiting = slices.Insert(g.waiting, 0, w)
	} else {
		g.waiting = append(g.waiting, w)
	}
	g.dispatchIfDue()
	g.mu.Unlock()
	select {
	case r := <-w.result:
		if r.Err != nil {
			g.takeUnused()
		}
		return r.Presigned, r.Err
	case <-ctx.Done():
		go func() {
			<-w.result
			g.takeUnused()
		}()
		return url, context.Cause(ctx)
	}
}

// dispatchIfDue dispatches a full batch, or, if URLs run short, what has come a moment later. The second
// batch waits until something was sent, because that tells the rate.
func (g *gatherer) dispatchIfDue() {
	ahead := g.rate.within(windowTime, g.c.cfg.Clock())
	known, full := g.rate.known() || g.unused == 0, min(ahead, wire.MaxBatch)
	switch {
	case len(g.waiting) == 0:
	case known && len(g.waiting) >= full && ahead-g.unused >= full:
		g.dispatch(full)
	case g.timed:
	case g.urgent > 0, known && g.unused <= min(g.c.cfg.Parallel, ahead/2):
		g.timed = true
		time.AfterFunc(quietTime, func() {
			g.mu.Lock()
			defer g.mu.Unlock()
			g.timed = false
			ahead := g.rate.within(windowTime, g.c.cfg.Clock())
			g.dispatch(min(max(ahead-g.unused, g.urgent), wire.MaxBatch))
		})
	}
}

// dispatch presigns the first n of those that wait.
func (g *gatherer) dispatch(n int) {
	n = min(n, len(g.waiting))
	if n <= 0 {
		return
	}
	batch := slices.Clone(g.waiting[:n])
	g.waiting = slices.Delete(g.waiting, 0, n)
	g.urgent = max(0, g.urgent-n)
	g.unused += n
	go g.presignBatch(batch)
	if g.urgent > 0 {
		g.dispatchIfDue()
	}
}

// presignBatch hands each its result. One caller's end does not fail the others; when all have ended, so
// does the request.
func (g *gatherer) presignBatch(batch []gathered) {
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
	for i, r := range g.e.Presign(ctx, operations...) {
		batch[i].result <- r
	}
}
