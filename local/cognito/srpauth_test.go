package cognito

import (
	"strings"
	"testing"
	"time"
)

func TestSRPSignInGivesTokens(t *testing.T) {
	f := serve(t, resources())
	out, err := f.srp("JohnDoe", johnsPassword, nil) // the pool ignores case
	if err != nil {
		t.Fatal(err)
	}
	r := out.AuthenticationResult
	if r.ExpiresIn != 900 || *r.TokenType != "Bearer" || strings.Count(*r.RefreshToken, ".") != 4 {
		t.Errorf("got expires in %d, type %q, refresh token %q", r.ExpiresIn, *r.TokenType, *r.RefreshToken)
	}
	if got := f.claims(r.AccessToken)["username"]; got != "johndoe" {
		t.Errorf("got username %v, want johndoe", got)
	}
}

func TestSRPProofsThatAreWrongAreRefused(t *testing.T) {
	put := func(name, value string) func(map[string]string) {
		return func(m map[string]string) { m[name] = value }
	}
	for _, tt := range []struct {
		name, username, password string
		change                   func(map[string]string)
		want                     string
	}{
		{"wrong password", "johndoe", "Wrong-horse-1", nil, badCredentials},
		{"unknown user", "nobody", johnsPassword, nil, badCredentials},
		{"another's proof", "johndoe", johnsPassword, put("USERNAME", "jane"), badCredentials},
		{"no signature", "johndoe", johnsPassword, put("PASSWORD_CLAIM_SIGNATURE", "AAAA"), badCredentials},
		{"another secret block", "johndoe", johnsPassword, put("PASSWORD_CLAIM_SECRET_BLOCK", "AAAA"), badCredentials},
		{"another time", "johndoe", johnsPassword, put("TIMESTAMP", "Wed Mar 4 05:06:08 UTC 2026"), badCredentials},
		{"no English time", "johndoe", johnsPassword, put("TIMESTAMP", "Mi Mär 4 05:06:07 UTC 2026"), "InvalidParameterException: TIMESTAMP format"},
		{"no time", "johndoe", johnsPassword, put("TIMESTAMP", ""), "InvalidParameterException: Missing required parameter TIMESTAMP"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := serve(t, resources())
			f.add("jane", UserOptions{})
			_, err := f.srp(tt.username, tt.password, tt.change)
			wantError(t, tt.name, err, tt.want)
		})
	}
}

func TestATimestampOfAnotherFormIsHashedInItsOwn(t *testing.T) {
	f := serve(t, resources())
	c := newSRPClient()
	first, err := f.initiate("USER_SRP_AUTH", map[string]string{"USERNAME": "johndoe", "SRP_A": c.public.Text(16)})
	if err != nil {
		t.Fatal(err)
	}
	// A client that writes "Mar 04" and hashes that is refused by AWS as a wrong password.
	proof := c.prove(f.pool.name(), johnsPassword, "Wed Mar 04 05:06:07 UTC 2026", first.ChallengeParameters)
	_, err = f.respond("PASSWORD_VERIFIER", nil, proof)
	wantError(t, "leading zero", err, badCredentials)
}

func TestAProofIsFreshByTheServersClock(t *testing.T) {
	f := serve(t, resources())
	for off, want := range map[time.Duration]string{
		-5*time.Minute - time.Second: badCredentials, -5 * time.Minute: "", 5 * time.Minute: "", 5*time.Minute + time.Second: badCredentials,
	} {
		c := newSRPClient()
		first, err := f.initiate("USER_SRP_AUTH", map[string]string{"USERNAME": "johndoe", "SRP_A": c.public.Text(16)})
		if err != nil {
			t.Fatal(err)
		}
		at := f.now.Add(off).Format(srpTime)
		_, err = f.respond("PASSWORD_VERIFIER", nil, c.prove(f.pool.name(), johnsPassword, at, first.ChallengeParameters))
		wantError(t, "off by "+off.String(), err, want)
	}
}

func TestTheUserOfAProofIsTheUserOfTheChallenge(t *testing.T) {
	f := serve(t, resources())
	_, err := f.srp("johndoe", johnsPassword, func(m map[string]string) { m["USERNAME"] = "jane" })
	wantError(t, "another name", err, badCredentials)
	_, err = f.srp("johndoe", johnsPassword, func(m map[string]string) { m["USERNAME"] = "JohnDoe" })
	wantError(t, "the name as typed", err, "")
	_, err = f.srp("johndoe", johnsPassword, func(map[string]string) {
		if err := f.pool.changePassword(f.pool.users["johndoe"], "Better-horse-22"); err != nil {
			t.Fatal(err)
		}
	})
	wantError(t, "password changed meanwhile", err, badCredentials)
}

func TestASecretBlockServesOnceAndForThreeMinutes(t *testing.T) {
	f := serve(t, resources())
	var used map[string]string
	if _, err := f.srp("johndoe", johnsPassword, func(m map[string]string) { used = m }); err != nil {
		t.Fatal(err)
	}
	_, err := f.respond("PASSWORD_VERIFIER", nil, used)
	wantError(t, "again", err, badCredentials)
	_, err = f.srp("johndoe", johnsPassword, func(map[string]string) { f.pass(3 * time.Minute) })
	wantError(t, "late", err, badCredentials)
}
