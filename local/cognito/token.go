package cognito

import (
	"encoding/base64"
	"maps"
	"strings"
	"time"
)

// userScope is the one scope of a sign-in through the API: it opens the operations on the user's own account.
const userScope = "aws.cognito.signin.user.admin"

// grant is one sign-in: what a refresh token stands for. The pool's lock guards it.
type grant struct {
	id           string // origin_jti
	eventID      string
	user         *user
	client       *client
	authTime     time.Time
	expires      time.Time
	revoked      bool
	refreshToken string
}

// authResult is the API's AuthenticationResult.
type authResult struct {
	AccessToken  string
	ExpiresIn    int
	IdToken      string `json:",omitempty"`
	RefreshToken string `json:",omitempty"`
	TokenType    string
}

// newGrant begins a sign-in. Its refresh token is remembered for a day after its end, so that "has expired" can still be
// said.
func (p *Pool) newGrant(u *user, c *client) *grant {
	now := p.clock()
	g := &grant{
		id: uuid(), eventID: uuid(), user: u, client: c, authTime: now, expires: now.Add(c.refresh), refreshToken: newRefreshToken(),
	}
	p.grants.put(g.refreshToken, g, now, c.refresh+24*time.Hour)
	return g
}

// newRefreshToken looks like Cognito's, an encrypted JWT that only its issuer can read; here nothing is in it at all.
func newRefreshToken() string {
	parts := []string{
		`{"cty":"JWT","enc":"A256GCM","alg":"RSA-OAEP"}`,
		string(random(256)), string(random(12)), string(random(640)), string(random(16)),
	}
	for i, part := range parts {
		parts[i] = base64.RawURLEncoding.EncodeToString([]byte(part))
	}
	return strings.Join(parts, ".")
}

// tokens issues an access token and an ID token for a sign-in. The caller adds the refresh token if one is due.
func (p *Pool) tokens(g *grant) (*authResult, error) {
	now := p.clock()
	access, err := p.keys.access().Sign(g.claims(p.issuer, now, g.client.access, map[string]any{
		"token_use": "access", "client_id": g.client.id, "username": g.user.username, "scope": userScope,
	}))
	if err != nil {
		return nil, err
	}
	p.issued.put(access, g, now, g.client.access)
	id, err := p.keys.id().Sign(g.claims(p.issuer, now, g.client.idLife, map[string]any{
		"token_use": "id", "aud": g.client.id, "cognito:username": g.user.username,
	}))
	return &authResult{AccessToken: access, IdToken: id, ExpiresIn: int(g.client.access.Seconds()), TokenType: "Bearer"}, err
}

// claims are what both tokens have, and more.
func (g *grant) claims(issuer string, now time.Time, life time.Duration, more map[string]any) map[string]any {
	claims := map[string]any{
		"sub": g.user.sub, "iss": issuer, "event_id": g.eventID, "origin_jti": g.id, "jti": uuid(),
		"auth_time": g.authTime.Unix(), "iat": now.Unix(), "exp": now.Add(life).Unix(),
	}
	maps.Copy(claims, more)
	return claims
}

// caller is the sign-in that an access token comes from, for the operations on the user's own account. Unlike API Gateway
// it sees sign-out and revocation. The caller holds the lock.
func (p *Pool) caller(accessToken string) (*grant, error) {
	g, ok := p.issued.get(accessToken, p.clock())
	switch {
	case accessToken == "":
		return nil, errMissing("AccessToken")
	case !ok: // expired, a machine client's, or forged
		return nil, fail("NotAuthorizedException", "Invalid Access Token")
	case g.revoked:
		return nil, fail("NotAuthorizedException", "Access Token has been revoked")
	}
	return g, nil
}
