package cognito

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"math/big"
)

type initiateInput struct {
	AuthFlow, ClientId string
	AuthParameters     map[string]string
}

// authResponse answers every step of a sign-in.
type authResponse struct {
	AuthenticationResult *authResult       `json:",omitempty"`
	ChallengeName        string            `json:",omitempty"`
	ChallengeParameters  map[string]string // present even when empty, as on AWS
	Session              string            `json:",omitempty"`
}

// initiateAuth begins a sign-in, or goes on with one by its refresh token.
func (p *Pool) initiateAuth(in initiateInput) (any, error) {
	c, err := p.client(in.ClientId)
	if err != nil {
		return nil, err
	}
	switch in.AuthFlow {
	case "USER_SRP_AUTH":
		if !c.allows("ALLOW_USER_SRP_AUTH") {
			return nil, fail("InvalidParameterException", "USER_SRP_AUTH is not enabled for the client.")
		}
		return p.startSRP(c, in.AuthParameters)
	case "USER_PASSWORD_AUTH":
		if !c.allows("ALLOW_USER_PASSWORD_AUTH") {
			return nil, fail("InvalidParameterException", "USER_PASSWORD_AUTH flow not enabled for this client")
		}
		return p.signInWithPassword(c, in.AuthParameters)
	case "REFRESH_TOKEN_AUTH", "REFRESH_TOKEN":
		if !c.allows("ALLOW_REFRESH_TOKEN_AUTH") {
			return nil, fail("InvalidParameterException", "Auth flow not enabled for this client")
		}
		return p.signInWithRefreshToken(c, in.AuthParameters)
	case "":
		return nil, errMissing("AuthFlow")
	case "USER_AUTH", "CUSTOM_AUTH":
		return nil, fail("InvalidParameterException", "%s is not enabled for the client.", in.AuthFlow)
	default: // the ADMIN_* flows belong to AdminInitiateAuth
		return nil, fail("InvalidParameterException", "Initiate Auth method not supported.")
	}
}

// client finds an app client by the ID of a request.
func (p *Pool) client(id string) (*client, error) {
	if id == "" {
		return nil, errMissing("ClientId")
	}
	if c := p.clients[id]; c != nil {
		return c, nil
	}
	return nil, fail("ResourceNotFoundException", "User pool client %s does not exist.", id)
}

// checkSecretHash wants the proof that a request comes from somebody who holds the client's secret, if it has one.
// Clients differ in which of the user's names they hash, so several are tried.
// https://docs.aws.amazon.com/cognito/latest/developerguide/signing-up-users-in-your-app.html#cognito-user-pools-computing-secret-hash
func (c *client) checkSecretHash(hash string, usernames ...string) error {
	if c.secret == "" && hash == "" {
		return nil
	}
	if hash == "" {
		return fail("NotAuthorizedException", "Client %s is configured with secret but SECRET_HASH was not received", c.id)
	}
	if c.secret == "" {
		return fail("NotAuthorizedException", "Client %s is not configured with secret but SECRET_HASH was received", c.id)
	}
	for _, username := range usernames {
		mac := hmac.New(sha256.New, []byte(c.secret))
		mac.Write([]byte(username + c.id))
		if equal(base64.StdEncoding.EncodeToString(mac.Sum(nil)), hash) {
			return nil
		}
	}
	return fail("NotAuthorizedException", "Unable to verify secret hash for client %s", c.id)
}

func (p *Pool) signInWithPassword(c *client, params map[string]string) (any, error) {
	username, password := params["USERNAME"], params["PASSWORD"]
	if username == "" {
		return nil, errMissing("USERNAME")
	}
	if password == "" {
		return nil, errMissing("PASSWORD")
	}
	if err := c.checkSecretHash(params["SECRET_HASH"], username); err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	u, err := p.passwordProven(c, username, password)
	if err != nil {
		return nil, err
	}
	return p.proceed(c, u, passwordStep)
}

// passwordProven checks a username and a password. The caller holds the lock.
func (p *Pool) passwordProven(c *client, username, password string) (*user, error) {
	if err := p.checkLockout(username); err != nil {
		return nil, err
	}
	u := p.users[p.key(username)]
	if u == nil {
		srpVerifier("", username, password, big.NewInt(1)) // so that the answer takes as long as for a known user
		p.failed(username)
		if !c.hideUsers {
			return nil, errUserNotFound()
		}
		return nil, errBadCredentials()
	}
	if u.status == unconfirmed { // said before the password is looked at, as on AWS
		return nil, fail("UserNotConfirmedException", "User is not confirmed.")
	}
	if !u.credential.matches(p.settings.name(), u.username, password) {
		p.failed(username)
		return nil, errBadCredentials()
	}
	p.attempts.take(p.key(username), p.clock())
	return u, p.mayEnter(u)
}

// mayEnter looks at the user's state once the password is proven.
func (p *Pool) mayEnter(u *user) error {
	switch {
	case u.disabled:
		return fail("NotAuthorizedException", "User is disabled.")
	case u.status == unconfirmed:
		return fail("UserNotConfirmedException", "User is not confirmed.")
	case u.status == resetRequired:
		return fail("PasswordResetRequiredException", "Password reset required for the user")
	case u.status == forceChange && p.clock().After(u.temporaryUntil):
		return fail("NotAuthorizedException", "Temporary password has expired and must be reset by an administrator.")
	}
	return nil
}

func (p *Pool) signInWithRefreshToken(c *client, params map[string]string) (any, error) {
	token := params["REFRESH_TOKEN"]
	if token == "" {
		return nil, errMissing("REFRESH_TOKEN")
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	var names []string
	if g, ok := p.grants.get(token, p.clock()); ok {
		names = []string{g.user.username, g.user.sub}
	}
	if err := c.checkSecretHash(params["SECRET_HASH"], names...); err != nil {
		return nil, err
	}
	result, err := p.refreshed(c, token)
	if err != nil {
		return nil, err
	}
	return authResponse{AuthenticationResult: result, ChallengeParameters: map[string]string{}}, nil
}

func equal(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }
