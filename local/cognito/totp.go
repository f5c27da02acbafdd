package cognito

import (
	"encoding/base32"
	"time"

	"github.com/pquerna/otp/totp"
)

// authenticatorApp is what the pool keeps to check a user's one-time codes.
type authenticatorApp struct {
	secret   string // base32, "" before the first association
	verified bool   // the user has shown a code
	enabled  bool   // a sign-in asks for a code
	lastUsed int64  // the period of the last code that was accepted
}

// codePeriod is how long a code is shown, in seconds.
const codePeriod = 30

// accept checks a code of the present period or a neighbour (RFC 6238). A code serves once.
func (a *authenticatorApp) accept(code string, now time.Time) error {
	present := now.Unix() / codePeriod
	for period := present - 1; period <= present+1; period++ {
		want, err := totp.GenerateCode(a.secret, time.Unix(period*codePeriod, 0))
		if err != nil || code != want {
			continue
		}
		if period <= a.lastUsed {
			return fail("ExpiredCodeException", "Your software token has already been used once.")
		}
		a.lastUsed = period
		return nil
	}
	return fail("CodeMismatchException", "Invalid code received for user")
}

// associateSoftwareToken makes the secret of an authenticator app for a signed-in user.
func (p *Pool) associateSoftwareToken(u *user, _ input) (any, error) {
	u.app = authenticatorApp{secret: base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(random(32))} // as long as Cognito's
	return map[string]string{"SecretCode": u.app.secret}, nil
}

// verifySoftwareToken checks the first code of an associated app.
func (p *Pool) verifySoftwareToken(u *user, in input) (any, error) {
	if err := u.app.accept(in.UserCode, p.clock()); err != nil {
		return nil, fail("EnableSoftwareTokenMFAException", "Code mismatch")
	}
	u.app.verified = true
	return map[string]string{"Status": "SUCCESS"}, nil
}

// setUserMFAPreference turns the second factor on or off for the caller.
func (p *Pool) setUserMFAPreference(u *user, in input) (any, error) {
	if in.SoftwareTokenMfaSettings.Enabled && !u.app.verified {
		return nil, fail("InvalidParameterException", "User has not verified software token mfa")
	}
	u.app.enabled = in.SoftwareTokenMfaSettings.Enabled
	return struct{}{}, nil
}
