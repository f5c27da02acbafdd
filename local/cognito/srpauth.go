package cognito

import (
	"crypto/hmac"
	"encoding/base64"
	"fmt"
	"math/big"
	"time"
)

// sessionLife is how long a challenge may take, by Cognito's default.
const sessionLife = 3 * time.Minute

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
	a, err := parseSRPA(params["SRP_A"])
	if err != nil {
		return nil, fail("InvalidParameterException", "Invalid SRP_A: %s", err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	state := &srpState{client: c, username: key(username), user: p.users[key(username)], a: a, b: new(big.Int).SetBytes(random(32))}
	if state.user != nil {
		state.userID, state.credential = state.user.username, state.user.credential
	} else { // no password proves this; the challenge looks like any other
		state.userID, state.credential = username, credential{new(big.Int).SetBytes(random(16)), new(big.Int).SetBytes(random(383))}
	}
	state.public = srpPublic(state.credential.verifier, state.b)
	block := base64.StdEncoding.EncodeToString(random(256))
	p.proofs.put(block, state, p.clock(), sessionLife)
	return authResponse{ChallengeName: "PASSWORD_VERIFIER", ChallengeParameters: map[string]string{
		"SALT": fmt.Sprintf("%x", state.credential.salt), "SRP_B": fmt.Sprintf("%x", state.public), "SECRET_BLOCK": block,
		"USERNAME": state.userID, "USER_ID_FOR_SRP": state.userID,
	}}, nil
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
	if name := params["USERNAME"]; name != state.userID && key(name) != state.username {
		return nil, errBadCredentials()
	}
	if !p.srpProven(state, params, timestamp) {
		return nil, errBadCredentials()
	}
	return p.enter(c, state.user)
}

func (p *Pool) srpProven(s *srpState, params map[string]string, timestamp string) bool {
	block, err1 := base64.StdEncoding.DecodeString(params["PASSWORD_CLAIM_SECRET_BLOCK"])
	got, err2 := base64.StdEncoding.DecodeString(params["PASSWORD_CLAIM_SIGNATURE"])
	key, err3 := srpKey(s.a, s.b, s.public, s.credential.verifier)
	if err1 != nil || err2 != nil || err3 != nil {
		return false
	}
	want := srpSignature(key, p.name(), s.userID, block, timestamp)
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
