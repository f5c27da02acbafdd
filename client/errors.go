package client

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"example.com/presigned/client/internal/retry"
	"example.com/presigned/client/internal/wire"
)

// Error types for errors.As.
type (
	// Refusal is a refusal by the endpoint or by S3: status, stable code, and a sentence.
	Refusal = wire.Refusal
	// Broken is a request that got no complete answer.
	Broken = wire.Broken
)

// Errors for errors.Is.
var (
	ErrChanged     = errors.New("the file changed while it was read")
	ErrTooLarge    = errors.New("too large for this stack")
	ErrCorrupt     = errors.New("the checksum does not match")
	ErrUnsure      = errors.New("whether S3 has stored the content is not known")
	ErrNoObject    = errors.New("no such object, or none that may be read")
	ErrNoDownloads = errors.New("this stack offers no downloads")
	ErrNoDeletion  = errors.New("this stack offers no deletion")
	ErrNoMultipart = errors.New("this stack offers no multipart uploads")
)

// ProxyRefused reports that a proxy between this machine and the stack asks for a password.
func ProxyRefused(err error) bool { return wire.ProxyRefused(err) }

// notEnabled reports that the stack's stage leaves the operation out.
func notEnabled(err error) bool { return wire.HasCode(err, "OperationNotEnabled") }

// tooLarge reports the received and the allowed size.
func tooLarge(got, allowed int64) error {
	return fmt.Errorf("%w: got %d bytes, at most %d are allowed", ErrTooLarge, got, allowed)
}

// annotate adds what failed, and the name of the file or the key, to an error. A *Resumable has both already.
func annotate(err *error, what, name string) {
	if _, ok := errors.AsType[*Resumable](*err); *err != nil && !ok {
		*err = fmt.Errorf("%s %q: %w", what, name, *err)
	}
}

// notice passes a sentence to the caller's Notice, if there is one.
func (c *Client) notice(format string, args ...any) {
	if c.cfg.Notice != nil {
		c.cfg.Notice(fmt.Sprintf(format, args...))
	}
}

// A request that succeeds at the second attempt is not reported. Of the other failures, one is reported every few seconds,
// because ten thousand files at a throttled endpoint would all report the same.
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

func (f *failures) report(attempt int, now time.Time) (more string, ok bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case attempt < reportFrom:
		return "", false
	case now.Sub(f.reported) < reportEvery:
		f.unreported++
		return "", false
	case f.unreported > 0:
		more = fmt.Sprintf(" (and %d more like it)", f.unreported)
	}
	f.reported, f.unreported = now, 0
	return more, true
}
