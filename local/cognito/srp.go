package cognito

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"math/big"
	"strings"
	"time"
)

// The server's side of Cognito's SRP-6a (RFC 5054 with Cognito's own choices, read from AWS's client libraries):
// SHA-256, the 3072-bit group of RFC 3526, every number hashed as Java's BigInteger.toByteArray() writes it,
// and the shared secret run through HKDF with the info "Caldera Derived Key".

// srpGroup is the group and the multiplier derived from it.
type srpGroup struct{ n, g, k *big.Int }

// srp3072 is group 15 of RFC 3526, section 4.
func srp3072() srpGroup {
	n, _ := new(big.Int).SetString(strings.Join([]string{
		"FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74",
		"020BBEA63B139B22514A08798E3404DDEF9519B3CD3A431B302B0A6DF25F1437",
		"4FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED",
		"EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3DC2007CB8A163BF05",
		"98DA48361C55D39A69163FA8FD24CF5F83655D23DCA3AD961C62F356208552BB",
		"9ED529077096966D670C354E4ABC9804F1746C08CA18217C32905E462E36CE3B",
		"E39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF695581718",
		"3995497CEA956AE515D2261898FA051015728E5A8AAAC42DAD33170D04507A33",
		"A85521ABDF1CBA64ECFB850458DBEF0A8AEA71575D060C7DB3970F85A6E1E4C7",
		"ABF5AE8CDB0933D71E8C94E04A25619DCEE3D2261AD2EE6BF12FFA06D98A0864",
		"D87602733EC86A64521F2B18177B200CBBE117577A615D6C770988C0BAD946E2",
		"08E24FA074E5AB3143DB5BFCE0FD108E4B82D120A93AD2CAFFFFFFFFFFFFFFFF",
	}, ""), 16)
	g := big.NewInt(2)
	return srpGroup{n, g, hashInt(signed(n), signed(g))}
}

// signed is the shortest two's-complement form of a number that is not negative: a zero byte goes before a set top bit.
func signed(v *big.Int) []byte {
	b := v.Bytes()
	if len(b) == 0 || b[0]&0x80 != 0 {
		return append([]byte{0}, b...)
	}
	return b
}

func hashInt(parts ...[]byte) *big.Int {
	h := sha256.New()
	for _, p := range parts {
		h.Write(p)
	}
	return new(big.Int).SetBytes(h.Sum(nil))
}

// srpVerifier is what a server keeps instead of a password: g^x. poolName is the pool's ID after the underscore.
func srpVerifier(poolName, userID, password string, salt *big.Int) *big.Int {
	inner := sha256.Sum256([]byte(poolName + userID + ":" + password))
	x := hashInt(signed(salt), inner[:])
	return new(big.Int).Exp(srp3072().g, x, srp3072().n)
}

// srpPublic is the server's public value B = k*v + g^b.
func srpPublic(verifier, b *big.Int) *big.Int {
	grp := srp3072()
	sum := new(big.Int).Mul(grp.k, verifier)
	sum.Add(sum, new(big.Int).Exp(grp.g, b, grp.n))
	return sum.Mod(sum, grp.n)
}

// parseSRPA reads the client's public value A. Zero would make the secret independent of the password (RFC 5054, 2.5.4).
func parseSRPA(s string) (*big.Int, error) {
	a, ok := new(big.Int).SetString(s, 16)
	if !ok || a.Sign() < 0 || new(big.Int).Mod(a, srp3072().n).Sign() == 0 {
		return nil, fail("InvalidParameterException", "Invalid SRP_A: want a hexadecimal number that is not a multiple of the group's modulus")
	}
	return a, nil
}

// srpKey is the 16 bytes that both sides share if the password was right.
func srpKey(a, b, public, verifier *big.Int) ([]byte, error) {
	grp := srp3072()
	u := hashInt(signed(a), signed(public))
	s := new(big.Int).Exp(verifier, u, grp.n)
	s.Mul(s, a).Mod(s, grp.n)
	s.Exp(s, b, grp.n)
	return hkdf.Key(sha256.New, signed(s), signed(u), "Caldera Derived Key", 16)
}

// srpSignature is what a client proves its key with.
func srpSignature(key []byte, poolName, userID string, secretBlock []byte, timestamp string) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(poolName + userID))
	mac.Write(secretBlock)
	mac.Write([]byte(timestamp))
	return mac.Sum(nil)
}

// srpTime is how the timestamp is written: a day without a leading zero, English names, UTC.
const srpTime = "Mon Jan 2 15:04:05 UTC 2006"

// proven checks a client's signature. Cognito hashes its own form of the timestamp, so a client that sends and hashes
// "Sep 05" gives a wrong proof.
func (s srpAttempt) proven(poolName string, params map[string]string) bool {
	timestamp, err1 := time.Parse(srpTime, params["TIMESTAMP"])
	block, err2 := base64.StdEncoding.DecodeString(params["PASSWORD_CLAIM_SECRET_BLOCK"])
	got, err3 := base64.StdEncoding.DecodeString(params["PASSWORD_CLAIM_SIGNATURE"])
	key, err4 := srpKey(s.a, s.b, s.public, s.verifier)
	return errors.Join(err1, err2, err3, err4) == nil &&
		hmac.Equal(got, srpSignature(key, poolName, s.userID, block, timestamp.Format(srpTime)))
}
