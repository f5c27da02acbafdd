package cognito

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"errors"
	"sync"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

// Keys are a pool's two signing keys. Cognito signs ID tokens and access tokens with different ones.
type Keys struct {
	id, access func() *Key
}

// Key is an RSA key that signs tokens. Only the code that made the [Keys] of a pool can sign with them: tests do, to
// forge tokens.
type Key struct {
	jwk jose.JSONWebKey
}

// NewKeys makes two keys of 2048 bits, as Cognito's are. It returns at once; the first use of a key waits for it.
func NewKeys() *Keys {
	return &Keys{id: newKey(), access: newKey()}
}

// Access is the key of access tokens.
func (k *Keys) Access() *Key { return k.access() }

func newKey() func() *Key {
	key := sync.OnceValue(func() *Key {
		private, failed := rsa.GenerateKey(rand.Reader, 2048)
		jwk := jose.JSONWebKey{Key: private, Algorithm: string(jose.RS256), Use: "sig"}
		sum, err := jwk.Thumbprint(crypto.SHA256)
		if err := errors.Join(failed, err); err != nil {
			panic("cognito: no signing key: " + err.Error())
		}
		jwk.KeyID = base64.StdEncoding.EncodeToString(sum)
		return &Key{jwk}
	})
	go key() // takes about 0.1 s, so it starts before the first use
	return key
}

// Sign returns a token that has the claims, with a header of kid and alg, as Cognito's.
func (k *Key) Sign(claims any) (string, error) {
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: k.jwk}, nil)
	if err != nil {
		return "", err
	}
	return jwt.Signed(signer).Claims(claims).Serialize()
}

// JWKS is the pool's public key set, which Cognito shows at /<pool ID>/.well-known/jwks.json.
func (p *Pool) JWKS() jose.JSONWebKeySet {
	return jose.JSONWebKeySet{Keys: []jose.JSONWebKey{p.keys.id().jwk.Public(), p.keys.access().jwk.Public()}}
}
