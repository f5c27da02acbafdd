package cognito

import (
	"crypto/hmac"
	"math/big"
	"regexp"
	"strings"
	"time"

	"example.com/presigned/local/template"
)

// The states of a user that this pool knows, as Cognito names them.
const (
	confirmed   = "CONFIRMED"
	forceChange = "FORCE_CHANGE_PASSWORD"
)

// user is one user of the pool. The pool's lock guards it.
type user struct {
	username       string
	sub            string
	status         string
	disabled       bool
	credential     credential
	temporaryUntil time.Time // end of an administrator's temporary password
	totp           totpState
}

// credential is all that is kept of a password.
type credential struct{ salt, verifier *big.Int }

// matches compares by computing the verifier again: the password itself is not kept.
func (c credential) matches(poolName, username, password string) bool {
	got := srpVerifier(poolName, username, password, c.salt)
	return hmac.Equal(got.FillBytes(make([]byte, 384)), c.verifier.FillBytes(make([]byte, 384)))
}

// key is what a username is found by. The pool ignores case and also shows names in lower case: "flattened to lowercase",
// https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-case-sensitivity.html
func key(username string) string { return strings.ToLower(username) }

// checkUsername checks a username as the API's model does: 1 to 128 letters, marks, symbols, numbers or punctuation.
func checkUsername(username string) error {
	if !regexp.MustCompile(`^[\p{L}\p{M}\p{S}\p{N}\p{P}]{1,128}$`).MatchString(username) {
		return fail("InvalidParameterException", `1 validation error detected: Value at 'username' failed to satisfy constraint: Member must satisfy regular expression pattern: [\p{L}\p{M}\p{S}\p{N}\p{P}]+`)
	}
	return nil
}

// newUser adds a user. The caller holds the lock.
func (p *Pool) newUser(username, password string) (*user, error) {
	if err := checkUsername(username); err != nil {
		return nil, err
	}
	name := key(username)
	if p.users[name] != nil {
		return nil, fail("UsernameExistsException", "User already exists")
	}
	u := &user{username: name, sub: uuid()}
	if err := p.changePassword(u, password); err != nil {
		return nil, err
	}
	p.users[name] = u
	return u, nil
}

// changePassword sets a password that the policy accepts.
func (p *Pool) changePassword(u *user, password string) error {
	if err := p.policy.check(password); err != nil {
		return err
	}
	salt := new(big.Int).SetBytes(random(16))
	u.credential = credential{salt, srpVerifier(p.name(), u.username, password, salt)}
	u.status, u.temporaryUntil = confirmed, time.Time{}
	return nil
}

// makeTemporary marks a user's password as one that the next sign-in must replace.
func (p *Pool) makeTemporary(u *user) {
	days := time.Duration(p.policy.TemporaryPasswordValidityDays) * 24 * time.Hour
	u.status, u.temporaryUntil = forceChange, p.clock().Add(days)
}

// passwordPolicy is what a new password must satisfy.
type passwordPolicy struct {
	MinimumLength                 template.Int
	RequireLowercase              template.Bool
	RequireNumbers                template.Bool
	RequireSymbols                template.Bool
	RequireUppercase              template.Bool
	TemporaryPasswordValidityDays template.Int
}

// symbols are the characters that count as special.
// https://docs.aws.amazon.com/cognito/latest/developerguide/managing-users-passwords.html
const symbols = "^$*.[]{}()?-\"!@#%&/\\,><':;|_~`+= "

// check returns Cognito's error for a password that the policy refuses.
func (w passwordPolicy) check(password string) error {
	has := func(set string) bool { return strings.ContainsAny(password, set) }
	length := len([]rune(password))
	rules := []struct {
		wanted  template.Bool
		met     bool
		message string
	}{
		{true, length >= int(w.MinimumLength), "Password not long enough"},
		{w.RequireUppercase, has("ABCDEFGHIJKLMNOPQRSTUVWXYZ"), "Password must have uppercase characters"},
		{w.RequireLowercase, has("abcdefghijklmnopqrstuvwxyz"), "Password must have lowercase characters"},
		{w.RequireNumbers, has("0123456789"), "Password must have numeric characters"},
		{w.RequireSymbols, has(symbols), "Password must have symbol characters"},
	}
	for _, r := range rules {
		if r.wanted && !template.Bool(r.met) {
			return fail("InvalidPasswordException", "Password did not conform with policy: %s", r.message)
		}
	}
	if length > 256 || strings.TrimSpace(password) != password {
		return fail("InvalidParameterException", "Value at 'password' failed to satisfy constraint: Member must satisfy regular expression pattern: ^[\\S]+.*[\\S]+$")
	}
	return nil
}
