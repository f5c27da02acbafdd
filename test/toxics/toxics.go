// Package toxics puts toxiproxy between a client and a server.
package toxics

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/Shopify/toxiproxy/v2"
	"github.com/rs/zerolog"
)

// Attributes are a toxic's settings.
type Attributes = map[string]int64

// Toxic is one of toxiproxy's, in the words of its API.
// https://github.com/Shopify/toxiproxy#toxics
type Toxic struct {
	Type       string     `json:"type"`
	Stream     string     `json:"stream"` // upstream: what the client sends; downstream: what it gets
	Toxicity   float32    `json:"toxicity"`
	Attributes Attributes `json:"attributes"`
}

// Up disturbs what the client sends.
func Up(kind string, attributes Attributes) Toxic { return Toxic{kind, "upstream", 1, attributes} }

// Down disturbs what the client gets.
func Down(kind string, attributes Attributes) Toxic { return Toxic{kind, "downstream", 1, attributes} }

// Resets makes each connection that another toxic closes end with a reset. reset_peer does that even where it is not applied.
func Resets() Toxic { return Toxic{Type: "reset_peer", Stream: "upstream"} }

// Proxy listens on this machine, in front of an address.
func Proxy(upstream string, all ...Toxic) (*toxiproxy.Proxy, error) {
	proxy := toxiproxy.NewProxy(toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), zerolog.Nop()), "toxics", "127.0.0.1:0", upstream)
	if err := proxy.Start(); err != nil {
		return nil, err
	}
	return proxy, Add(proxy, all...)
}

// Add adds toxics to those that a proxy has.
func Add(proxy *toxiproxy.Proxy, all ...Toxic) error {
	for _, one := range all {
		text, err := json.Marshal(one)
		if err == nil {
			_, err = proxy.Toxics.AddToxicJson(strings.NewReader(string(text)))
		}
		if err != nil {
			return fmt.Errorf("toxic %s: %w", text, err)
		}
	}
	return nil
}
