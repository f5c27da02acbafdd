package cognito

import (
	"encoding/base32"
	"maps"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"
)

// totpState is a user's authenticator app.
type totpState struct {
	secret    string // base32, "" before the first association
	pending   string // associated, not yet verified
	device    string
	enabled   bool
	preferred bool
	used      map[string]time.Time // the codes accepted, with when: one code serves once (RFC 6238, 5.2)
}

// wantsTOTP says whether a sign-in asks for a code.
func (p *Pool) wantsTOTP(u *user) bool {
	return u.totp.secret != "" && (p.settings.mfa == "ON" || p.settings.mfa == "OPTIONAL" && u.totp.enabled)
}

// newTOTPSecret is as long as Cognito's: 32 bytes, 52 characters.
func (p *Pool) newTOTPSecret() string {
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(p.random(32))
}

const (
	totpPeriod = 30 // seconds that a code is shown
	totpSkew   = 1  // so many periods before and after the present one count too
)

// codeIsRight checks six digits of RFC 6238. The library forgives spaces around them; here a code has one spelling, or it
// could serve once in each.
func (p *Pool) codeIsRight(code, secret string) bool {
	ok, err := totp.ValidateCustom(code, secret, p.clock().UTC(), totp.ValidateOpts{
		Period: totpPeriod, Skew: totpSkew, Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1,
	})
	return err == nil && ok && len(code) == otp.DigitsSix.Length()
}

func (p *Pool) answerTOTP(s *session, answers map[string]string) error {
	code := answers["SOFTWARE_TOKEN_MFA_CODE"]
	if code == "" {
		return errMissing("SOFTWARE_TOKEN_MFA_CODE")
	}
	if !p.codeIsRight(code, s.user.totp.secret) {
		return fail("CodeMismatchException", "Invalid code received for user")
	}
	if !s.user.totp.use(code, p.clock()) {
		return fail("ExpiredCodeException", "Your software token has already been used once.")
	}
	s.done = true
	return nil
}

// use reports whether the code is used for the first time while it is right.
func (t *totpState) use(code string, now time.Time) bool {
	maps.DeleteFunc(t.used, func(_ string, when time.Time) bool {
		return now.Sub(when) > (2*totpSkew+1)*totpPeriod*time.Second
	})
	if _, before := t.used[code]; before {
		return false
	}
	if t.used == nil {
		t.used = map[string]time.Time{}
	}
	t.used[code] = now
	return true
}

// answerSetup ends MFA_SETUP; its session comes from VerifySoftwareToken.
func (p *Pool) answerSetup(s *session) error {
	if s.user.totp.secret == "" {
		return fail("InvalidParameterException", "User has not verified software token mfa")
	}
	s.done = true
	return nil
}

func errNoTOTP() *apiError {
	return fail("SoftwareTokenMFANotFoundException", "Software token TOTP multi-factor authentication is not enabled for the userPool.")
}
