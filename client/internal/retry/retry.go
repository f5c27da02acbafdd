// Package retry tries an operation again when trying again can help: exponential backoff with full
// jitter, never sooner than a Retry-After asked for. The loop is github.com/cenkalti/backoff; what is
// ours is the question which errors deserve another try, and every error answers it by itself.
//
// Only this module may import it. It knows neither S3 nor the endpoint.
package retry

import (
	"cmp"
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"github.com/cenkalti/backoff/v5"
)

// Policy says how often and how patiently.
type Policy struct {
	Tries   int           // attempts in all, the first one included; 0: DefaultTries
	First   time.Duration // mean of the first wait; 0: DefaultFirst
	Longest time.Duration // mean of the longest wait, and the bound on an obeyed Retry-After before its jitter; 0: DefaultLongest

	// Notify hears of every failed attempt that is followed by another, the first being 1. May be nil.
	Notify func(attempt int, err error, wait time.Duration)
}

// With these an operation gives up after a mean of 25 s of waiting: long enough for a router to restart
// or a throttled API to recover, short enough for a person to see that the network is really gone.
const (
	DefaultTries   = 9
	DefaultFirst   = 100 * time.Millisecond
	DefaultLongest = 10 * time.Second
)

// Hopeful is an error that knows whether another attempt may succeed, and how long the other side asked
// to be left alone (0: no wish).
type Hopeful interface {
	error
	Again() (again bool, after time.Duration)
}

// again marks an error that the operation itself has found worth another attempt.
type again struct{ error }

func (a again) Unwrap() error                { return a.error }
func (a again) Again() (bool, time.Duration) { return true, 0 }

// Again marks an error as worth another attempt, whatever it says of itself.
func Again(err error) error { return again{err} }

// spent marks an error that has had all its tries: one operation may be a step of another that is tried
// again, and tries must not multiply.
type spent struct{ error }

func (s spent) Unwrap() error                { return s.error }
func (s spent) Again() (bool, time.Duration) { return false, 0 }

// Do runs the operation until it succeeds, fails for good, or the tries are used up; then it returns
// the last error as the operation made it.
func Do[T any](ctx context.Context, p Policy, op func() (T, error)) (T, error) {
	var last error
	result, err := backoff.Retry(ctx, func() (T, error) {
		var result T
		result, last = op()
		return result, p.translate(last)
	}, p.options(&last)...)
	if err == nil {
		return result, nil
	}
	if ctx.Err() != nil {
		return result, context.Cause(ctx)
	}
	if mark, ok := last.(again); ok { //nolint:errorlint // only the mark that the operation put on itself
		last = mark.error
	}
	return result, spent{last}
}

func (p Policy) options(last *error) []backoff.RetryOption {
	waits := backoff.NewExponentialBackOff()
	waits.InitialInterval = cmp.Or(p.First, DefaultFirst)
	waits.MaxInterval = cmp.Or(p.Longest, DefaultLongest)
	waits.Multiplier = 2
	waits.RandomizationFactor = 1 // full jitter: anything from 0 to twice the mean
	attempt := 0
	notify := func(_ error, wait time.Duration) {
		if attempt++; p.Notify != nil {
			p.Notify(attempt, *last, wait)
		}
	}
	return []backoff.RetryOption{
		backoff.WithBackOff(waits),
		backoff.WithMaxTries(uint(cmp.Or(p.Tries, DefaultTries))),
		backoff.WithMaxElapsedTime(0), // the tries are the bound: one part may take an hour
		backoff.WithNotify(notify),
	}
}

// translate says the error's own wish in the library's words.
func (p Policy) translate(err error) error {
	if err == nil {
		return nil
	}
	var h Hopeful
	if !errors.As(err, &h) {
		return backoff.Permanent(err)
	}
	ok, after := h.Again()
	switch {
	case !ok:
		return backoff.Permanent(err)
	case after > 0:
		after = min(after, cmp.Or(p.Longest, DefaultLongest))
		// Everybody who was told the same must not come back at the same moment.
		return &backoff.RetryAfterError{Duration: after + rand.N(after/2+1)} //nolint:gosec // no secret rests on it
	default:
		return errors.New("try again") // without the cause: it may hold a RetryAfterError or PermanentError of its own
	}
}
