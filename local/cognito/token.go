package cognito

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"maps"
	"strings"
	"time"
)

// userScope is the one scope of a sign-in through the API: it opens the operations on the user's own account.
const userScope = "aws.cognito.signin.user.admin"

// grant is one sign-in: what a refresh token stands for. The pool's lock guards it.
type grant struct {
	id       string // origin_jti
	eventID  string
	user     *user
	client   *client
	authTime time.Time
	expires  time.Time
	scope    string
	nonce    string // of an OAuth sign-in
	oauth    bool
	revoked  bool

	current  string    // the refresh token in force
	replaced time.Time // when rotation last replaced it
}

// authResult is the API's AuthenticationResult.
type authResult struct {
	AccessToken  string
	ExpiresIn    int
	IdToken      string `json:",omitempty"`
	RefreshToken string `json:",omitempty"`
	TokenType    string
}

// newGrant begins a sign-in and returns it with its first refresh token.
func (p *Pool) newGrant(u *user, c *client, scope string) *grant {
	now := p.clock()
	g := &grant{
		id: p.uuid(), eventID: p.uuid(), user: u, client: c, authTime: now, expires: now.Add(c.refresh), scope: scope,
	}
	p.giveRefreshToken(g)
	return g
}

// giveRefreshToken makes a new refresh token the one in force. It is remembered for a day after its end, so that "has
// expired" can still be said.
func (p *Pool) giveRefreshToken(g *grant) {
	now := p.clock()
	g.current = p.refreshToken()
	p.grants.put(g.current, g, now, g.expires.Sub(now)+24*time.Hour)
}

// refreshToken looks like Cognito's, an encrypted JWT that only its issuer can read; here nothing is in it at all.
func (p *Pool) refreshToken() string {
	parts := []string{`{"cty":"JWT","enc":"A256GCM","alg":"RSA-OAEP"}`,
		string(p.random(256)), string(p.random(12)), string(p.random(640)), string(p.random(16))}
	for i, part := range parts {
		parts[i] = base64.RawURLEncoding.EncodeToString([]byte(part))
	}
	return strings.Join(parts, ".")
}

// tokens issues an access token and an ID token for a sign-in. The caller adds the refresh token if one is due.
func (p *Pool) tokens(g *grant) (*authResult, error) {
	now := p.clock()
	jti := p.uuid()
	access, err := p.keys.access().Sign(p.accessClaims(g, jti, now))
	if err != nil {
		return nil, err
	}
	p.issued.put(jti, g, now, g.client.access)
	result := &authResult{AccessToken: access, ExpiresIn: int(g.client.access.Seconds()), TokenType: "Bearer"}
	if g.oauth && !hasScope(g.scope, "openid") {
		return result, nil
	}
	claims := p.idClaims(g, now)
	if g.oauth { // OpenID Connect Core, 3.1.3.6
		sum := sha256.Sum256([]byte(access))
		claims["at_hash"] = base64.RawURLEncoding.EncodeToString(sum[:16])
	}
	result.IdToken, err = p.keys.id().Sign(claims)
	return result, err
}

func (p *Pool) accessClaims(g *grant, jti string, now time.Time) map[string]any {
	claims := p.commonClaims(g, now, g.client.access)
	maps.Copy(claims, map[string]any{
		"token_use": "access", "jti": jti, "client_id": g.client.id, "username": g.user.username, "scope": g.scope,
	})
	if g.oauth {
		claims["version"] = 2
	}
	return claims
}

func (p *Pool) idClaims(g *grant, now time.Time) map[string]any {
	claims := p.commonClaims(g, now, g.client.idLife)
	for name, value := range g.client.readable(g.user) {
		claims[name] = value
		if name == "email_verified" || name == "phone_number_verified" {
			claims[name] = value == "true"
		}
	}
	maps.Copy(claims, map[string]any{
		"token_use": "id", "jti": p.uuid(), "aud": g.client.id, "cognito:username": g.user.username,
	})
	if g.nonce != "" {
		claims["nonce"] = g.nonce
	}
	return claims
}

func (p *Pool) commonClaims(g *grant, now time.Time, life time.Duration) map[string]any {
	claims := map[string]any{
		"sub": g.user.sub, "iss": p.issuer, "event_id": g.eventID, "auth_time": g.authTime.Unix(),
		"iat": now.Unix(), "exp": now.Add(life).Unix(),
	}
	if g.client.revocation { // without revocation Cognito leaves origin_jti out
		claims["origin_jti"] = g.id
	}
	if len(g.user.groups) > 0 {
		claims["cognito:groups"] = g.user.groups
	}
	return claims
}

func hasScope(list, scope string) bool {
	for s := range strings.FieldsSeq(list) {
		if s == scope {
			return true
		}
	}
	return false
}

// signOut revokes every sign-in of a user. The caller holds the lock.
func (p *Pool) signOut(u *user) {
	for _, e := range p.grants.entries {
		if e.value.user == u {
			e.value.revoked = true
		}
	}
}

// caller is the sign-in of an access token that may be used for the operations on the user's own account. The caller
// holds the lock.
func (p *Pool) caller(accessToken string) (*grant, error) {
	if accessToken == "" {
		return nil, errMissing("AccessToken")
	}
	g, err := p.holder(accessToken)
	if err != nil {
		return nil, err
	}
	if !hasScope(g.scope, userScope) {
		return nil, fail("NotAuthorizedException", "Access Token does not have required scopes")
	}
	return g, nil
}

// holder is the sign-in that an access token comes from. Unlike API Gateway it sees sign-out and revocation.
func (p *Pool) holder(accessToken string) (*grant, error) {
	claims, err := p.Verifier().Verify(accessToken)
	switch {
	case errors.Is(err, ErrExpired):
		return nil, fail("NotAuthorizedException", "Access Token has expired")
	case err != nil || claims["token_use"] != "access":
		return nil, fail("NotAuthorizedException", "Invalid Access Token")
	}
	jti, _ := claims["jti"].(string)
	g, ok := p.issued.get(jti, p.clock())
	switch {
	case !ok: // well signed, yet not issued by this pool's sign-ins: a machine client's, or a forgery of tests
		return nil, fail("NotAuthorizedException", "Invalid Access Token")
	case p.users[g.user.username] != g.user:
		return nil, errUserNotFound()
	case g.revoked:
		return nil, fail("NotAuthorizedException", "Access Token has been revoked")
	case g.user.disabled:
		return nil, fail("NotAuthorizedException", "User is disabled.")
	}
	return g, nil
}
