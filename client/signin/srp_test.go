package signin

import (
	"bytes"
	"encoding/base64"
	"maps"
	"math/big"
	"testing"
	"time"
)

// The vectors of github.com/alexrudd/cognito-srp v4.1.0, cognitosrp_test.go: another implementation, which
// signs in to real user pools.
func TestTheProofIsThatOfAnotherImplementation(t *testing.T) {
	s := srpWithSecret(big.NewInt(1234567890))
	if got, want := s.k.String(), "37772559067617796309459009502931177628717927509759535181635788491848250400486"; got != want {
		t.Errorf("k: got %s, want %s", got, want)
	}
	if got, want := s.A.String()[:40], "2012821450179237266067414751941060928019"; got != want {
		t.Errorf("A: got %s..., want %s...", got, want)
	}
	c, err := parseChallenge(map[string]string{
		"USER_ID_FOR_SRP": "test",
		"SALT":            big.NewInt(1234567890).Text(16),
		"SRP_B":           big.NewInt(1234567890).Text(16),
		"SECRET_BLOCK":    base64.StdEncoding.EncodeToString([]byte("secretssecrestssecrets")),
	})
	if err != nil {
		t.Fatal(err)
	}
	signature, timestamp, err := s.prove("myPool", "test", c, time.Date(2018, 7, 10, 11, 1, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	if want := "tdvQu/Li/qWl8Nni0aFPs+MwY4rvKZm0kSMrGIMSUHk="; signature != want || timestamp != "Tue Jul 10 11:01:00 UTC 2018" {
		t.Errorf("got %s of %s, want %s", signature, timestamp, want)
	}
}

func TestTheTimestampIsOneThatCognitoTakes(t *testing.T) {
	c := challenge{userID: "u", salt: big.NewInt(1), b: big.NewInt(5), secretBlock: []byte("s")}
	_, got, err := srpWithSecret(big.NewInt(7)).prove("p", "w", c, time.Date(2026, 3, 4, 15, 6, 7, 0, time.FixedZone("CET", 3600)))
	if want := "Wed Mar 4 14:06:07 UTC 2026"; err != nil || got != want {
		t.Errorf("got %q, %v, want %q: day without zero, hour of 24, UTC", got, err, want)
	}
}

func TestAMalformedChallengeIsRefused(t *testing.T) {
	good := map[string]string{"SALT": "ab", "SRP_B": "cd", "SECRET_BLOCK": "c2VjcmV0", "USER_ID_FOR_SRP": "u"}
	for field, bad := range map[string]string{"SALT": "xyz", "SRP_B": "", "SECRET_BLOCK": "%", "USER_ID_FOR_SRP": ""} {
		p := maps.Clone(good)
		p[field] = bad
		if _, err := parseChallenge(p); err == nil {
			t.Errorf("%s %q: got no error", field, bad)
		}
	}
	multiple := challenge{userID: "u", salt: big.NewInt(1), b: srpWithSecret(big.NewInt(1)).n}
	if _, err := srpWithSecret(big.NewInt(7)).sessionKey("p", "w", multiple); err == nil {
		t.Error("SRP_B that is a multiple of the prime: got no error")
	}
}

func TestAPoolIDNeedsItsName(t *testing.T) {
	for id, want := range map[string]string{"eu-west-1_Ab12": "Ab12", "eu-west-1": "", "eu-west-1_": "", "": ""} {
		if got, err := poolName(id); got != want || (err == nil) != (want != "") {
			t.Errorf("%q: got %q, %v, want %q", id, got, err, want)
		}
	}
}

func TestIntegersAreHashedAsJavaWritesThem(t *testing.T) {
	for n, want := range map[int64][]byte{0: {0}, 1: {1}, 0x7f: {0x7f}, 0x80: {0, 0x80}, 0x100: {1, 0}, 0xff00: {0, 0xff, 0}} {
		if got := javaBytes(big.NewInt(n)); !bytes.Equal(got, want) {
			t.Errorf("%#x: got %x, want %x", n, got, want)
		}
	}
}

func TestTheProofNamesItsChallengeAndTime(t *testing.T) {
	c, p := newPool(t, verifier, granted)
	if _, err := c.SignIn(t.Context(), "john", "pw", nil); err != nil {
		t.Fatal(err)
	}
	begun, proof := p.calls[0], p.calls[1].ChallengeResponses
	if begun.AuthFlow != "USER_SRP_AUTH" || begun.AuthParameters["USERNAME"] != "john" || len(begun.AuthParameters["SRP_A"]) < 700 {
		t.Errorf("got first call %+v, want USER_SRP_AUTH of john with the public value", begun)
	}
	if p.calls[1].ChallengeName != "PASSWORD_VERIFIER" || proof["PASSWORD_CLAIM_SECRET_BLOCK"] != "c2VjcmV0" || len(proof["PASSWORD_CLAIM_SIGNATURE"]) != 44 {
		t.Errorf("got proof %v, want the secret block and a SHA-256 in base64", proof)
	}
	if _, err := time.Parse("Mon Jan 2 15:04:05 MST 2006", proof["TIMESTAMP"]); err != nil {
		t.Error(err)
	}
}
