package cognito

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"math/big"
	"os"
	"strings"
	"testing"
)

// The vectors were made with amazon-cognito-identity-js 6.3.21 (its hashing, padding, HKDF and arithmetic), with fixed
// secrets, and picked so that A, B, the verifier and the salt have a set top bit or a missing digit somewhere.
func TestServerAgreesWithAmazonCognitoIdentityJS(t *testing.T) {
	data, err := os.ReadFile("testdata/srp.json")
	if err != nil {
		t.Fatal(err)
	}
	var vectors []struct{ User, Password, Salt, B, Verifier, Public, A, Key, SecretBlock, Timestamp, Signature string }
	if err := json.Unmarshal(data, &vectors); err != nil {
		t.Fatal(err)
	}
	if len(vectors) != 4 {
		t.Fatalf("got %d vectors, want 4", len(vectors))
	}
	for _, v := range vectors {
		verifier := srpVerifier("WpCzIlH0n", v.User, v.Password, number(t, v.Salt))
		if verifier.Cmp(number(t, v.Verifier)) != 0 {
			t.Fatalf("user %q: verifier differs", v.User)
		}
		public := srpPublic(verifier, number(t, v.B))
		if public.Cmp(number(t, v.Public)) != 0 {
			t.Errorf("user %q: B differs", v.User)
		}
		a, err := parseSRPA(v.A)
		if err != nil {
			t.Fatal(err)
		}
		key, err := srpKey(a, number(t, v.B), public, verifier)
		if err != nil || hex.EncodeToString(key) != v.Key {
			t.Errorf("user %q: got key %x (%v), want %s", v.User, key, err, v.Key)
		}
		block, _ := base64.StdEncoding.DecodeString(v.SecretBlock)
		got := srpSignature(key, "WpCzIlH0n", v.User, block, v.Timestamp)
		if base64.StdEncoding.EncodeToString(got) != v.Signature {
			t.Errorf("user %q: signature differs", v.User)
		}
	}
}

func number(t *testing.T, s string) *big.Int {
	t.Helper()
	n, ok := new(big.Int).SetString(s, 16)
	if !ok {
		t.Fatalf("not a hexadecimal number: %q", s)
	}
	return n
}

func TestValuesOfAThatGiveTheSecretAwayAreRefused(t *testing.T) {
	n := srp3072().n
	for name, a := range map[string]string{
		"empty":       "",
		"zero":        "0",
		"the modulus": n.Text(16),
		"its double":  new(big.Int).Lsh(n, 1).Text(16),
		"not hex":     "xyz",
		"negative":    "-1",
		"a megabyte":  strings.Repeat("f", 1<<20),
	} {
		if _, err := parseSRPA(a); err == nil {
			t.Errorf("%s: got no error", name)
		}
	}
}

// srpClient is the client's side, for the tests that sign in from Go.
type srpClient struct{ a, public *big.Int }

func newSRPClient() srpClient {
	a := hashInt([]byte("a client's secret, not secret in tests"))
	return srpClient{a, new(big.Int).Exp(srp3072().g, a, srp3072().n)}
}

// prove answers the PASSWORD_VERIFIER challenge.
func (c srpClient) prove(poolName, password, timestamp string, params map[string]string) map[string]string {
	grp, userID := srp3072(), params["USER_ID_FOR_SRP"]
	b, _ := new(big.Int).SetString(params["SRP_B"], 16)
	salt, _ := new(big.Int).SetString(params["SALT"], 16)
	inner := sha256.Sum256([]byte(poolName + userID + ":" + password))
	x := hashInt(signed(salt), inner[:])
	u := hashInt(signed(c.public), signed(b))
	base := new(big.Int).Mul(grp.k, new(big.Int).Exp(grp.g, x, grp.n))
	base.Sub(b, base)
	exponent := new(big.Int).Mul(u, x)
	s := new(big.Int).Exp(base.Mod(base, grp.n), exponent.Add(exponent, c.a), grp.n)
	prk := hmac.New(sha256.New, signed(u))
	prk.Write(signed(s))
	okm := hmac.New(sha256.New, prk.Sum(nil))
	okm.Write([]byte("Caldera Derived Key\x01"))
	block, _ := base64.StdEncoding.DecodeString(params["SECRET_BLOCK"])
	mac := hmac.New(sha256.New, okm.Sum(nil)[:16])
	mac.Write([]byte(poolName + userID + string(block) + timestamp))
	return map[string]string{
		"USERNAME": params["USERNAME"], "TIMESTAMP": timestamp, "PASSWORD_CLAIM_SECRET_BLOCK": params["SECRET_BLOCK"],
		"PASSWORD_CLAIM_SIGNATURE": base64.StdEncoding.EncodeToString(mac.Sum(nil)),
	}
}
