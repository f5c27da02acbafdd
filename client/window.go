package client

import (
	"context"
	"sync"
	"time"

	"example.com/presigned/client/internal/wire"
)

const (
	windowTime  = 2 * time.Minute  // what is presigned at once is expected to be sent within it
	leastLife   = 30 * time.Second // a URL that ends sooner is not used: it is presigned again
	leastWindow = 8                // operations that are presigned first, at least
)

// usable reports that a request can still begin with the URL. A URL lives for 300 s.
func (c *Client) usable(url wire.Presigned) bool {
	return url.URL != "" && (url.ExpiresAt.IsZero() || url.ExpiresAt.Sub(c.cfg.Clock()) >= leastLife)
}

// sendRate tells how many operations to presign at once, by the rate at which the earlier ones were sent.
type sendRate struct {
	parallel int
	began    time.Time

	mu   sync.Mutex
	done int
}

func (w *sendRate) sent() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.done++
}

func (w *sendRate) known() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.done > 0
}

// within is how many operations are sent within a time, at least one for each that is sent side by side.
// Before anything is known, it is twice that.
func (w *sendRate) within(span time.Duration, now time.Time) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.done == 0 || !now.After(w.began) {
		return max(2*w.parallel, leastWindow)
	}
	return max(int(float64(w.done)*span.Seconds()/now.Sub(w.began).Seconds()), w.parallel)
}

// window is how many operations to presign next.
func (w *sendRate) window(now time.Time) int { return min(w.within(windowTime, now), wire.MaxBatch) }

// window is operations that are presigned together. A URL that S3 refused, or that is about to end, is
// presigned again with those of the rest of the window.
type window struct {
	c *Client
	e *wire.Endpoint

	mu         sync.Mutex
	operations []wire.Operation
	results    []wire.Result
	taken      []bool
}

func (c *Client) presignWindow(ctx context.Context, e *wire.Endpoint, operations []wire.Operation) *window {
	return &window{c: c, e: e, operations: operations, results: e.Presign(ctx, operations...), taken: make([]bool, len(operations))}
}

// urls is the source of the URL of operation i.
func (w *window) urls(i int) *urlSource {
	return &urlSource{ask: func(ctx context.Context) (wire.Presigned, error) { return w.take(ctx, i) }}
}

// take returns the URL of operation i. Whoever takes it a second time was refused the first one: S3's
// clock decides, so the others are presigned again with it.
func (w *window) take(ctx context.Context, i int) (wire.Presigned, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.results[i].Err != nil || !w.c.usable(w.results[i].Presigned) {
		w.renew(ctx, i)
	}
	r := w.results[i]
	w.results[i], w.taken[i] = wire.Result{}, true
	return r.Presigned, r.Err
}

// renew presigns operation i again, and the others that nobody has taken yet if their URLs are of no use either.
func (w *window) renew(ctx context.Context, i int) {
	var operations []wire.Operation
	var at []int
	for n, r := range w.results {
		if n == i || !w.taken[n] && r.Err == nil && (w.taken[i] || !w.c.usable(r.Presigned)) {
			at, operations = append(at, n), append(operations, w.operations[n])
		}
	}
	for k, r := range w.e.Presign(ctx, operations...) {
		w.results[at[k]] = r
	}
}
