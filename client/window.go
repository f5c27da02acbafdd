package client

import (
	"context"
	"sync"
	"time"

	"example.com/presigned/client/internal/wire"
)

const (
	windowTime  = 2 * time.Minute  // a window is expected to be sent within this time
	leastLife   = 30 * time.Second // a URL that expires sooner is presigned again
	leastWindow = 8                // least number of operations in the first window
)

// usable reports that the URL is valid long enough to start a request. A URL works for 300 s.
func (c *Client) usable(url wire.Presigned) bool {
	return url.URL != "" && (url.ExpiresAt.IsZero() || url.ExpiresAt.Sub(c.cfg.Clock()) >= leastLife)
}

// sendRate computes the size of the next window from the rate of the earlier operations.
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

// within is how many operations are sent within a time, at least one for each concurrent request. Before there is a rate,
// it is twice that.
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

// window is operations that are presigned together. A URL that S3 refused, or that is about to expire, is presigned again
// with the rest of the window.
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

// take returns the URL of operation i. A second call for i means that S3 refused the first URL. S3's clock decides about
// expiry, so the others are presigned again too.
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

// renew presigns operation i again, and all untaken operations whose URLs are no longer usable.
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
