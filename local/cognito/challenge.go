package cognito

import "encoding/base64"

// session is a challenge that waits for its answer.
type session struct {
	client    *client
	user      *user
	challenge string
	secret    string // TOTP secret not yet verified, in MFA_SETUP
}

type respondInput struct {
	ChallengeName, ClientId, Session string
	ChallengeResponses               map[string]string
}

// respondToAuthChallenge continues a sign-in. A session is used up by a right answer only: a mistyped code or a
// password that the policy refuses may be tried again while the session lasts.
func (p *Pool) respondToAuthChallenge(in respondInput) (any, error) {
	c, err := p.client(in.ClientId)
	if err != nil {
		return nil, err
	}
	if in.ChallengeName == "PASSWORD_VERIFIER" {
		return p.finishSRP(c, in.ChallengeResponses)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	s, err := p.session(c, in)
	if err != nil {
		return nil, err
	}
	secondFactor := true
	switch s.challenge {
	case "NEW_PASSWORD_REQUIRED":
		secondFactor, err = false, p.answerNewPassword(s.user, in.ChallengeResponses["NEW_PASSWORD"])
	case "SOFTWARE_TOKEN_MFA":
		err = p.answerTOTP(s.user, in.ChallengeResponses["SOFTWARE_TOKEN_MFA_CODE"])
	case "MFA_SETUP":
		if s.user.totp.secret == "" { // VerifySoftwareToken sets it
			err = fail("InvalidParameterException", "User has not verified software token mfa")
		}
	}
	if err != nil {
		return nil, err
	}
	p.sessions.take(in.Session, p.clock())
	return p.proceed(c, s.user, secondFactor)
}

// session finds the challenge that a response answers.
func (p *Pool) session(c *client, in respondInput) (*session, error) {
	username := in.ChallengeResponses["USERNAME"]
	if username == "" {
		return nil, errMissing("USERNAME")
	}
	s, ok := p.sessions.get(in.Session, p.clock())
	switch {
	case in.Session == "":
		return nil, errMissing("Session")
	case !ok || s.client != c || s.challenge != in.ChallengeName:
		return nil, fail("NotAuthorizedException", "Invalid session for the user, session is expired.")
	case key(username) != s.user.username || p.users[s.user.username] != s.user:
		return nil, errBadSession()
	}
	return s, nil
}

// proceed asks for what is still missing after a step, or issues the tokens. The caller holds the lock.
func (p *Pool) proceed(c *client, u *user, secondFactor bool) (any, error) {
	switch {
	case u.status == forceChange:
		return p.challenge(c, u, "NEW_PASSWORD_REQUIRED", map[string]string{"requiredAttributes": "[]", "userAttributes": "{}"}), nil
	case !secondFactor && p.wantsTOTP(u):
		return p.challenge(c, u, "SOFTWARE_TOKEN_MFA", map[string]string{"FRIENDLY_DEVICE_NAME": u.totp.device}), nil
	case !secondFactor && p.mfa == "ON":
		return p.challenge(c, u, "MFA_SETUP", map[string]string{"MFAS_CAN_SETUP": `["SOFTWARE_TOKEN_MFA"]`}), nil
	}
	g := p.newGrant(u, c)
	result, err := p.tokens(g)
	if err == nil {
		result.RefreshToken = g.refreshToken
	}
	return signedIn(result, err)
}

func (p *Pool) challenge(c *client, u *user, name string, params map[string]string) *authResponse {
	params["USER_ID_FOR_SRP"] = u.username
	id := p.newSession(&session{client: c, user: u, challenge: name})
	return &authResponse{ChallengeName: name, ChallengeParameters: params, Session: id}
}

func (p *Pool) newSession(s *session) string {
	id := "AYABe" + base64.RawURLEncoding.EncodeToString(random(192))
	p.sessions.put(id, s, p.clock(), sessionLife)
	return id
}

func (p *Pool) answerNewPassword(u *user, password string) error {
	if password == "" {
		return errMissing("NEW_PASSWORD")
	}
	return p.changePassword(u, password)
}
