package signin

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"time"
)

// The client's half of SRP-6a as Cognito implements it. It differs from RFC 5054 in two ways: integers are hashed as
// Java's BigInteger.toByteArray writes them (a leading zero byte if the top bit is set), and the session key is 16 bytes
// of HKDF-SHA-256 over S, salted with u.
//
// Why not a library: the one on the Go proxy (github.com/alexrudd/cognito-srp v4.1.0, of 2021) writes the timestamp with
// a twelve-hour clock and panics on a malformed answer. Its published vectors test this implementation.

// primeHex is the 3072-bit group of RFC 3526, section 4; the generator is 2.
const primeHex = "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DD" +
	"EF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED" +
	"EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3DC2007CB8A163BF0598DA48361C55D39A69163FA8FD24CF5F" +
	"83655D23DCA3AD961C62F356208552BB9ED529077096966D670C354E4ABC9804F1746C08CA18217C32905E462E36CE3B" +
	"E39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF6955817183995497CEA956AE515D2261898FA0510" +
	"15728E5A8AAAC42DAD33170D04507A33A85521ABDF1CBA64ECFB850458DBEF0A8AEA71575D060C7DB3970F85A6E1E4C7" +
	"ABF5AE8CDB0933D71E8C94E04A25619DCEE3D2261AD2EE6BF12FFA06D98A0864D87602733EC86A64521F2B18177B200C" +
	"BBE117577A615D6C770988C0BAD946E208E24FA074E5AB3143DB5BFCE0FD108E4B82D120A93AD2CAFFFFFFFFFFFFFFFF"

const (
	keyInfo      = "Caldera Derived Key"         // HKDF's info, the same in every AWS client
	keyBytes     = 16                            // length of the session key
	secretBytes  = 128                           // length of the client's secret exponent a
	timestampFmt = "Mon Jan 2 15:04:05 UTC 2006" // Cognito refuses any other form, a day of two digits too
)

// errMalformed is returned when the user pool's challenge is not a proper SRP challenge.
var errMalformed = errors.New("malformed SRP challenge from the user pool")

// srp is one sign-in by password: the group and the client's ephemeral pair.
type srp struct {
	n, g, k *big.Int
	a, A    *big.Int
}

// challenge is what the user pool answers to SRP_A.
type challenge struct {
	userID      string // USER_ID_FOR_SRP: the name that the proof is made for
	salt, b     *big.Int
	secretBlock []byte
}

func newSRP() *srp {
	secret := make([]byte, secretBytes)
	_, _ = rand.Read(secret) // it never fails
	return srpWithSecret(new(big.Int).SetBytes(secret))
}

func srpWithSecret(a *big.Int) *srp {
	n, _ := new(big.Int).SetString(primeHex, 16)
	g := big.NewInt(2)
	return &srp{n: n, g: g, k: hashInts(n, g), a: a, A: new(big.Int).Exp(g, a, n)}
}

// sessionKey computes the key that client and user pool share when the password is right.
func (s *srp) sessionKey(poolName, password string, c challenge) ([]byte, error) {
	if new(big.Int).Mod(c.b, s.n).Sign() == 0 {
		return nil, fmt.Errorf("%w: SRP_B is a multiple of the prime", errMalformed)
	}
	u := hashInts(s.A, c.b)
	identity := sha256.Sum256([]byte(poolName + c.userID + ":" + password))
	x := hashBytes(javaBytes(c.salt), identity[:])

	// S = (B - k * g^x) ^ (a + u*x) mod N
	base := new(big.Int).Exp(s.g, x, s.n)
	base.Sub(c.b, base.Mul(base, s.k))
	exponent := new(big.Int).Mul(u, x)
	secret := new(big.Int).Exp(base, exponent.Add(exponent, s.a), s.n)
	return hkdf.Key(sha256.New, javaBytes(secret), javaBytes(u), keyInfo, keyBytes)
}

// prove signs the challenge with the session key.
func (s *srp) prove(poolName, password string, c challenge, now time.Time) (signature, timestamp string, err error) {
	key, err := s.sessionKey(poolName, password, c)
	if err != nil {
		return "", "", err
	}
	timestamp = now.UTC().Format(timestampFmt)
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(poolName + c.userID))
	mac.Write(c.secretBlock)
	mac.Write([]byte(timestamp))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil)), timestamp, nil
}

// parseChallenge reads the challenge parameters, and checks each.
func parseChallenge(p map[string]string) (challenge, error) {
	salt, okSalt := new(big.Int).SetString(p["SALT"], 16)
	b, okB := new(big.Int).SetString(p["SRP_B"], 16)
	block, err := base64.StdEncoding.DecodeString(p["SECRET_BLOCK"])
	if !okSalt || !okB || err != nil || salt.Sign() < 0 || b.Sign() <= 0 || p["USER_ID_FOR_SRP"] == "" {
		return challenge{}, fmt.Errorf("%w: want SALT and SRP_B in hexadecimal, SECRET_BLOCK in base64, USER_ID_FOR_SRP", errMalformed)
	}
	return challenge{userID: p["USER_ID_FOR_SRP"], salt: salt, b: b, secretBlock: block}, nil
}

// poolName is the part of the user pool's ID after the region: "eu-west-1_Ab12" gives "Ab12".
func poolName(poolID string) (string, error) {
	_, name, ok := strings.Cut(poolID, "_")
	if !ok || name == "" {
		return "", fmt.Errorf("malformed user pool ID %q: want <region>_<name>", poolID)
	}
	return name, nil
}

func hashInts(ints ...*big.Int) *big.Int {
	chunks := make([][]byte, len(ints))
	for i, n := range ints {
		chunks[i] = javaBytes(n)
	}
	return hashBytes(chunks...)
}

func hashBytes(chunks ...[]byte) *big.Int {
	h := sha256.New()
	for _, c := range chunks {
		h.Write(c)
	}
	return new(big.Int).SetBytes(h.Sum(nil))
}

// javaBytes writes a non-negative integer as Java's BigInteger.toByteArray does.
func javaBytes(n *big.Int) []byte {
	b := n.Bytes()
	if len(b) == 0 || b[0]&0x80 != 0 {
		return append([]byte{0}, b...)
	}
	return b
}

func hexOf(n *big.Int) string { return hex.EncodeToString(n.Bytes()) }
