package retry

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"
)

// later is a Retryable.
type later struct{ after time.Duration }

func (l later) Error() string                { return "later" }
func (l later) Again() (bool, time.Duration) { return true, l.after }

var errNever = errors.New("never")

// failing fails so many times with the error, and counts.
func failing(times int, err error, calls *int) func() (int, error) {
	return func() (int, error) {
		if *calls++; *calls <= times {
			return 0, err
		}
		return 42, nil
	}
}

func TestOnlyARetryableErrorIsTriedAgain(t *testing.T) {
	tests := map[string]struct {
		err   error
		times int
		calls int
		ok    bool
	}{
		"success":                 {nil, 0, 1, true},
		"retryable":               {later{}, 3, 4, true},
		"retryable, wrapped":      {fmt.Errorf("part 7: %w", later{}), 1, 2, true},
		"marked as retryable":     {Again(errNever), 2, 3, true},
		"not retryable":           {errNever, 1, 1, false},
		"tries used up":           {later{}, 100, DefaultTries, false},
		"tries of a step used up": {marked{later{}, false}, 1, 1, false},
	}
	for name, test := range tests {
		synctest.Test(t, func(t *testing.T) {
			calls := 0
			got, err := Do(t.Context(), Policy{}, failing(test.times, test.err, &calls))
			if calls != test.calls || (err == nil) != test.ok || test.ok && got != 42 {
				t.Errorf("%s: got %d, %v after %d calls, want %d", name, got, err, calls, test.calls)
			}
			if !test.ok && !errors.Is(err, test.err) {
				t.Errorf("%s: got %v, want the operation's own error", name, err)
			}
		})
	}
}

func TestWaitsGrowWithFullJitterAndStayBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var waits []time.Duration
		calls := 0
		p := Policy{Tries: 12, First: 100 * time.Millisecond, Notify: func(_ int, _ error, wait time.Duration) { waits = append(waits, wait) }}
		_, _ = Do(t.Context(), p, failing(100, later{}, &calls))
		for i, wait := range waits {
			if most := min(200*time.Millisecond<<i, 2*Longest) + time.Millisecond; wait < 0 || wait > most {
				t.Errorf("wait %d: got %s, want 0 to %s", i, wait, most)
			}
		}
		if len(waits) != 11 || waits[9] == waits[10] {
			t.Errorf("got waits %v, want eleven at random", waits)
		}
	})
}

func TestRetryAfterIsObeyedWithinReason(t *testing.T) {
	for asked, want := range map[time.Duration]time.Duration{3 * time.Second: 3 * time.Second, time.Hour: Longest} {
		synctest.Test(t, func(t *testing.T) {
			began, calls := time.Now(), 0
			if _, err := Do(t.Context(), Policy{}, failing(1, later{asked}, &calls)); err != nil {
				t.Error(err)
			}
			if got := time.Since(began); got < want || got > want*3/2+time.Millisecond {
				t.Errorf("asked for %s: waited %s, want %s and up to half as much more", asked, got, want)
			}
		})
	}
}

func TestAnEndedContextEndsTheWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stop := errors.New("stop")
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(time.Second, func() { cancel(stop) })
		calls := 0
		_, err := Do(ctx, Policy{Tries: 1000, First: time.Minute}, failing(1000, later{}, &calls))
		if !errors.Is(err, stop) || calls > 2 {
			t.Errorf("got %v after %d calls, want the cause of the end", err, calls)
		}
	})
}
