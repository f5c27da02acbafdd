package objectstore

import (
	"errors"
	"io"
	"net"
	"sync"
	"time"
)

// front takes connections on the loopback listener and passes their bytes on, unchanged, to the gateway's socket:
// a presigned URL is only verified for what the client truly sent, so nothing here may parse and rewrite a request.
type front struct {
	listener net.Listener
	socket   string // the gateway's

	mu     sync.Mutex
	closed bool
	conns  map[net.Conn]bool
	wait   sync.WaitGroup
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

func (f *front) handle(client *net.TCPConn) {
	defer f.untrack(client)
	gateway, err := net.Dial("unix", f.socket)
	if err != nil || !f.track(gateway) {
		return
	}
	defer f.untrack(gateway)
	splice(client, gateway.(*net.UnixConn))
}

// linger is how long a client may still send after the gateway has answered and hung up.
const linger = 5 * time.Second

// splice copies both ways until either side is done, then lets the other side finish what it is sending. Errors are the
// end of a connection like any other: whoever is still there sees it.
//
// The gateway refuses without reading the body. Closing a connection with bytes unread resets it, and a reset may
// overtake the refusal: what the client still sends is read and thrown away, as any HTTP server does (RFC 9112, 9.6).
func splice(client *net.TCPConn, gateway *net.UnixConn) {
	var wait sync.WaitGroup
	wait.Go(func() {
		_, _ = io.Copy(gateway, client)
		_ = gateway.CloseWrite()
		_, _ = io.Copy(io.Discard, client)
	})
	_, _ = io.Copy(client, gateway)
	_ = client.CloseWrite()
	_ = client.SetReadDeadline(time.Now().Add(linger))
	wait.Wait()
}
