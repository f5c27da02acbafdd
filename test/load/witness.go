package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"

	"example.com/presigned/test/leaks"
)

// witness checks every answer that the clients get. The clients try again after a failure, which would hide the failure from
// this program.
type witness struct {
	next  http.RoundTripper
	world *world
}

type refusableKey struct{}

// refusable marks requests that the stack may refuse.
func refusable(ctx context.Context) context.Context {
	return context.WithValue(ctx, refusableKey{}, true)
}

// RoundTrip implements http.RoundTripper.
func (w *witness) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := w.next.RoundTrip(r)
	if err != nil || answer.StatusCode < http.StatusMultipleChoices {
		return answer, err
	}
	body, err := io.ReadAll(answer.Body)
	_ = answer.Body.Close()
	if err != nil {
		return nil, err
	}
	answer.Body = io.NopCloser(bytes.NewReader(body))
	w.judge(r, answer.StatusCode, body)
	return answer, nil
}

// judge reports a refusal that must not happen. A user who does nothing wrong may only be throttled, or get a key that another
// file of the same user has taken.
func (w *witness) judge(r *http.Request, status int, body []byte) {
	w.world.refusal(body)
	switch {
	case r.Context().Value(refusableKey{}) != nil:
	case status == http.StatusTooManyRequests, status == http.StatusPreconditionFailed:
		w.world.results.sentAgain.Add(1)
	default:
		w.world.results.wrong("an answer", fmt.Errorf("%s %s: got %d %.300s, want success", r.Method, r.URL.Path, status, body))
	}
}

// refusal keeps the body of a refusal. It is searched for secrets at the end, when the credentials of all functions are known.
func (w *world) refusal(body []byte) {
	w.results.refusals.Add(1)
	if _, err := w.log.Write(append(leaks.WithoutEcho(body), '\n')); err != nil {
		w.results.wrong("keep a refusal", err)
	}
}
