package objectstore

import (
	"context"
	"errors"
	"io"
	"net"
	"sync"
	"time"
)

const (
	// retryAccept is how long to wait if no connection can be accepted, for example because too many files are open.
	retryAccept = 10 * time.Millisecond
	// linger is how long a client may still send after the gateway has answered and hung up.
	linger = 5 * time.Second
)

// forward accepts connections on the loopback listener and forwards their bytes, unchanged, to the gateway's socket.
// Nothing here may parse or rewrite a request, because the gateway must verify exactly what the client sent. stop ends all
// connections and waits for their goroutines.
func forward(listener net.Listener, socket string) (stop func() error) {
	ctx, cancel := context.WithCancel(context.Background())
	var wait sync.WaitGroup
	wait.Go(func() {
		for {
			client, err := listener.Accept()
			switch {
			case err == nil:
				wait.Go(func() { splice(ctx, client.(*net.TCPConn), socket) })
			case errors.Is(err, net.ErrClosed):
				return
			default:
				time.Sleep(retryAccept)
			}
		}
	})
	return func() error {
		defer wait.Wait()
		defer cancel()
		return listener.Close()
	}
}

// splice copies both ways until either side has ended, and then lets the other side finish what it is sending. An error
// ends a connection too; the other side sees the end.
//
// The gateway may refuse without reading the body. Closing a connection with unread bytes resets it, and the reset may
// reach the client before the refusal. So splice reads and drops what the client still sends, as any HTTP server does
// (RFC 9112, 9.6).
func splice(ctx context.Context, client *net.TCPConn, socket string) {
	defer client.Close() //nolint:errcheck // the client sees the end either way
	conn, err := net.Dial("unix", socket)
	if err != nil {
		return
	}
	gateway := conn.(*net.UnixConn)
	defer gateway.Close() //nolint:errcheck // as above
	defer context.AfterFunc(ctx, func() {
		_ = client.Close()
		_ = gateway.Close()
	})()
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
