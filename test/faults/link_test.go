package faults

import (
	"context"
	"encoding/json"
	"net"
	"strings"
	"sync"
	"testing"

	"github.com/Shopify/toxiproxy/v2"
	"github.com/rs/zerolog"
)

// toxic is one of toxiproxy's, in the words of its API.
// https://github.com/Shopify/toxiproxy#toxics
type toxic struct {
	Type       string           `json:"type"`
	Stream     string           `json:"stream"` // upstream: what the client sends; downstream: what it gets
	Attributes map[string]int64 `json:"attributes"`
}

func up(kind string, attributes map[string]int64) toxic { return toxic{kind, "upstream", attributes} }
func down(kind string, attributes map[string]int64) toxic {
	return toxic{kind, "downstream", attributes}
}

// trouble is what happens to one connection: toxics, or a cut at a byte.
type trouble struct {
	Toxics []toxic
	Cut    *cut
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

// trouble plans a trouble for each of the next connections.
func (l *link) trouble(all ...trouble) {
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

// next is where the next connection goes to.
func (l *link) next() string {
	l.mu.Lock()
	tr := l.troubles[l.dialled]
	l.dialled++
	l.mu.Unlock()
	switch {
	case tr.Cut != nil:
		return relay(l.t, *tr.Cut, l.gate.address)
	case len(tr.Toxics) > 0:
		return withToxics(l.t, l.gate.address, tr.Toxics)
	}
	return l.gate.address
}

// withToxics is a toxiproxy in front of the address.
func withToxics(t testing.TB, address string, toxics []toxic) string {
	proxy := toxiproxy.NewProxy(toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), zerolog.Nop()), "fault", "127.0.0.1:0", address)
	if err := proxy.Start(); err != nil {
		t.Error(err)
		return address
	}
	t.Cleanup(proxy.Stop)
	for _, one := range toxics {
		text, err := json.Marshal(one)
		if err == nil {
			_, err = proxy.Toxics.AddToxicJson(strings.NewReader(string(text)))
		}
		if err != nil {
			t.Errorf("toxic %s: %v", text, err)
		}
	}
	return proxy.Listen
}

// dialer sends connections to a link's server over the link.
func dialer(links ...*link) func(ctx context.Context, network, address string) (net.Conn, error) {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		for _, l := range links {
			if l.target == address {
				address = l.next()
			}
		}
		return (&net.Dialer{}).DialContext(ctx, network, address)
	}
}
