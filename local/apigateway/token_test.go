package apigateway_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"maps"
	"strings"
	"sync"
	"testing"
	"time"

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

// hmacToken is signed by HS256 with what everybody knows of the pool as the secret.
func (p *pool) hmacToken(t *testing.T, secret []byte) string {
	t.Helper()
	key := jose.JSONWebKey{Key: secret, KeyID: p.private().KeyID}
	return sign(t, jose.SigningKey{Algorithm: jose.HS256, Key: key}, p.claims(nil))
}

func (p *pool) publicPEM(t *testing.T) []byte {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(p.public().Key)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
}

// with replaces the header of a token, and leaves its signature.
func withHeader(t *testing.T, token string, header map[string]any) string {
	t.Helper()
	data, err := json.Marshal(header)
	if err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(token, ".")
	return base64.RawURLEncoding.EncodeToString(data) + "." + parts[1] + "." + parts[2]
}

func TestTheAuthorizerTakesOnlyTheUserPoolsOwnTokens(t *testing.T) {
	p, other := &pool{issuer: "https://issuer.example/pool"}, &pool{issuer: "https://issuer.example/other"}
	api := setup{pool: p}.api(t)
	good := p.token(t, nil)
	parts := strings.Split(good, ".")
	kid := p.private().KeyID
	anyAlgorithm := jose.JSONWebKey{Key: p.private().Key, KeyID: kid}
	impostor := &pool{issuer: p.issuer}
	stolenKid := impostor.private()
	stolenKid.KeyID = kid
	embedded, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: impostor.private().Key}, (&jose.SignerOptions{EmbedJWK: true}).WithHeader("kid", kid))
	if err != nil {
		t.Fatal(err)
	}
	withJWK, err := jwt.Signed(embedded).Claims(map[string]any(p.claims(nil))).Serialize()
	if err != nil {
		t.Fatal(err)
	}
	const expired, unauthorized = "The incoming token has expired", "Unauthorized"
	for _, tc := range []struct {
		name, header string
		message      string // "" means: let through
	}{
		{"an access token", "Bearer " + good, ""},
		{"an access token without Bearer", good, ""},
		{"a token for another scope that the method takes", p.token(t, claims{"scope": "openid uploads/write"}), ""},
		{"a token of a machine client", p.token(t, claims{"username": nil, "scope": "uploads/write"}), ""},
		{"a token that ends in a second", p.token(t, claims{"exp": now().Unix() + 1}), ""},

		{"no token", "", unauthorized},
		{"Bearer alone", "Bearer ", unauthorized},
		{"garbage", "Bearer garbage", unauthorized},
		{"garbage in three parts", "a.b.c", unauthorized},
		{"another scheme", "Basic " + good, unauthorized},
		{"two schemes", "Bearer Bearer " + good, unauthorized},
		{"a comma-separated second token", good + ", " + good, unauthorized},
		{"no signature", parts[0] + "." + parts[1] + ".", unauthorized},
		{"alg none, no signature", strings.Split(withHeader(t, good, map[string]any{"alg": "none", "kid": kid}), ".")[0] + "." + parts[1] + ".", unauthorized},
		{"alg none, the old signature", withHeader(t, good, map[string]any{"alg": "none", "kid": kid}), unauthorized},
		{"HS256 with the public key as PEM", p.hmacToken(t, p.publicPEM(t)), unauthorized},
		{"HS256 with the public key as DER", p.hmacToken(t, x509.MarshalPKCS1PublicKey(p.public().Key.(*rsa.PublicKey))), unauthorized},
		{"RS512", sign(t, jose.SigningKey{Algorithm: jose.RS512, Key: anyAlgorithm}, p.claims(nil)), unauthorized},
		{"PS256", sign(t, jose.SigningKey{Algorithm: jose.PS256, Key: anyAlgorithm}, p.claims(nil)), unauthorized},
		{"claims changed", parts[0] + "." + base64.RawURLEncoding.EncodeToString([]byte(`{"username":"admin"}`)) + "." + parts[2], unauthorized},
		{"no kid", sign(t, jose.SigningKey{Algorithm: jose.RS256, Key: p.private().Key}, p.claims(nil)), unauthorized},
		{"another key with the pool's kid", sign(t, jose.SigningKey{Algorithm: jose.RS256, Key: stolenKid}, p.claims(nil)), unauthorized},
		{"a key that the token brings along", withJWK, unauthorized},
		{"another pool", other.token(t, nil), unauthorized},
		{"another pool's key, this issuer", other.token(t, claims{"iss": p.issuer}), unauthorized},
		{"this pool's key, another issuer", p.token(t, claims{"iss": other.issuer}), unauthorized},
		{"no issuer", p.token(t, claims{"iss": nil}), unauthorized},
		{"ended now", p.token(t, claims{"exp": now().Unix()}), expired},
		{"ended long ago", "Bearer " + p.token(t, claims{"exp": now().Add(-time.Hour).Unix()}), expired},
		{"never ends", p.token(t, claims{"exp": nil}), unauthorized},
		{"not yet valid", p.token(t, claims{"nbf": now().Unix() + 1}), unauthorized},
		{"an ID token", p.token(t, claims{"token_use": "id", "aud": "app", "scope": nil}), unauthorized},
		{"an ID token with a scope", p.token(t, claims{"token_use": "id"}), unauthorized},
		{"no token_use", p.token(t, claims{"token_use": nil}), unauthorized},
		{"no scope", p.token(t, claims{"scope": nil}), unauthorized},
		{"another scope", p.token(t, claims{"scope": "openid email"}), unauthorized},
		{"a longer scope", p.token(t, claims{"scope": "uploads/write/all xuploads/write"}), unauthorized},
	} {
		resp := send(api, "POST", "/v1/signed", "{}", "Authorization: "+tc.header)
		body := read(t, resp)
		if tc.message == "" {
			if resp.StatusCode != 200 {
				t.Errorf("%s: got %d %s, want 200", tc.name, resp.StatusCode, body)
			}
			continue
		}
		if resp.StatusCode != 401 || !strings.Contains(body, `"detail":"`+tc.message+`"`) {
			t.Errorf("%s: got %d %s, want 401 and %q", tc.name, resp.StatusCode, body, tc.message)
		}
	}
}

func TestAMethodWithoutScopesTakesIDTokensOnly(t *testing.T) {
	p := &pool{issuer: "https://issuer.example/pool"}
	api := setup{pool: p}.api(t)
	for use, want := range map[string]int{"id": 200, "access": 401, "refresh": 401} {
		resp := send(api, "POST", "/v1/id", "", "Authorization: "+p.token(t, claims{"token_use": use}))
		if resp.StatusCode != want {
			t.Errorf("%s token: got %d, want %d", use, resp.StatusCode, want)
		}
	}
}
