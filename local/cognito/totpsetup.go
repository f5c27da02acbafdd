package cognito

type associateInput struct{ AccessToken, Session string }

// associateSoftwareToken makes a secret for an authenticator app, for a signed-in user or during MFA_SETUP.
func (p *Pool) associateSoftwareToken(in associateInput) (any, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.settings.mfa == "OFF" {
		return nil, errNoTOTP()
	}
	secret := p.newTOTPSecret()
	if in.Session != "" {
		s, err := p.setupSession(in.Session)
		if err != nil {
			return nil, err
		}
		s.done = true
		next := *s
		next.done, next.secret = false, secret
		return map[string]string{"SecretCode": secret, "Session": p.newSession(&next)}, nil
	}
	g, err := p.caller(in.AccessToken)
	if err != nil {
		return nil, err
	}
	g.user.totp.pending = secret
	return map[string]string{"SecretCode": secret}, nil
}

type verifyInput struct{ AccessToken, Session, UserCode, FriendlyDeviceName string }

// verifySoftwareToken wants the first code of an associated app.
func (p *Pool) verifySoftwareToken(in verifyInput) (any, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if in.UserCode == "" {
		return nil, errMissing("UserCode")
	}
	if in.Session != "" {
		return p.verifyInSession(in)
	}
	g, err := p.caller(in.AccessToken)
	if err != nil {
		return nil, err
	}
	if err := p.accept(g.user, g.user.totp.pending, in); err != nil {
		return nil, err
	}
	return map[string]string{"Status": "SUCCESS"}, nil
}

func (p *Pool) verifyInSession(in verifyInput) (any, error) {
	s, err := p.setupSession(in.Session)
	if err != nil {
		return nil, err
	}
	if err := p.accept(s.user, s.secret, in); err != nil {
		return nil, err
	}
	s.user.totp.enabled, s.user.totp.preferred = true, true
	s.done = true
	next := *s
	next.done = false
	return map[string]string{"Status": "SUCCESS", "Session": p.newSession(&next)}, nil
}

func (p *Pool) accept(u *user, secret string, in verifyInput) error {
	if secret == "" {
		return errNoTOTP()
	}
	if !p.codeIsRight(in.UserCode, secret) {
		return fail("EnableSoftwareTokenMFAException", "Code mismatch")
	}
	u.totp.secret, u.totp.pending, u.totp.device, u.totp.used = secret, "", in.FriendlyDeviceName, nil
	u.totp.use(in.UserCode, p.clock())
	return nil
}

func (p *Pool) setupSession(id string) (*session, error) {
	s, ok := p.sessions.get(id, p.clock())
	if !ok || s.challenge != "MFA_SETUP" {
		return nil, errBadSession()
	}
	if s.done {
		return nil, fail("NotAuthorizedException", "Invalid session for the user, session can only be used once.")
	}
	return s, nil
}

type mfaPreferenceInput struct {
	AccessToken              string
	SoftwareTokenMfaSettings *struct{ Enabled, PreferredMfa bool }
}

// setUserMFAPreference switches the second factor on or off for the caller.
func (p *Pool) setUserMFAPreference(in mfaPreferenceInput) (any, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	g, err := p.caller(in.AccessToken)
	if err != nil {
		return nil, err
	}
	if s := in.SoftwareTokenMfaSettings; s != nil {
		if s.Enabled && g.user.totp.secret == "" {
			return nil, fail("InvalidParameterException", "User has not verified software token mfa")
		}
		g.user.totp.enabled, g.user.totp.preferred = s.Enabled, s.Enabled && s.PreferredMfa
	}
	return struct{}{}, nil
}
