package cognito

import (
	"encoding/base64"
	"encoding/json"
	"maps"
	"strings"
)

// session is a challenge that waits for its answer.
type session struct {
	client    *client
	user      *user
	challenge string
	done      bool   // answered once
	secret    string // TOTP secret not yet verified, in MFA_SETUP
}

// What the user has shown so far in a sign-in.
type step int

const (
	passwordStep step = iota
	newPasswordStep
	mfaStep
)

type respondInput struct {
	ChallengeName, ClientId, Session string
	ChallengeResponses               map[string]string
}

// respondToAuthChallenge goes on with a sign-in.
func (p *Pool) respondToAuthChallenge(in respondInput) (any, error) {
	c, err := p.client(in.ClientId)
	if err != nil {
		return nil, err
	}
	switch in.ChallengeName {
	case "":
		return nil, errMissing("ChallengeName")
	case "PASSWORD_VERIFIER":
		return p.finishSRP(c, in.ChallengeResponses)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	s, err := p.session(c, in)
	if err != nil {
		return nil, err
	}
	done, err := p.answer(s, in.ChallengeResponses)
	if err != nil {
		return nil, err
	}
	return p.proceed(c, s.user, done)
}

// answer checks the answer to a challenge and says how far the sign-in has come. The caller holds the lock.
func (p *Pool) answer(s *session, answers map[string]string) (step, error) {
	switch s.challenge {
	case "NEW_PASSWORD_REQUIRED":
		return newPasswordStep, p.answerNewPassword(s, answers)
	case "SOFTWARE_TOKEN_MFA":
		return mfaStep, p.answerTOTP(s, answers)
	case "MFA_SETUP":
		return mfaStep, p.answerSetup(s)
	}
	return 0, fail("InvalidParameterException", "Challenge %s is not supported", s.challenge)
}

// session finds the challenge that a response answers. It is used up by a right answer only: a mistyped code or a
// password that the policy refuses may be tried again while the session lasts.
func (p *Pool) session(c *client, in respondInput) (*session, error) {
	username := in.ChallengeResponses["USERNAME"]
	if username == "" {
		return nil, errMissing("USERNAME")
	}
	if in.Session == "" {
		return nil, errMissing("Session")
	}
	s, ok := p.sessions.get(in.Session, p.clock())
	switch {
	case !ok || s.client != c || s.challenge != in.ChallengeName:
		return nil, fail("NotAuthorizedException", "Invalid session for the user, session is expired.")
	case s.done:
		return nil, fail("NotAuthorizedException", "Invalid session for the user, session can only be used once.")
	case p.key(username) != s.user.username || p.users[s.user.username] != s.user:
		return nil, errBadSession()
	}
	return s, c.checkSecretHash(in.ChallengeResponses["SECRET_HASH"], username)
}

// proceed asks for what is still missing after a step, or issues the tokens. The caller holds the lock.
func (p *Pool) proceed(c *client, u *user, done step) (any, error) {
	if missing, err := p.missing(c, u, done); missing != nil || err != nil {
		return missing, err
	}
	g := p.newGrant(u, c, userScope)
	result, err := p.tokens(g)
	if err != nil {
		return nil, err
	}
	result.RefreshToken = g.current
	return authResponse{AuthenticationResult: result, ChallengeParameters: map[string]string{}}, nil
}

// missing is the next challenge of a sign-in, nil if there is none.
func (p *Pool) missing(c *client, u *user, done step) (*authResponse, error) {
	switch {
	case u.status == forceChange:
		attributes, err := json.Marshal(u.attributes)
		return p.challenge(c, u, "NEW_PASSWORD_REQUIRED", map[string]string{
			"requiredAttributes": "[]", "userAttributes": string(attributes),
		}), err
	case done < mfaStep && p.wantsTOTP(u):
		return p.challenge(c, u, "SOFTWARE_TOKEN_MFA", map[string]string{"FRIENDLY_DEVICE_NAME": u.totp.device}), nil
	case done < mfaStep && p.settings.mfa == "ON":
		return p.challenge(c, u, "MFA_SETUP", map[string]string{"MFAS_CAN_SETUP": `["SOFTWARE_TOKEN_MFA"]`}), nil
	}
	return nil, nil
}

func (p *Pool) challenge(c *client, u *user, name string, params map[string]string) *authResponse {
	params["USER_ID_FOR_SRP"] = u.username
	id := p.newSession(&session{client: c, user: u, challenge: name})
	return &authResponse{ChallengeName: name, ChallengeParameters: params, Session: id}
}

func (p *Pool) newSession(s *session) string {
	id := "AYABe" + base64.RawURLEncoding.EncodeToString(p.random(192))
	p.sessions.put(id, s, p.clock(), s.client.session)
	return id
}

func (p *Pool) answerNewPassword(s *session, answers map[string]string) error {
	password := answers["NEW_PASSWORD"]
	if password == "" {
		return errMissing("NEW_PASSWORD")
	}
	var list []attribute
	for name, value := range answers {
		if name, ok := strings.CutPrefix(name, "userAttributes."); ok {
			list = append(list, attribute{name, value})
		}
	}
	attributes, err := s.client.attributeMap(list)
	if err != nil {
		return err
	}
	if err := p.changePassword(s.user, password); err != nil {
		return err
	}
	maps.Copy(s.user.attributes, attributes)
	s.done = true
	return nil
}
