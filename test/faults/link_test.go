package faults

import (
	"context"
	"io"
	"net"
	"strings"
	"sync"
	"testing"

	"example.com/presigned/test/toxics"
)

// trouble is what happens to one connection: toxics, or an end of one direction.
type trouble struct {
	toxics []toxics.Toxic
	half   *half
}

// half is a connection of which one direction ends in good order after some bytes. toxiproxy closes both.
type half struct {
	net.Conn
	up   bool // what the client sends; else what it gets
	left int64
}

// Write lets the sender believe that all was sent.
func (h *half) Write(p []byte) (int, error) {
	if !h.up {
		return h.Conn.Write(p)
	}
	n, err := h.Conn.Write(p[:min(h.left, int64(len(p)))])
	if h.left -= int64(n); h.left > 0 || err != nil {
		return n, err
	}
	_ = h.Conn.(*net.TCPConn).CloseWrite()
	return len(p), nil
}

func (h *half) Read(p []byte) (int, error) {
	if h.up {
		return h.Conn.Read(p)
	}
	if h.left == 0 {
		return 0, io.EOF
	}
	n, err := h.Conn.Read(p[:min(h.left, int64(len(p)))])
	h.left -= int64(n)
	return n, err
}

// link is the way from the client to one server. Each connection without a trouble goes straight to the gate.
type link struct {
	t      testing.TB
	target string // host:port of the server, which the client believes to dial
	gate   *gate

	mu       sync.Mutex
	dialled  int
	troubles map[int]trouble // by the number of the connection, from 0
}

func newLink(t testing.TB, url string) *link {
	t.Helper()
	target := strings.TrimPrefix(url, "http://")
	target, _, _ = strings.Cut(target, "/")
	return &link{t: t, target: target, gate: newGate(t, target), troubles: map[int]trouble{}}
}

// plan plans a trouble for each of the next connections.
func (l *link) plan(all ...trouble) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i, tr := range all {
		l.troubles[l.dialled+i] = tr
	}
}

// clear removes everything that is planned.
func (l *link) clear() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.troubles = map[int]trouble{}
	l.gate.clear()
}

// dial opens the next connection.
func (l *link) dial(ctx context.Context) (net.Conn, error) {
	l.mu.Lock()
	tr := l.troubles[l.dialled]
	l.dialled++
	l.mu.Unlock()
	address := l.gate.address
	if len(tr.toxics) > 0 {
		proxy, err := toxics.Proxy(address, tr.toxics...)
		if err != nil {
			l.t.Error(err)
			return nil, err
		}
		l.t.Cleanup(proxy.Stop)
		address = proxy.Listen
	}
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", address)
	if err == nil && tr.half != nil {
		tr.half.Conn, conn = conn, tr.half
	}
	return conn, err
}

// dialer sends connections to a link's server over the link.
func dialer(links ...*link) func(ctx context.Context, network, address string) (net.Conn, error) {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		for _, l := range links {
			if l.target == address {
				return l.dial(ctx)
			}
		}
		return (&net.Dialer{}).DialContext(ctx, network, address)
	}
}
