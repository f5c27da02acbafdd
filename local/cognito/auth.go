package cognito

import (
	"crypto/subtle"
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

func signedIn(result *authResult, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	return authResponse{AuthenticationResult: result, ChallengeParameters: map[string]string{}}, nil
}

// initiateAuth starts a sign-in, or renews one by its refresh token.
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
		return p.refresh(c, in.AuthParameters["REFRESH_TOKEN"])
	default:
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

func (p *Pool) signInWithPassword(c *client, params map[string]string) (any, error) {
	username, password := params["USERNAME"], params["PASSWORD"]
	if username == "" {
		return nil, errMissing("USERNAME")
	}
	if password == "" {
		return nil, errMissing("PASSWORD")
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	u := p.users[key(username)]
	if u == nil {
		srpVerifier("", username, password, big.NewInt(1)) // so that the answer takes as long as for a known user
		return nil, errBadCredentials()
	}
	if !u.credential.matches(p.name(), u.username, password) {
		return nil, errBadCredentials()
	}
	return p.enter(c, u)
}

// enter looks at the user's state once the password is proven. The caller holds the lock.
func (p *Pool) enter(c *client, u *user) (any, error) {
	switch {
	case u.disabled:
		return nil, fail("NotAuthorizedException", "User is disabled.")
	case u.status == forceChange && p.clock().After(u.temporaryUntil):
		return nil, fail("NotAuthorizedException", "Temporary password has expired and must be reset by an administrator.")
	}
	return p.proceed(c, u, false)
}

// refresh exchanges a refresh token for new tokens.
func (p *Pool) refresh(c *client, token string) (any, error) {
	if token == "" {
		return nil, errMissing("REFRESH_TOKEN")
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.clock()
	g, ok := p.grants.get(token, now)
	switch {
	case !ok || g.client != c:
		return nil, fail("NotAuthorizedException", "Invalid Refresh Token")
	case g.revoked:
		return nil, fail("NotAuthorizedException", "Refresh Token has been revoked")
	case !now.Before(g.expires):
		return nil, fail("NotAuthorizedException", "Refresh Token has expired")
	}
	return signedIn(p.tokens(g))
}

type getTokensInput struct{ RefreshToken, ClientId string }

// getTokensFromRefreshToken is what Amplify refreshes with.
// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_GetTokensFromRefreshToken.html
func (p *Pool) getTokensFromRefreshToken(in getTokensInput) (any, error) {
	c, err := p.client(in.ClientId)
	if err != nil {
		return nil, err
	}
	return p.refresh(c, in.RefreshToken)
}

type revokeInput struct{ Token, ClientId string }

// revokeToken ends the sign-in of a refresh token. It does not say whether there was such a token (RFC 7009, 2.2).
func (p *Pool) revokeToken(in revokeInput) (any, error) {
	c := p.clients[in.ClientId]
	switch {
	case in.Token == "":
		return nil, errMissing("Token")
	case c == nil || c.secret != "":
		return nil, fail("UnauthorizedException", "Invalid client")
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if g, ok := p.grants.get(in.Token, p.clock()); ok && g.client == c {
		g.revoked = true
	}
	return struct{}{}, nil
}

type tokenInput struct{ AccessToken string }

func (p *Pool) globalSignOut(in tokenInput) (any, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	g, err := p.caller(in.AccessToken)
	if err != nil {
		return nil, err
	}
	p.signOut(g.user)
	return struct{}{}, nil
}

func equal(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }
