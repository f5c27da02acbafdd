package command

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"example.com/presigned/local/events"
)

// backEnd stands for the app's back end, which gets the event of each completed upload.
type backEnd struct {
	url    string
	server *http.Server

	mu     sync.Mutex
	events map[string]events.Event // by key: the same event may come twice
}

func startBackEnd(ctx context.Context) (*backEnd, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	b := &backEnd{url: "http://" + l.Addr().String(), events: map[string]events.Event{}}
	b.server = &http.Server{Handler: b, ReadHeaderTimeout: time.Second}
	go b.server.Serve(l) //nolint:errcheck // always http.ErrServerClosed: Close ends it
	return b, nil
}

func (b *backEnd) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var e events.Event
	if err := json.NewDecoder(r.Body).Decode(&e); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.events[e.Detail.Object.Key] = e
}

// told shows what the back end heard of the uploads.
func (d *demo) told(keys ...string) error {
	d.s.Events.Wait()
	d.backEnd.mu.Lock()
	defer d.backEnd.mu.Unlock()
	for _, key := range keys {
		e, ok := d.backEnd.events[key]
		if !ok {
			return fmt.Errorf("the back end was not told of %q", key)
		}
		d.say("told", "the back end: %s, %s  %d bytes, by %s", e.DetailType, key, e.Detail.Object.Size, e.Detail.Reason)
	}
	return nil
}
