package cognito

import (
	"encoding/base32"

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
	last      string // the code accepted last: one code serves once
}

// wantsTOTP says whether a sign-in asks for a code.
func (p *Pool) wantsTOTP(u *user) bool {
	return u.totp.secret != "" && (p.settings.mfa == "ON" || p.settings.mfa == "OPTIONAL" && u.totp.enabled)
}

// newTOTPSecret is as long as Cognito's: 32 bytes, 52 characters.
func (p *Pool) newTOTPSecret() string {
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(p.random(32))
}

// codeIsRight checks six digits of RFC 6238; the steps of 30 s before and after the present one count too.
func (p *Pool) codeIsRight(code, secret string) bool {
	ok, err := totp.ValidateCustom(code, secret, p.clock().UTC(), totp.ValidateOpts{
		Period: 30, Skew: 1, Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1,
	})
	return err == nil && ok
}

func (p *Pool) answerTOTP(s *session, answers map[string]string) error {
	code := answers["SOFTWARE_TOKEN_MFA_CODE"]
	if code == "" {
		return errMissing("SOFTWARE_TOKEN_MFA_CODE")
	}
	if !p.codeIsRight(code, s.user.totp.secret) {
		return fail("CodeMismatchException", "Invalid code received for user")
	}
	if code == s.user.totp.last {
		return fail("ExpiredCodeException", "Your software token has already been used once.")
	}
	s.user.totp.last, s.done = code, true
	return nil
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
