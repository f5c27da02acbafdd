package events

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"time"
)

// Webhook is an API destination and its connection.
type Webhook struct {
	URL            string
	Header, Secret string // the header that carries the secret
}

const (
	// timeout is how long EventBridge waits for an answer.
	// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-api-destinations.html
	timeout = 5 * time.Second
	// tries and firstPause bound how long an event is tried: the pauses double, and add up to 13 s. EventBridge tries for 24
	// hours.
	tries      = 9
	firstPause = 50 * time.Millisecond
	// grace is how long Close waits for events.
	grace = 2 * time.Second
	// concurrency is how many events are posted at the same time.
	concurrency = 16
)

// retried are the client errors after which EventBridge sends an event again, besides every server error.
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-api-destinations.html
var retried = []int{http.StatusUnauthorized, http.StatusProxyAuthRequired, http.StatusConflict, http.StatusTooManyRequests}

// Check refuses a URL that can't be called.
func (w Webhook) Check() error {
	u, err := url.Parse(w.URL)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.User != nil {
		return errors.New("want a URL such as http://127.0.0.1:9000/, without a user")
	}
	return nil
}

// client follows no redirect, like EventBridge, because a redirect would send the secret to another server.
var client = &http.Client{
	Timeout:       timeout,
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

// deliver posts an event until the webhook accepts or refuses it, or all tries are used. A failed event is logged;
// EventBridge puts it into the dead-letter queue.
func (b *Bus) deliver(e Event) {
	body, pause := e.body(), b.pause
	for try := 1; ; try++ {
		again, err := b.post(body)
		if err == nil {
			b.log(e, "delivered to the webhook")
			return
		}
		if !again || try == tries {
			b.log(e, "dead letter after %d tries: %v: %s", try, err, body)
			return
		}
		select {
		case <-b.ctx.Done():
			b.log(e, "dead letter: the run ended: %v: %s", err, body)
			return
		case <-time.After(pause):
			pause *= 2
		}
	}
}

// post sends the body of an event once. After an error, again reports whether another try may succeed.
func (b *Bus) post(body []byte) (again bool, err error) {
	select {
	case <-b.ctx.Done():
		return false, context.Cause(b.ctx)
	case b.turns <- struct{}{}:
		defer func() { <-b.turns }()
	}
	r, err := http.NewRequestWithContext(b.ctx, http.MethodPost, b.cfg.Webhook.URL, bytes.NewReader(body))
	if err != nil {
		return false, err
	}
	r.Header.Set("Content-Type", "application/json; charset=utf-8")
	r.Header.Set("User-Agent", "Amazon/EventBridge/ApiDestinations")
	r.Header.Set(b.cfg.Webhook.Header, b.cfg.Webhook.Secret)
	r.Close = true // EventBridge sends Connection: close
	resp, err := client.Do(r)
	if err != nil {
		return true, err
	}
	if err := resp.Body.Close(); err != nil {
		return true, err
	}
	if resp.StatusCode/100 == 2 {
		return false, nil
	}
	return resp.StatusCode >= 500 || slices.Contains(retried, resp.StatusCode), fmt.Errorf("the webhook answered %s", resp.Status)
}
