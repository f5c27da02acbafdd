package objectstore

import (
	"context"
	"errors"
	"io"
	"net"
	"sync"
	"time"
)

// forwarder accepts connections on the loopback listener and forwards their bytes, unchanged, to the gateway's socket.
// Nothing here may parse or rewrite a request, because the gateway must verify exactly what the client sent.
type forwarder struct {
	listener net.Listener
	socket   string // the gateway's
	ctx      context.Context
	end      context.CancelFunc
	wait     sync.WaitGroup
}

func startForwarder(listener net.Listener, socket string) *forwarder {
	f := &forwarder{listener: listener, socket: socket}
	f.ctx, f.end = context.WithCancel(context.Background())
	f.wait.Go(f.serve)
	return f
}

// retryAccept is how long to wait if no connection can be accepted, for example because too many files are open.
const retryAccept = 10 * time.Millisecond

func (f *forwarder) serve() {
	for {
		client, err := f.listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			time.Sleep(retryAccept)
			continue
		}
		f.wait.Go(func() { f.handle(client.(*net.TCPConn)) })
	}
}

// close ends all connections and waits for their goroutines.
func (f *forwarder) close() error {
	err := f.listener.Close()
	f.end()
	f.wait.Wait()
	return err
}

func (f *forwarder) handle(client *net.TCPConn) {
	defer client.Close() //nolint:errcheck // the client sees the end either way
	gateway, err := net.Dial("unix", f.socket)
	if err != nil {
		return
	}
	defer gateway.Close() //nolint:errcheck // as above
	defer context.AfterFunc(f.ctx, func() {
		_ = client.Close()
		_ = gateway.Close()
	})()
	splice(client, gateway.(*net.UnixConn))
}

// linger is how long a client may still send after the gateway has answered and hung up.
const linger = 5 * time.Second

// splice copies both ways until either side has ended, and then lets the other side finish what it is sending. An error
// ends a connection too; the other side sees the end.
//
// The gateway may refuse without reading the body. Closing a connection with unread bytes resets it, and the reset may
// reach the client before the refusal. So splice reads and drops what the client still sends, as any HTTP server does
// (RFC 9112, 9.6).
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
