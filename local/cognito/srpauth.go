package cognito

import (
	"crypto/hmac"
	"encoding/base64"
	"fmt"
	"math/big"
	"time"
)

// srpState is a sign-in between its two messages.
type srpState struct {
	client     *client
	username   string // as the pool keys it
	user       *user  // nil: no such user, which must not show
	userID     string // what the client hashes as its name
	a, b       *big.Int
	public     *big.Int
	credential credential
}

// startSRP answers a client's value A with the PASSWORD_VERIFIER challenge. There is no Session: what the client
// returns is the secret block.
func (p *Pool) startSRP(c *client, params map[string]string) (any, error) {
	username := params["USERNAME"]
	if username == "" {
		return nil, errMissing("USERNAME")
	}
	if params["SRP_A"] == "" {
		return nil, errMissing("SRP_A")
	}
	if err := c.checkSecretHash(params["SECRET_HASH"], username); err != nil {
		return nil, err
	}
	a, err := parseSRPA(params["SRP_A"])
	if err != nil {
		return nil, fail("InvalidParameterException", "Invalid SRP_A: %s", err)
	}
	state, err := p.srpState(c, username)
	if err != nil {
		return nil, err
	}
	state.a, state.b = a, new(big.Int).SetBytes(p.random(32))
	state.public = srpPublic(state.credential.verifier, state.b)
	block := base64.StdEncoding.EncodeToString(p.random(256))

	p.mu.Lock()
	defer p.mu.Unlock()
	p.proofs.put(block, state, p.clock(), c.session)
	return authResponse{ChallengeName: "PASSWORD_VERIFIER", ChallengeParameters: map[string]string{
		"SALT": fmt.Sprintf("%x", state.credential.salt), "SRP_B": fmt.Sprintf("%x", state.public), "SECRET_BLOCK": block,
		"USERNAME": state.userID, "USER_ID_FOR_SRP": state.userID,
	}}, nil
}

// srpState looks the user up, or makes one up.
func (p *Pool) srpState(c *client, username string) (*srpState, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := p.checkLockout(username); err != nil {
		return nil, err
	}
	s := &srpState{client: c, username: p.key(username), user: p.users[p.key(username)]}
	if s.user != nil {
		s.userID, s.credential = s.user.username, s.user.credential
		return s, nil
	}
	if !c.hideUsers {
		return nil, errUserNotFound()
	}
	var err error
	s.userID, s.credential, err = p.simulated(username)
	return s, err
}

// finishSRP checks the proof. A secret block serves for one try, right or wrong.
func (p *Pool) finishSRP(c *client, params map[string]string) (any, error) {
	for _, name := range []string{"USERNAME", "PASSWORD_CLAIM_SECRET_BLOCK", "PASSWORD_CLAIM_SIGNATURE", "TIMESTAMP"} {
		if params[name] == "" {
			return nil, errMissing(name)
		}
	}
	timestamp, err := p.canonicalTime(params["TIMESTAMP"])
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	state, ok := p.proofs.take(params["PASSWORD_CLAIM_SECRET_BLOCK"], p.clock())
	if !ok || state.client != c {
		return nil, errBadCredentials()
	}
	// Clients repeat the user ID of the challenge, or what the user typed.
	if name := params["USERNAME"]; name != state.userID && p.key(name) != state.username {
		return nil, errBadCredentials()
	}
	if err := c.checkSecretHash(params["SECRET_HASH"], params["USERNAME"]); err != nil {
		return nil, err
	}
	if err := p.checkLockout(state.username); err != nil {
		return nil, err
	}
	if !p.srpProven(state, params, timestamp) {
		p.failed(state.username)
		return nil, errBadCredentials()
	}
	p.attempts.take(state.username, p.clock())
	if err := p.mayEnter(state.user); err != nil {
		return nil, err
	}
	return p.proceed(c, state.user, passwordStep)
}

func (p *Pool) srpProven(s *srpState, params map[string]string, timestamp string) bool {
	block, err1 := base64.StdEncoding.DecodeString(params["PASSWORD_CLAIM_SECRET_BLOCK"])
	got, err2 := base64.StdEncoding.DecodeString(params["PASSWORD_CLAIM_SIGNATURE"])
	key, err3 := srpKey(s.a, s.b, s.public, s.credential.verifier)
	if err1 != nil || err2 != nil || err3 != nil {
		return false
	}
	want := srpSignature(key, p.settings.name(), s.userID, block, timestamp)
	// A password changed, or a user deleted, between the two messages makes the proof worthless.
	present := s.user != nil && p.users[s.username] == s.user && s.user.credential == s.credential
	return hmac.Equal(got, want) && present
}

// srpTime is how the timestamp is written: a day without a leading zero, English names, UTC.
const srpTime = "Mon Jan 2 15:04:05 UTC 2006"

// clockSkew is how far a client's clock may be off.
const clockSkew = 5 * time.Minute

// canonicalTime reads a timestamp and writes it again: like Cognito, which hashes its own form, so that "Sep 05" or
// a wrong day of the week makes the proof wrong instead of the request.
func (p *Pool) canonicalTime(s string) (string, error) {
	t, err := time.Parse(srpTime, s)
	if err != nil {
		return "", fail("InvalidParameterException", "TIMESTAMP format should be EEE MMM d HH:mm:ss z yyyy in english.")
	}
	if d := p.clock().Sub(t).Abs(); d > clockSkew {
		return "", errBadCredentials()
	}
	return t.Format(srpTime), nil
}
