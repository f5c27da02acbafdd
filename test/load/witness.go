package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"

	"example.com/presigned/test/leaks"
)

// witness sees every answer that the clients get. They try again after a failure, which is right for them, and would
// hide it from this program.
type witness struct {
	next  http.RoundTripper
	world *world
}

type refusableKey struct{}

// refusable marks requests of the clients that the stack is to refuse.
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

// judge: a user who does nothing wrong is throttled at most, or gets a key that another file of theirs has taken.
func (w *witness) judge(r *http.Request, status int, body []byte) {
	w.world.refusal(body)
	switch {
	case r.Context().Value(refusableKey{}) != nil:
	case status == http.StatusTooManyRequests, status == http.StatusPreconditionFailed:
		w.world.results.sentAgain.Add(1)
	default:
		w.world.results.wrong("an answer", fmt.Errorf("%s %s: got %d %.300s, want it done", r.Method, r.URL.Path, status, body))
	}
}

// refusal keeps the body of an answer that is no success. It is searched at the end, when the credentials of all functions
// are known: one that a function prints as it starts would be missed before.
func (w *world) refusal(body []byte) {
	w.results.refusals.Add(1)
	if _, err := w.log.Write(append(leaks.WithoutEcho(body), '\n')); err != nil {
		w.results.wrong("keep a refusal", err)
	}
}
