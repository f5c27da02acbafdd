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
	secret  string // base32, "" before the first association
	pending string // associated, not yet verified
	device  string
	enabled bool
	used    map[string]time.Time // the codes accepted, with when: one code serves once (RFC 6238, 5.2)
}

// wantsTOTP says whether a sign-in asks for a code.
func (p *Pool) wantsTOTP(u *user) bool {
	return u.totp.secret != "" && (p.mfa == "ON" || p.mfa == "OPTIONAL" && u.totp.enabled)
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

func (p *Pool) answerTOTP(u *user, code string) error {
	if code == "" {
		return errMissing("SOFTWARE_TOKEN_MFA_CODE")
	}
	if !p.codeIsRight(code, u.totp.secret) {
		return fail("CodeMismatchException", "Invalid code received for user")
	}
	if !u.totp.use(code, p.clock()) {
		return fail("ExpiredCodeException", "Your software token has already been used once.")
	}
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

type totpInput struct {
	AccessToken, Session         string
	UserCode, FriendlyDeviceName string
	SoftwareTokenMfaSettings     struct{ Enabled bool }
}

// associateSoftwareToken makes a secret for an authenticator app, for a signed-in user or during MFA_SETUP.
func (p *Pool) associateSoftwareToken(in totpInput) (any, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.mfa == "OFF" {
		return nil, errNoTOTP()
	}
	secret := base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(random(32)) // as long as Cognito's
	if in.Session != "" {
		s, ok := p.sessions.take(in.Session, p.clock())
		if !ok || s.challenge != "MFA_SETUP" {
			return nil, errBadSession()
		}
		s.secret = secret
		return map[string]string{"SecretCode": secret, "Session": p.newSession(s)}, nil
	}
	g, err := p.caller(in.AccessToken)
	if err != nil {
		return nil, err
	}
	g.user.totp.pending = secret
	return map[string]string{"SecretCode": secret}, nil
}

// verifySoftwareToken checks the first code of an associated app.
func (p *Pool) verifySoftwareToken(in totpInput) (any, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if in.UserCode == "" {
		return nil, errMissing("UserCode")
	}
	answer := map[string]string{"Status": "SUCCESS"}
	if in.Session == "" {
		g, err := p.caller(in.AccessToken)
		if err != nil {
			return nil, err
		}
		return answer, p.accept(g.user, g.user.totp.pending, in)
	}
	s, ok := p.sessions.get(in.Session, p.clock())
	if !ok || s.challenge != "MFA_SETUP" {
		return nil, errBadSession()
	}
	if err := p.accept(s.user, s.secret, in); err != nil {
		return nil, err
	}
	s.user.totp.enabled = true
	p.sessions.take(in.Session, p.clock())
	answer["Session"] = p.newSession(s)
	return answer, nil
}

func (p *Pool) accept(u *user, secret string, in totpInput) error {
	if secret == "" {
		return errNoTOTP()
	}
	if !p.codeIsRight(in.UserCode, secret) {
		return fail("EnableSoftwareTokenMFAException", "Code mismatch")
	}
	u.totp = totpState{secret: secret, device: in.FriendlyDeviceName, enabled: u.totp.enabled}
	u.totp.use(in.UserCode, p.clock())
	return nil
}

// setUserMFAPreference switches the second factor on or off for the caller.
func (p *Pool) setUserMFAPreference(in totpInput) (any, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	g, err := p.caller(in.AccessToken)
	if err != nil {
		return nil, err
	}
	if in.SoftwareTokenMfaSettings.Enabled && g.user.totp.secret == "" {
		return nil, fail("InvalidParameterException", "User has not verified software token mfa")
	}
	g.user.totp.enabled = in.SoftwareTokenMfaSettings.Enabled
	return struct{}{}, nil
}

func errNoTOTP() *apiError {
	return fail("SoftwareTokenMFANotFoundException", "Software token TOTP multi-factor authentication is not enabled for the userPool.")
}
