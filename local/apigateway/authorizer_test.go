package apigateway

import (
	"crypto/rand"
	"crypto/rsa"
	"maps"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

// pool is a user pool with one key.
type pool struct{ key jose.JSONWebKey }

func (p pool) Issuer() string { return "https://issuer" }
func (p pool) JWKS() jose.JSONWebKeySet {
	return jose.JSONWebKeySet{Keys: []jose.JSONWebKey{p.key.Public()}}
}

// Only the pool can sign these tokens, so test/attack can't send them.
func TestATokenThatThePoolSignedIsRefusedForItsClaims(t *testing.T) {
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	p := pool{jose.JSONWebKey{Key: private, KeyID: "key", Algorithm: string(jose.RS256), Use: "sig"}}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: p.key}, nil)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Unix(1_000_000, 0)
	for name, test := range map[string]struct {
		changed map[string]any
		refused bool
	}{
		"as Cognito issues it":              {nil, false},
		"another issuer":                    {map[string]any{"iss": "https://another"}, true},
		"expired":                           {map[string]any{"exp": now.Unix()}, true},
		"no expiry":                         {map[string]any{"exp": nil}, true},
		"not yet valid":                     {map[string]any{"nbf": now.Unix() + 1}, true},
		"no scope":                          {map[string]any{"scope": nil}, true},
		"another scope":                     {map[string]any{"scope": "openid profile"}, true},
		"a scope that contains a right one": {map[string]any{"scope": "xuploads/write"}, true},
		"an ID token":                       {map[string]any{"token_use": "id"}, true},
	} {
		claims := map[string]any{"iss": p.Issuer(), "exp": now.Unix() + 1, "scope": "openid uploads/write", "token_use": "access"}
		maps.Copy(claims, test.changed)
		maps.DeleteFunc(claims, func(_ string, value any) bool { return value == nil })
		token, err := jwt.Signed(signer).Claims(claims).Serialize()
		if err != nil {
			t.Fatal(err)
		}
		got, message := verify([]UserPool{p}, "Bearer "+token, now)
		if refused := message != "" || !allowed(got, []string{"uploads/write"}); refused != test.refused {
			t.Errorf("%s: got refused %t, want %t", name, refused, test.refused)
		}
	}
}
