package client

import (
	"fmt"
	"sync"
	"time"

	"example.com/presigned/client/internal/retry"
)

// notice tells the person something, if anybody listens.
func (c *Client) notice(format string, args ...any) {
	if c.cfg.Notice != nil {
		c.cfg.Notice(fmt.Sprintf(format, args...))
	}
}

// Troubles that the second attempt gets over are not worth a word; of the others, one is told now and
// then: ten thousand files against a throttled endpoint would say the same ten thousand times.
const (
	troubleFrom  = 2 // failed attempts of one request
	troubleEvery = 5 * time.Second
)

// troubles counts those that were not told.
type troubles struct {
	mu     sync.Mutex
	told   time.Time
	untold int
}

// retry is the policy for one request, named for the notices.
func (c *Client) retry(what string) retry.Policy {
	return retry.Policy{Tries: c.cfg.Tries, First: c.cfg.FirstWait, Notify: func(attempt int, err error, wait time.Duration) {
		if more, tell := c.troubles.tell(attempt, c.cfg.Clock()); tell {
			c.notice("%s: %v; trying again in %s%s", what, err, wait.Round(time.Millisecond), more)
		}
	}}
}

func (t *troubles) tell(attempt int, now time.Time) (more string, tell bool) {
	if attempt < troubleFrom {
		return "", false
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if now.Sub(t.told) < troubleEvery {
		t.untold++
		return "", false
	}
	if t.untold > 0 {
		more = fmt.Sprintf(" (and %d more like it)", t.untold)
	}
	t.told, t.untold = now, 0
	return more, true
}
