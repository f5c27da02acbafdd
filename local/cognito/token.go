package cognito

import (
	"encoding/base64"
	"maps"
	"time"

	"github.com/google/uuid"
)

// userScope is the one scope of a sign-in through the API: it allows the operations on the user's own account.
const userScope = "aws.cognito.signin.user.admin"

// signIn is what a refresh token stands for.
type signIn struct {
	id           string // origin_jti
	eventID      string
	user         *user
	client       *client
	authTime     time.Time
	refreshToken string
}

// authResult is the API's AuthenticationResult.
type authResult struct {
	AccessToken, IdToken string
	ExpiresIn            int
	RefreshToken         string `json:",omitempty"`
	TokenType            string
}

func (p *Pool) newSignIn(u *user, c *client) *signIn {
	now := p.clock()
	s := &signIn{
		id: uuid.NewString(), eventID: uuid.NewString(), user: u, client: c, authTime: now,
		refreshToken: base64.RawURLEncoding.EncodeToString(random(640)), // about as long as Cognito's
	}
	p.refreshTokens.put(s.refreshToken, s, now, c.refreshLife)
	return s
}

// issue issues the tokens of a sign-in.
func (p *Pool) issue(s *signIn) (*authResult, error) {
	now := p.clock()
	access, err := p.keys.access().Sign(s.claims(p.issuer, now, s.client.accessLife, map[string]any{
		"token_use": "access", "client_id": s.client.id, "username": s.user.username, "scope": userScope,
	}))
	if err != nil {
		return nil, err
	}
	p.accessTokens.put(access, s, now, s.client.accessLife)
	id, err := p.keys.id().Sign(s.claims(p.issuer, now, s.client.idLife, map[string]any{
		"token_use": "id", "aud": s.client.id, "cognito:username": s.user.username,
	}))
	return &authResult{
		AccessToken: access, IdToken: id, ExpiresIn: int(s.client.accessLife.Seconds()), RefreshToken: s.refreshToken, TokenType: "Bearer",
	}, err
}

// claims are those that both tokens have, and more.
func (s *signIn) claims(issuer string, now time.Time, life time.Duration, more map[string]any) map[string]any {
	claims := map[string]any{
		"sub": s.user.sub, "iss": issuer, "event_id": s.eventID, "origin_jti": s.id, "jti": uuid.NewString(),
		"auth_time": s.authTime.Unix(), "iat": now.Unix(), "exp": now.Add(life).Unix(),
	}
	maps.Copy(claims, more)
	return claims
}

// refresh exchanges a refresh token for new tokens. The refresh token itself stays the same.
func (p *Pool) refresh(c *client, token string) (any, error) {
	s, ok := p.refreshTokens.get(token, p.clock())
	if !ok || s.client != c {
		return nil, fail("NotAuthorizedException", "Invalid Refresh Token")
	}
	result, err := p.issue(s)
	if err != nil {
		return nil, err
	}
	result.RefreshToken = ""
	return authResponse{AuthenticationResult: result, ChallengeParameters: map[string]string{}}, nil
}

// getTokensFromRefreshToken is what Amplify refreshes with.
// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_GetTokensFromRefreshToken.html
func (p *Pool) getTokensFromRefreshToken(c *client, in input) (any, error) {
	return p.refresh(c, in.RefreshToken)
}

// revokeToken ends the sign-in of a refresh token. It does not say whether there was such a token (RFC 7009, 2.2).
func (p *Pool) revokeToken(c *client, in input) (any, error) {
	if s, ok := p.refreshTokens.get(in.Token, p.clock()); ok && s.client == c {
		p.end(func(other *signIn) bool { return other == s })
	}
	return struct{}{}, nil
}

// globalSignOut ends all sign-ins of a user.
func (p *Pool) globalSignOut(u *user, _ input) (any, error) {
	p.end(func(s *signIn) bool { return s.user == u })
	return struct{}{}, nil
}

// end ends sign-ins. As on AWS, API Gateway accepts their access tokens until they expire.
func (p *Pool) end(which func(*signIn) bool) {
	for _, tokens := range []expiring[*signIn]{p.refreshTokens, p.accessTokens} {
		tokens.remove(func(e entry[*signIn]) bool { return which(e.value) })
	}
}
