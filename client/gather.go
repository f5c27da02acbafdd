package client

import (
	"context"
	"sync"
	"time"

	"example.com/presigned/client/internal/wire"
)

// gatherer presigns the operations of many small files, or many objects, together. It waits while URLs
// enough for the requests under way are there, and sends at most as many operations as are done within
// two minutes.
type gatherer struct {
	c    *Client
	e    *wire.Endpoint
	rate sendRate

	mu      sync.Mutex
	waiting []gathered
	ready   int // URLs that are given out and not in use yet
	quiet   *time.Timer
}

type gathered struct {
	operation wire.Operation
	result    chan wire.Result // has room for the one result
}

// quietTime is how long the gatherer waits for another operation when the URLs run out: what comes
// together takes less, and nobody notices it.
const quietTime = 3 * time.Millisecond

func newGatherer(c *Client, e *wire.Endpoint) *gatherer {
	return &gatherer{c: c, e: e, rate: sendRate{parallel: c.cfg.Parallel, began: c.cfg.Clock()}}
}

// presign returns the operation's URL. The caller says by calling used that a request with it begins, or
// that none will.
func (g *gatherer) presign(ctx context.Context, o wire.Operation) (url wire.Presigned, err error) {
	w := gathered{o, make(chan wire.Result, 1)}
	g.mu.Lock()
	g.waiting = append(g.waiting, w)
	g.wait()
	g.mu.Unlock()
	select {
	case r := <-w.result:
		if r.Err != nil {
			g.used()
		}
		return r.Presigned, r.Err
	case <-ctx.Done():
		go func() {
			<-w.result
			g.used()
		}()
		return url, context.Cause(ctx)
	}
}

// used says that a URL is no longer kept ready.
func (g *gatherer) used() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.ready--
	g.rate.sent()
	g.wait()
}

// wait dispatches a full window, or what is waiting after a moment in which nothing else came, if URLs run
// out. The second window waits until the first is being sent, because that tells the rate.
func (g *gatherer) wait() {
	full := len(g.waiting) >= g.rate.next(g.c.cfg.Clock())
	switch {
	case full && (g.ready == 0 || g.rate.known()):
		g.dispatch()
		return
	case len(g.waiting) == 0 || g.ready > g.c.cfg.Parallel:
		return
	}
	if g.quiet != nil {
		g.quiet.Stop()
	}
	g.quiet = time.AfterFunc(quietTime, func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		g.dispatch()
	})
}

// dispatch presigns what is waiting.
func (g *gatherer) dispatch() {
	batch := g.waiting
	if len(batch) == 0 {
		return
	}
	g.waiting = nil
	g.ready += len(batch)
	go func() {
		operations := make([]wire.Operation, len(batch))
		for i, w := range batch {
			operations[i] = w.operation
		}
		// The context is nobody's alone: one caller's end must not fail the others.
		for i, r := range g.e.Presign(context.Background(), operations...) {
			batch[i].result <- r
		}
	}()
}
