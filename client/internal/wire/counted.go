package wire

import (
	"errors"
	"io"
	"sync"
	"sync/atomic"
)

// counted is a request's body: it reports what was read of it, takes that back when it has to be sent
// again, and knows when net/http has let go of it.
type counted struct {
	body  *Body
	watch *stallWatch
	n     atomic.Int64
	open  sync.WaitGroup
}

func (c *counted) start() io.ReadCloser {
	c.undo()
	c.open.Add(1)
	return &countedReader{Reader: c.body.Open(), c: c}
}

// settle waits until net/http reads no more of the body, which may be later than its answer: only then
// may the bytes be used for something else.
func (c *counted) settle(sent bool) {
	if c == nil {
		return
	}
	c.open.Wait()
	if !sent {
		c.undo()
	}
}

func (c *counted) undo() { c.report(-c.n.Swap(0)) }

func (c *counted) report(n int64) {
	if n != 0 && c.body.Moved != nil {
		c.body.Moved(n)
	}
}

type countedReader struct {
	io.Reader
	c    *counted
	once sync.Once
}

func (r *countedReader) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	if n > 0 {
		r.c.watch.moved()
		r.c.n.Add(int64(n))
		r.c.report(int64(n))
	}
	if err != nil && !errors.Is(err, io.EOF) {
		err = unreadable{err}
	}
	return n, err
}

// unreadable is the content's own error, not the network's: sending it again would meet it again.
type unreadable struct{ error }

func (u unreadable) Unwrap() error { return u.error }

func (r *countedReader) Close() error {
	r.once.Do(r.c.open.Done)
	return nil
}
