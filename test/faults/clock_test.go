package faults

import (
	"testing"
	"time"

	"example.com/presigned/client"
)

const skew = 10 * time.Minute

// The client's clock may be wrong: it gets expiries in seconds from now, and asks the server for the rest.
func TestAClientWhoseClockIsWrongSeesNoDifference(t *testing.T) {
	for name, off := range map[string]time.Duration{"10 minutes slow": -skew, "10 minutes fast": skew} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			clock := func() time.Time { return time.Now().Add(off) }
			r := shared.rig(t, func(c *client.Config) { c.Clock = clock })
			pool := r.pool(clock)
			tokens, err := pool.SignIn(t.Context(), shared.Username, shared.Password, nil)
			if err != nil {
				t.Fatal(err)
			}
			if life := tokens.ExpiresAt.Sub(clock()); life < 59*time.Minute || life > time.Hour {
				t.Errorf("the token is good for %s by the client's clock, want an hour", life)
			}
			if _, err := pool.Refresh(t.Context(), tokens.RefreshToken); err != nil {
				t.Error(err)
			}
			r.roundTrip()
		})
	}
}
