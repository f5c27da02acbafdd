package objectstore

import (
	"bufio"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"sync"
	"time"
)

// tlsHandshake is the first byte of a TLS connection; no HTTP method starts with it.
const tlsHandshake = 0x16

// front takes connections on the loopback listener and passes their bytes on, unchanged, to the gateway's sockets:
// a presigned URL is only verified for what the client truly sent, so nothing here may parse and rewrite a request.
// With TLS it speaks both on one port, so that a plain http request reaches the bucket policy and is refused by it.
type front struct {
	listener      net.Listener
	tls           *tls.Config // nil: plain only
	plain, secure string      // the gateway's sockets

	mu     sync.Mutex
	closed bool
	conns  map[net.Conn]bool
	wait   sync.WaitGroup
}

func newFront(listener net.Listener, t *TLS, plain, secure string) *front {
	f := &front{listener: listener, plain: plain, secure: secure, conns: map[net.Conn]bool{}}
	if t != nil {
		f.tls = t.server()
	}
	return f
}

// retryAccept is how long to wait when no connection can be taken, as with too many files open: others end meanwhile.
const retryAccept = 10 * time.Millisecond

func (f *front) serve() {
	for {
		conn, err := f.listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			time.Sleep(retryAccept)
			continue
		}
		if !f.track(conn) {
			return
		}
		f.wait.Go(func() { f.handle(conn.(*net.TCPConn)) })
	}
}

// close ends all connections and waits for their goroutines.
func (f *front) close() error {
	err := f.listener.Close()
	f.mu.Lock()
	f.closed = true
	for conn := range f.conns {
		_ = conn.Close()
	}
	f.mu.Unlock()
	f.wait.Wait()
	return err
}

// track remembers a connection for close. After close it closes the connection and reports false.
func (f *front) track(conn net.Conn) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		_ = conn.Close()
		return false
	}
	f.conns[conn] = true
	return true
}

func (f *front) untrack(conn net.Conn) {
	_ = conn.Close()
	f.mu.Lock()
	delete(f.conns, conn)
	f.mu.Unlock()
}

func (f *front) handle(conn halfCloser) {
	defer f.untrack(conn)
	socket, client := f.plain, conn
	if f.tls != nil {
		buffered := &peeked{conn, bufio.NewReader(conn)}
		first, err := buffered.r.Peek(1)
		if err != nil {
			return
		}
		client = buffered
		if first[0] == tlsHandshake {
			socket, client = f.secure, tls.Server(buffered, f.tls)
		}
	}
	gateway, err := net.Dial("unix", socket)
	if err != nil || !f.track(gateway) {
		return
	}
	defer f.untrack(gateway)
	splice(client, gateway)
}

// linger is how long a client may go on sending after the gateway has answered and hung up.
const linger = 5 * time.Second

// splice copies both ways until either side is done, then lets the other side finish what it is sending. Errors are the
// end of a connection like any other: whoever is still there sees it.
//
// The gateway refuses without reading the body. Closing a connection with bytes unread resets it, and a reset may
// overtake the refusal: what the client still sends is read and thrown away, as any HTTP server does (RFC 9112, 9.6).
func splice(client halfCloser, gateway net.Conn) {
	var wait sync.WaitGroup
	wait.Go(func() {
		_, _ = io.Copy(gateway, client)
		_ = gateway.(*net.UnixConn).CloseWrite()
		_, _ = io.Copy(io.Discard, client)
	})
	_, _ = io.Copy(client, gateway)
	_ = client.CloseWrite()
	_ = client.SetReadDeadline(time.Now().Add(linger))
	wait.Wait()
}

// halfCloser is a connection that can say "that was all" and go on reading: *net.TCPConn and *tls.Conn.
type halfCloser interface {
	net.Conn
	CloseWrite() error
}

// peeked is a connection whose first bytes have been read ahead.
type peeked struct {
	halfCloser
	r *bufio.Reader
}

func (p *peeked) Read(b []byte) (int, error) { return p.r.Read(b) }
