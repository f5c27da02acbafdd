package wire

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

// errStalled is the cause of a transfer given up because nothing moved.
var errStalled = errors.New("no byte moved")

// stallWatch gives up a transfer in which no byte moves for the given time. A bound on the whole
// transfer would have to guess the line's speed; this one does not.
type stallWatch struct {
	timer *time.Timer
	limit time.Duration
	stop  func()
}

func watchStall(parent context.Context, limit time.Duration) (context.Context, *stallWatch) {
	ctx, cancel := context.WithCancelCause(parent)
	w := &stallWatch{limit: limit}
	w.timer = time.AfterFunc(limit, func() { cancel(fmt.Errorf("%w for %s", errStalled, limit)) })
	w.stop = func() {
		w.timer.Stop()
		cancel(nil)
	}
	return ctx, w
}

func (w *stallWatch) moved() { w.timer.Reset(w.limit) }

// watched is a response's body under the same watch; its read errors say what broke, without the URL.
type watched struct {
	body  io.ReadCloser
	watch *stallWatch
	ctx   context.Context
	req   *http.Request
}

func (w *watched) Read(p []byte) (int, error) {
	n, err := w.body.Read(p)
	if n > 0 {
		w.watch.moved()
	}
	if err != nil && !errors.Is(err, io.EOF) {
		err = broken(w.ctx, w.req, err)
	}
	return n, err
}

func (w *watched) Close() error {
	err := w.body.Close()
	w.watch.stop()
	return err
}
