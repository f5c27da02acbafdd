package cognito

import (
	"math/big"
	"strings"

	"github.com/google/uuid"
)

// user is one user of the pool. The pool's lock guards it.
type user struct {
	username       string
	sub            string
	temporary      bool     // the first sign-in must replace the password
	salt, verifier *big.Int // all that is kept of the password
	app            authenticatorApp
}

// key is what a username is found by. The pool ignores case and also shows names in lower case: "flattened to lowercase",
// https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-case-sensitivity.html
func key(username string) string { return strings.ToLower(username) }

// AddUser creates a user as an administrator does, with a password that the pool's policy accepts. The first sign-in must
// replace a temporary password.
func (p *Pool) AddUser(username, password string, temporary bool) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	_, err := p.add(username, password, temporary)
	return err
}

func (p *Pool) add(username, password string, temporary bool) (*user, error) {
	u := &user{username: key(username), sub: uuid.NewString()}
	if p.users[u.username] != nil {
		return nil, fail("UsernameExistsException", "User already exists")
	}
	if err := p.changePassword(u, password); err != nil {
		return nil, err
	}
	u.temporary = temporary
	p.users[u.username] = u
	return u, nil
}

// changePassword sets a password that the policy accepts.
func (p *Pool) changePassword(u *user, password string) error {
	if err := p.checkPassword(password); err != nil {
		return err
	}
	u.salt = new(big.Int).SetBytes(random(16))
	u.verifier = srpVerifier(p.name(), u.username, password, u.salt)
	u.temporary = false
	return nil
}

// symbols are the characters that count as special.
// https://docs.aws.amazon.com/cognito/latest/developerguide/managing-users-passwords.html
const symbols = "^$*.[]{}()?-\"!@#%&/\\,><':;|_~`+= "

// checkPassword returns Cognito's error for a password that the policy refuses. It always requires all four kinds of
// characters. A template that switches one off is refused.
func (p *Pool) checkPassword(password string) error {
	if len([]rune(password)) < p.minPasswordLength {
		return fail("InvalidPasswordException", "Password did not conform with policy: Password not long enough")
	}
	for _, kind := range []struct{ name, characters string }{
		{"uppercase", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}, {"lowercase", "abcdefghijklmnopqrstuvwxyz"}, {"numeric", "0123456789"}, {"symbol", symbols},
	} {
		if !strings.ContainsAny(password, kind.characters) {
			return fail("InvalidPasswordException", "Password did not conform with policy: Password must have %s characters", kind.name)
		}
	}
	return nil
}
