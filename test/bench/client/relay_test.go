package client

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestARelayDelaysAndResets(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.Copy(w, r.Body) }))
	defer server.Close()
	for name, test := range map[string]struct {
		network
		breaks bool
	}{
		"an ideal network":    {network{}, false},
		"a network far away":  {network{roundTrip: 50 * time.Millisecond}, false},
		"a network that ends": {network{resets: 1}, true},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := startRelay()
			if err != nil {
				t.Fatal(err)
			}
			defer r.listener.Close()
			r.set(strings.TrimPrefix(server.URL, "http://"), test.network)
			c := &http.Client{Transport: &http.Transport{DialContext: (&net.Dialer{}).DialContext}}
			broke := false
			for range 3 {
				sent, began := strings.Repeat("x", 2<<20), time.Now()
				res, err := c.Post("http://"+r.host(), "text/plain", strings.NewReader(sent))
				if err == nil {
					var got []byte
					got, err = io.ReadAll(res.Body)
					res.Body.Close()
					if err == nil && string(got) != sent {
						t.Error("the relay changed what it carried")
					}
				}
				if took := time.Since(began); err == nil && took < test.roundTrip {
					t.Errorf("took %s, want at least %s", took, test.roundTrip)
				}
				broke = broke || err != nil
			}
			if broke != test.breaks {
				t.Errorf("broke %t, want %t", broke, test.breaks)
			}
		})
	}
}
