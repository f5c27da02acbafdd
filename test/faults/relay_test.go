package faults

import (
	"context"
	"errors"
	"io"
	"net"
	"sync"
	"testing"
)

// cut is how one connection ends, at which byte: what toxiproxy does by time, or not at all.
type cut struct {
	Up    bool  // counts the bytes that the client sends; else those that it gets
	After int64 // bytes that are let through
	Half  bool  // close that direction alone, in good order; else reset the connection
}

// relay takes one connection, and cuts it. It returns the address to dial.
func relay(t testing.TB, c cut, target string) string {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var wait sync.WaitGroup
	ctx, cancel := context.WithCancel(context.Background())
	context.AfterFunc(ctx, func() { _ = listener.Close() })
	wait.Go(func() {
		near, err := listener.Accept()
		_ = listener.Close()
		if err != nil {
			return
		}
		defer context.AfterFunc(ctx, func() { _ = near.Close() })()
		c.serve(near.(*net.TCPConn), target)
	})
	t.Cleanup(func() {
		cancel()
		wait.Wait()
	})
	return listener.Addr().String()
}

func (c cut) serve(near *net.TCPConn, target string) {
	defer func() { _ = near.Close() }()
	conn, err := net.Dial("tcp", target)
	if err != nil {
		return
	}
	far := conn.(*net.TCPConn)
	defer func() { _ = far.Close() }()
	from, to := near, far
	if !c.Up {
		from, to = far, near
	}
	var wait sync.WaitGroup
	wait.Go(func() {
		_, _ = io.Copy(from, to) // the other direction, until somebody closes
		_ = from.CloseWrite()
	})
	if _, err := io.CopyN(to, from, c.After); errors.Is(err, io.EOF) || c.Half {
		_ = to.CloseWrite()
		_, _ = io.Copy(io.Discard, from) // the sender notices nothing
	} else {
		_, _ = near.SetLinger(0), far.SetLinger(0)
	}
	_, _ = near.Close(), far.Close()
	wait.Wait()
}
