package cognito

import "time"

// attempts counts the wrong passwords for one username since the last right one.
type attempts struct {
	failures    int
	lockedUntil time.Time
}

const (
	freeAttempts = 5                // wrong passwords before the first lockout
	longestLock  = 15 * time.Minute // and the pause after which failures are forgotten
)

// checkLockout refuses a sign-in while the username is locked. Such a refusal does not lengthen the lockout.
// https://docs.aws.amazon.com/cognito/latest/developerguide/authentication.html#authentication-flow-lockout-behavior
func (p *Pool) checkLockout(username string) error {
	a, ok := p.attempts.get(p.key(username), p.clock())
	if ok && p.clock().Before(a.lockedUntil) {
		return fail("NotAuthorizedException", "Password attempts exceeded")
	}
	return nil
}

// failed counts a wrong password: from the fifth on the username is locked for 1 s, 2 s, 4 s, at most 15 min. Names
// that do not exist are counted too: a lockout must not tell them apart.
func (p *Pool) failed(username string) {
	now := p.clock()
	a, ok := p.attempts.get(p.key(username), now)
	if !ok {
		a = &attempts{}
	}
	a.failures++
	if over := a.failures - freeAttempts; over >= 0 {
		a.lockedUntil = now.Add(min(time.Second<<min(over, 10), longestLock))
	}
	p.attempts.put(p.key(username), a, now, 2*longestLock)
}
