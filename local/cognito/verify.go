package cognito

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

// ErrExpired says that a token was good once.
var ErrExpired = errors.New("token has expired")

// Verifier checks tokens the way anybody can who has the key set. It knows nothing of sign-out and revocation, and
// neither does API Gateway's authorizer: an access token is good there until it expires.
type Verifier struct {
	keys   func() jose.JSONWebKeySet
	issuer string
	clock  func() time.Time
}

// Verifier returns a verifier of the pool's tokens.
func (p *Pool) Verifier() Verifier { return Verifier{p.JWKS, p.issuer, p.clock} }

// Verify returns the claims of a token that one of the pool's keys signed with RS256, that names the pool as its
// issuer, and that is within its time. Numbers are json.Number. Which token it is (token_use, client_id or aud, scope)
// is for the caller to look at.
func (v Verifier) Verify(token string) (map[string]any, error) {
	parsed, err := jwt.ParseSigned(token, []jose.SignatureAlgorithm{jose.RS256})
	if err != nil {
		return nil, fmt.Errorf("malformed token: %w", err)
	}
	set := v.keys()
	keys := set.Key(parsed.Headers[0].KeyID)
	if len(keys) != 1 {
		return nil, fmt.Errorf("token's key ID %q is not in the pool's key set", parsed.Headers[0].KeyID)
	}
	var registered jwt.Claims
	var raw json.RawMessage
	if err := parsed.Claims(keys[0].Key, &registered, &raw); err != nil {
		return nil, fmt.Errorf("token's signature: %w", err)
	}
	now := v.clock()
	switch err := registered.ValidateWithLeeway(jwt.Expected{Issuer: v.issuer, Time: now}, 0); {
	case registered.Expiry == nil:
		return nil, errors.New("token has no expiry")
	case !now.Before(registered.Expiry.Time()): // the library still accepts the last second; RFC 7519, 4.1.4, does not
		return nil, ErrExpired
	case err != nil:
		return nil, fmt.Errorf("token's claims: %w", err)
	}
	claims := map[string]any{}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	return claims, d.Decode(&claims)
}
