package client

import (
	"math/rand/v2"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// network is how far away the servers are, and how reliable the way.
type network struct {
	name      string        // follows the name of what is measured; empty: nothing in between
	roundTrip time.Duration // to the API and to S3 alike
	resets    float64       // the share of requests that meet a reset of their connection, before 1 MiB more has passed
}

// relay is in front of a server, as a network is.
type relay struct {
	listener net.Listener

	mu      sync.Mutex
	target  string
	network network
}

func startRelay() (*relay, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	r := &relay{listener: listener}
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			go r.pass(client.(*net.TCPConn))
		}
	}()
	return r, nil
}

func (r *relay) host() string { return r.listener.Addr().String() }

// set takes effect on new connections.
func (r *relay) set(target string, n network) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.target, r.network = target, n
}

func (r *relay) pass(client *net.TCPConn) {
	defer client.Close()
	r.mu.Lock()
	target, n := r.target, r.network
	r.mu.Unlock()
	server, err := net.Dial("tcp", target)
	if err != nil {
		return
	}
	defer server.Close()
	time.Sleep(n.roundTrip) // of the handshake
	w := &way{network: n, client: client, server: server.(*net.TCPConn)}
	w.answered.Store(true)
	var group sync.WaitGroup
	group.Go(func() { w.carry(w.server, w.client) })
	group.Go(func() { w.carry(w.client, w.server) })
	group.Wait()
}

// way is one connection through the relay.
type way struct {
	network
	client, server *net.TCPConn

	answered atomic.Bool  // the server spoke last: what the client says next is another request
	left     atomic.Int64 // bytes until the reset; 0: none is due
}

// chunk is bytes that arrive when they are due.
type chunk struct {
	bytes []byte
	due   time.Time
}

// carry copies one direction. As much is on its way as 2 Gbit/s need at 30 ms.
func (w *way) carry(to, from *net.TCPConn) {
	chunks := make(chan chunk, 256)
	go func() {
		defer close(chunks)
		for {
			b := make([]byte, 32<<10)
			n, err := from.Read(b)
			if n > 0 {
				chunks <- chunk{b[:n], time.Now().Add(w.roundTrip / 2)}
			}
			if err != nil {
				return
			}
		}
	}()
	broken := false
	for c := range chunks { // to its end, so that the reader can end
		if broken {
			continue
		}
		time.Sleep(time.Until(c.due))
		if broken = w.resetDue(from == w.client, int64(len(c.bytes))); broken {
			w.client.SetLinger(0) // which makes Close a reset
			w.server.SetLinger(0)
			w.client.Close()
			w.server.Close()
			continue
		}
		if _, err := to.Write(c.bytes); err != nil {
			broken = true
			from.Close()
		}
	}
	to.CloseWrite()
}

func (w *way) resetDue(fromClient bool, n int64) bool {
	if spoke := w.answered.Swap(!fromClient); fromClient && spoke && rand.Float64() < w.resets {
		w.left.Store(rand.Int64N(1<<20) + 1)
	}
	return w.left.Load() > 0 && w.left.Add(-n) <= 0
}
