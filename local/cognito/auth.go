package cognito

import (
	"encoding/base64"
	"fmt"
	"math/big"
	"slices"
	"time"
)

// challengeLife is how long a challenge may take, by Cognito's default.
const challengeLife = 3 * time.Minute

// authResponse answers every step of a sign-in.
type authResponse struct {
	AuthenticationResult *authResult       `json:",omitempty"`
	ChallengeName        string            `json:",omitempty"`
	ChallengeParameters  map[string]string // present even when empty, as on AWS
	Session              string            `json:",omitempty"`
}

// initiateAuth starts a sign-in, or renews one by its refresh token.
func (p *Pool) initiateAuth(c *client, in input) (any, error) {
	if !slices.Contains(c.flows, "ALLOW_"+in.AuthFlow) {
		return nil, fail("InvalidParameterException", "%s flow not enabled for this client", in.AuthFlow)
	}
	switch in.AuthFlow {
	case "USER_SRP_AUTH":
		return p.startSRP(c, in.AuthParameters)
	case "USER_PASSWORD_AUTH":
		return p.signInWithPassword(c, in.AuthParameters)
	case "REFRESH_TOKEN_AUTH":
		return p.refresh(c, in.AuthParameters["REFRESH_TOKEN"])
	default:
		return nil, fail("InvalidParameterException", "%s flow is not modelled by the local run", in.AuthFlow)
	}
}

func (p *Pool) signInWithPassword(c *client, params map[string]string) (any, error) {
	if err := require(params, "USERNAME", "PASSWORD"); err != nil {
		return nil, err
	}
	u := p.users[key(params["USERNAME"])]
	if u == nil || srpVerifier(p.name(), u.username, params["PASSWORD"], u.salt).Cmp(u.verifier) != 0 {
		return nil, errBadCredentials()
	}
	return p.proceed(c, u, false)
}

// srpAttempt is a sign-in between its two messages.
type srpAttempt struct {
	client         *client
	user           *user  // nil: no such user, which the answers must not show
	userID         string // what the client hashes as its name
	a, b           *big.Int
	public         *big.Int
	salt, verifier *big.Int
}

// startSRP answers a client's value A with the PASSWORD_VERIFIER challenge. It has no Session: the client returns the
// secret block instead.
func (p *Pool) startSRP(c *client, params map[string]string) (any, error) {
	if err := require(params, "USERNAME", "SRP_A"); err != nil {
		return nil, err
	}
	a, err := parseSRPA(params["SRP_A"])
	if err != nil {
		return nil, err
	}
	attempt := srpAttempt{client: c, user: p.users[key(params["USERNAME"])], a: a, b: new(big.Int).SetBytes(random(32))}
	if u := attempt.user; u != nil {
		attempt.userID, attempt.salt, attempt.verifier = u.username, u.salt, u.verifier
	} else { // no password proves this; the challenge looks like any other
		attempt.userID = params["USERNAME"]
		attempt.salt, attempt.verifier = new(big.Int).SetBytes(random(16)), new(big.Int).SetBytes(random(383))
	}
	attempt.public = srpPublic(attempt.verifier, attempt.b)
	block := base64.StdEncoding.EncodeToString(random(256))
	p.srpAttempts.put(block, attempt, p.clock(), challengeLife)
	return authResponse{ChallengeName: "PASSWORD_VERIFIER", ChallengeParameters: map[string]string{
		"SALT": fmt.Sprintf("%x", attempt.salt), "SRP_B": fmt.Sprintf("%x", attempt.public), "SECRET_BLOCK": block,
		"USERNAME": attempt.userID, "USER_ID_FOR_SRP": attempt.userID,
	}}, nil
}

// finishSRP checks the proof. A secret block serves for one try, right or wrong.
func (p *Pool) finishSRP(c *client, params map[string]string) (any, error) {
	block := params["PASSWORD_CLAIM_SECRET_BLOCK"]
	attempt, ok := p.srpAttempts.get(block, p.clock())
	delete(p.srpAttempts, block)
	// Clients repeat the user ID of the challenge, or what the user typed.
	if !ok || attempt.client != c || key(params["USERNAME"]) != key(attempt.userID) || !attempt.proven(p.name(), params) ||
		attempt.user == nil {
		return nil, errBadCredentials()
	}
	return p.proceed(c, attempt.user, false)
}

// challenge waits for its answer.
type challenge struct {
	client *client
	user   *user
	name   string
}

// respondToAuthChallenge continues a sign-in. A session ends with a right answer only: a mistyped code, or a password
// that the policy refuses, may be tried again until the session expires.
func (p *Pool) respondToAuthChallenge(c *client, in input) (any, error) {
	if err := require(in.ChallengeResponses, "USERNAME"); err != nil {
		return nil, err
	}
	if in.ChallengeName == "PASSWORD_VERIFIER" {
		return p.finishSRP(c, in.ChallengeResponses)
	}
	asked, ok := p.challenges.get(in.Session, p.clock())
	if !ok || (challenge{c, p.users[key(in.ChallengeResponses["USERNAME"])], in.ChallengeName}) != asked {
		return nil, fail("NotAuthorizedException", "Invalid session for the user, session is expired.")
	}
	var err error
	if asked.name == "NEW_PASSWORD_REQUIRED" {
		err = p.changePassword(asked.user, in.ChallengeResponses["NEW_PASSWORD"])
	} else {
		err = asked.user.app.accept(in.ChallengeResponses["SOFTWARE_TOKEN_MFA_CODE"], p.clock())
	}
	if err != nil {
		return nil, err
	}
	delete(p.challenges, in.Session)
	return p.proceed(c, asked.user, asked.name == "SOFTWARE_TOKEN_MFA")
}

// proceed asks for what is missing after a step, or issues the tokens.
func (p *Pool) proceed(c *client, u *user, secondFactor bool) (any, error) {
	switch {
	case u.temporary:
		return p.ask(challenge{c, u, "NEW_PASSWORD_REQUIRED"}, map[string]string{"requiredAttributes": "[]", "userAttributes": "{}"}), nil
	case u.app.enabled && !secondFactor:
		return p.ask(challenge{c, u, "SOFTWARE_TOKEN_MFA"}, map[string]string{}), nil
	}
	result, err := p.issue(p.newSignIn(u, c))
	return authResponse{AuthenticationResult: result, ChallengeParameters: map[string]string{}}, err
}

func (p *Pool) ask(c challenge, params map[string]string) authResponse {
	params["USER_ID_FOR_SRP"] = c.user.username
	session := "AYABe" + base64.RawURLEncoding.EncodeToString(random(192))
	p.challenges.put(session, c, p.clock(), challengeLife)
	return authResponse{ChallengeName: c.name, ChallengeParameters: params, Session: session}
}
