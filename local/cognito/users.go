package cognito

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"maps"
	"math/big"
	"regexp"
	"strings"
	"time"
)

// The states of a user that this pool knows, as Cognito names them.
const (
	unconfirmed   = "UNCONFIRMED"
	confirmed     = "CONFIRMED"
	forceChange   = "FORCE_CHANGE_PASSWORD"
	resetRequired = "RESET_REQUIRED"
)

// user is one user of the pool. The pool's lock guards it.
type user struct {
	username   string
	sub        string
	status     string
	disabled   bool
	attributes map[string]string
	groups     []string
	created    time.Time
	modified   time.Time

	credential     credential
	former         []credential // newest first
	temporaryUntil time.Time    // end of an administrator's temporary password
	code           *mailCode    // the code that Cognito would have sent by e-mail

	totp totpState
}

// credential is all that is kept of a password.
type credential struct{ salt, verifier *big.Int }

// matches compares by computing the verifier again: the password itself is not kept.
func (c credential) matches(poolName, username, password string) bool {
	if c.verifier == nil {
		return false
	}
	got := srpVerifier(poolName, username, password, c.salt)
	return hmac.Equal(got.FillBytes(make([]byte, 384)), c.verifier.FillBytes(make([]byte, 384)))
}

// key is what a username is found by. A pool that ignores case also shows names in lower case: "flattened to lowercase",
// https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-case-sensitivity.html
func (p *Pool) key(username string) string {
	if p.settings.caseSensitive {
		return username
	}
	return strings.ToLower(username)
}

// checkUsername wants what the API's model wants of a username: 1 to 128 letters, marks, symbols, numbers or punctuation.
func checkUsername(username string) error {
	if n := len([]rune(username)); n < 1 || n > 128 {
		return fail("InvalidParameterException", "1 validation error detected: Value at 'username' failed to satisfy constraint: Member must have length less than or equal to 128 and greater than or equal to 1")
	}
	if !regexp.MustCompile(`^[\p{L}\p{M}\p{S}\p{N}\p{P}]+$`).MatchString(username) {
		return fail("InvalidParameterException", `1 validation error detected: Value at 'username' failed to satisfy constraint: Member must satisfy regular expression pattern: [\p{L}\p{M}\p{S}\p{N}\p{P}]+`)
	}
	return nil
}

// newUser adds a user. The caller holds the lock.
func (p *Pool) newUser(username, password, status string, attributes map[string]string) (*user, error) {
	if err := checkUsername(username); err != nil {
		return nil, err
	}
	if err := p.settings.password.check(password); err != nil {
		return nil, err
	}
	name := p.key(username)
	if p.users[name] != nil {
		return nil, fail("UsernameExistsException", "User already exists")
	}
	u := &user{username: name, sub: p.uuid(), status: status, attributes: map[string]string{}, created: p.clock()}
	maps.Copy(u.attributes, attributes)
	p.setCredential(u, password)
	p.users[name] = u
	return u, nil
}

// setCredential replaces the password, which the policy has accepted.
func (p *Pool) setCredential(u *user, password string) {
	if u.credential.verifier != nil {
		u.former = append([]credential{u.credential}, u.former...)
	}
	if keep := max(p.settings.password.history-1, 0); len(u.former) > keep {
		u.former = u.former[:keep]
	}
	salt := new(big.Int).SetBytes(p.random(16))
	u.credential = credential{salt, srpVerifier(p.settings.name(), u.username, password, salt)}
	u.modified = p.clock()
}

// changePassword sets a password that the user chose: policy and history apply.
func (p *Pool) changePassword(u *user, password string) error {
	if err := p.settings.password.check(password); err != nil {
		return err
	}
	if p.settings.password.history > 0 {
		for _, c := range append([]credential{u.credential}, u.former...) {
			if c.matches(p.settings.name(), u.username, password) {
				return fail("PasswordHistoryPolicyViolationException", "Password has previously been used")
			}
		}
	}
	p.setCredential(u, password)
	u.status, u.temporaryUntil = confirmed, time.Time{}
	return nil
}

// simulated is what a sign-in sees instead of a user that does not exist: the same salt each time, and a user ID in
// UUID form, which is what Cognito documents (and which a name that is no UUID betrays, there as here).
// https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pool-managing-errors.html
func (p *Pool) simulated(username string) (userID string, c credential, err error) {
	// Derived without a power of the group: to make one up must not take longer than to look one up.
	b, err := hkdf.Key(sha256.New, p.decoy, nil, p.key(username), 16+16+384)
	if err != nil {
		return "", credential{}, err
	}
	verifier := new(big.Int).SetBytes(b[32:])
	return formatUUID(b[:16]), credential{new(big.Int).SetBytes(b[16:32]), verifier.Mod(verifier, srp3072().n)}, nil
}
