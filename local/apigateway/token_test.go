package apigateway_test

import (
	"crypto/rand"
	"crypto/rsa"
	"maps"
	"strings"
	"sync"
	"testing"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

// pool is a user pool with one key.
type pool struct {
	issuer string
	once   sync.Once
	key    jose.JSONWebKey
}

func (p *pool) Issuer() string { return p.issuer }

func (p *pool) private() jose.JSONWebKey {
	p.once.Do(func() {
		key, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			panic(err)
		}
		p.key = jose.JSONWebKey{Key: key, KeyID: "key of " + p.issuer, Algorithm: "RS256", Use: "sig"}
	})
	return p.key
}

func (p *pool) JWKS() jose.JSONWebKeySet {
	return jose.JSONWebKeySet{Keys: []jose.JSONWebKey{p.public()}}
}

func (p *pool) public() jose.JSONWebKey {
	key := p.private()
	return key.Public()
}

type claims map[string]any

// claims are those of a good access token with some changed; nil takes one away.
func (p *pool) claims(changes claims) claims {
	c := claims{
		"sub": "2592124a", "iss": p.issuer, "client_id": "app", "token_use": "access", "username": "johndoe",
		"scope": "aws.cognito.signin.user.admin", "iat": now().Unix() - 60, "auth_time": now().Unix() - 60,
		"exp": now().Unix() + 300, "version": 2,
	}
	maps.Copy(c, changes)
	maps.DeleteFunc(c, func(_ string, v any) bool { return v == nil })
	return c
}

func sign(t testing.TB, key jose.SigningKey, c claims) string {
	t.Helper()
	signer, err := jose.NewSigner(key, nil)
	if err != nil {
		t.Fatal(err)
	}
	token, err := jwt.Signed(signer).Claims(map[string]any(c)).Serialize()
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// token is a token of the pool.
func (p *pool) token(t testing.TB, changes claims) string {
	t.Helper()
	return sign(t, jose.SigningKey{Algorithm: jose.RS256, Key: p.private()}, p.claims(changes))
}

// Forged tokens, and those of other users, are rows of test/attack.
func TestTheAuthorizerTakesATokenUntilItEnds(t *testing.T) {
	p := &pool{issuer: "https://issuer.example/pool"}
	api := setup{pool: p}.api(t)
	impostor := &pool{issuer: p.issuer}
	stolenID := impostor.private()
	stolenID.KeyID = p.private().KeyID
	anyAlgorithm := jose.JSONWebKey{Key: p.private().Key, KeyID: p.private().KeyID}
	for _, tc := range []struct {
		name, token string
		status      int
		detail      string
	}{
		{"an access token", "Bearer " + p.token(t, nil), 200, ""},
		{"an access token without Bearer", p.token(t, nil), 200, ""},
		{"a token that ends in a second", p.token(t, claims{"exp": now().Unix() + 1}), 200, ""},
		{"ended now", p.token(t, claims{"exp": now().Unix()}), 401, "The incoming token has expired"},
		{"another scheme", "Basic " + p.token(t, nil), 401, "Unauthorized"},
		{"two schemes", "Bearer Bearer " + p.token(t, nil), 401, "Unauthorized"},
		{"PS256", sign(t, jose.SigningKey{Algorithm: jose.PS256, Key: anyAlgorithm}, p.claims(nil)), 401, "Unauthorized"},
		{"no key ID", sign(t, jose.SigningKey{Algorithm: jose.RS256, Key: p.private().Key}, p.claims(nil)), 401, "Unauthorized"},
		{"another key with the pool's key ID", sign(t, jose.SigningKey{Algorithm: jose.RS256, Key: stolenID}, p.claims(nil)), 401, "Unauthorized"},
		{"no issuer", p.token(t, claims{"iss": nil}), 401, "Unauthorized"},
	} {
		resp := send(api, "POST", "/v1/signed", "{}", "Authorization: "+tc.token)
		if body := read(t, resp); resp.StatusCode != tc.status || !strings.Contains(body, tc.detail) {
			t.Errorf("%s: got %d %s, want %d and %q", tc.name, resp.StatusCode, body, tc.status, tc.detail)
		}
	}
}
