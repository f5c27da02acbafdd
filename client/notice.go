package client

import (
	"fmt"
	"sync"
	"time"

	"example.com/presigned/client/internal/retry"
)

// notice passes a sentence to the caller's Notice, if there is one.
func (c *Client) notice(format string, args ...any) {
	if c.cfg.Notice != nil {
		c.cfg.Notice(fmt.Sprintf(format, args...))
	}
}

// A failure that the second attempt overcomes is not reported. Of the others one is reported every few
// seconds, because ten thousand files against a throttled endpoint would all say the same.
const (
	reportFrom  = 2 // failed attempts of one request
	reportEvery = 5 * time.Second
)

// failures counts those that were not reported.
type failures struct {
	mu         sync.Mutex
	reported   time.Time
	unreported int
}

// retry is the policy for one request, named for the notices.
func (c *Client) retry(what string) retry.Policy {
	return retry.Policy{Tries: c.cfg.Tries, First: c.cfg.FirstWait, Notify: func(attempt int, err error, wait time.Duration) {
		if more, ok := c.failures.report(attempt, c.cfg.Clock()); ok {
			c.notice("%s: %v; trying again in %s%s", what, err, wait.Round(time.Millisecond), more)
		}
	}}
}

func (t *failures) report(attempt int, now time.Time) (more string, ok bool) {
	if attempt < reportFrom {
		return "", false
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if now.Sub(t.reported) < reportEvery {
		t.unreported++
		return "", false
	}
	if t.unreported > 0 {
		more = fmt.Sprintf(" (and %d more like it)", t.unreported)
	}
	t.reported, t.unreported = now, 0
	return more, true
}
