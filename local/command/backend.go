package command

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"time"

	"example.com/presigned/local/events"
)

// startBackEnd stands for the app's back end, which gets the event of each completed upload.
func (d *demo) startBackEnd(ctx context.Context) (url string, stop func() error, err error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	server := &http.Server{ReadHeaderTimeout: time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var e events.Event
		if err := json.NewDecoder(r.Body).Decode(&e); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		d.events.Store(e.Detail.Object.Key, e)
	})}
	go server.Serve(l) //nolint:errcheck // always http.ErrServerClosed: stop ends it
	return "http://" + l.Addr().String(), server.Close, nil
}

// told shows what the back end heard of the uploads.
func (d *demo) told(keys ...string) error {
	d.s.Events.Wait()
	for _, key := range keys {
		heard, ok := d.events.Load(key)
		if !ok {
			return fmt.Errorf("the back end was not told of %q", key)
		}
		e := heard.(events.Event)
		d.say("told", "the back end: %s, %s  %d bytes, by %s", e.DetailType, key, e.Detail.Object.Size, e.Detail.Reason)
	}
	return nil
}
