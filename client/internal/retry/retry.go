// Package retry tries an operation again if that can help: exponential backoff with full jitter, and never before the
// time of a Retry-After header. Each error says whether another attempt can help.
//
// Only this module may import it. It knows neither S3 nor the endpoint.
package retry

import (
	"cmp"
	"context"
	"errors"
	"math/rand/v2"
	"time"
)

// Policy says how often to try, and how long to wait.
type Policy struct {
	Tries int           // attempts in all, the first one included; 0: DefaultTries
	First time.Duration // mean of the first wait; 0: DefaultFirst

	// Notify is called after every failed attempt that is followed by another, the first being 1. May be nil.
	Notify func(attempt int, err error, wait time.Duration)
}

// With these an operation gives up after 23 s of waiting on average. That is long enough for a router to restart or a
// throttled API to recover, and short enough for a person to see that the network is down.
const (
	DefaultTries = 9
	DefaultFirst = 100 * time.Millisecond

	Longest = 10 * time.Second // mean of the longest wait, and bound of a Retry-After, both before jitter
)

// Retryable is an error that knows whether another attempt may succeed, and how long the other side asked
// to wait (0: it did not ask).
type Retryable interface {
	error
	Again() (again bool, after time.Duration)
}

// marked is an error whose answer to Retryable is fixed.
type marked struct {
	error
	again bool
}

func (m marked) Unwrap() error                { return m.error }
func (m marked) Again() (bool, time.Duration) { return m.again, 0 }

// Again marks an error as worth another attempt, whatever it says of itself.
func Again(err error) error { return marked{err, true} }

// Do runs the operation until it succeeds, another attempt can't help, or the tries are used up. Then it returns the last
// error, marked as final: if the operation is a step of another, the tries do not multiply.
func Do[T any](ctx context.Context, p Policy, op func() (T, error)) (T, error) {
	mean := cmp.Or(p.First, DefaultFirst)
	for attempt := 1; ; attempt++ {
		result, err := op()
		if err == nil {
			return result, nil
		}
		if ctx.Err() != nil {
			return result, context.Cause(ctx)
		}
		again, after := false, time.Duration(0)
		if r, ok := errors.AsType[Retryable](err); ok {
			again, after = r.Again()
		}
		if m, ok := err.(marked); ok { //nolint:errorlint // only the mark that the operation itself has set
			err = m.error
		}
		if !again || attempt >= cmp.Or(p.Tries, DefaultTries) {
			return result, marked{err, false}
		}
		wait := rand.N(2 * mean) //nolint:gosec // it is not a secret
		if after > 0 {
			after = min(after, Longest)
			wait = after + rand.N(after/2+1) //nolint:gosec // not a secret: it spreads the clients over time
		}
		if p.Notify != nil {
			p.Notify(attempt, err, wait)
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return result, context.Cause(ctx)
		}
		mean = min(2*mean, Longest)
	}
}
