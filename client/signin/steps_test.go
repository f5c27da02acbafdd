package signin

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"
)

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

// unable is a person who cannot answer.
type unable struct{}

func (unable) NewPassword(context.Context) (string, error) {
	return "", errors.New("no new password")
}
func (unable) Code(context.Context, string) (string, error) { return "", errors.New("no code") }

func TestAStepThatFailsEndsTheSignIn(t *testing.T) {
	const (
		newPassword = `{"ChallengeName": "NEW_PASSWORD_REQUIRED", "Session": "s"}`
		code        = `{"ChallengeName": "SOFTWARE_TOKEN_MFA", "Session": "s"}`
		setUp       = `{"ChallengeName": "MFA_SETUP", "Session": "s"}`
		secret      = `{"SecretCode": "BASE32", "Session": "s"}`
	)
	tests := map[string]struct {
		steps   []string
		answers Answers
		want    string
	}{
		"no new password":         {[]string{verifier, newPassword}, unable{}, "no new password"},
		"no code":                 {[]string{verifier, code}, unable{}, "no code"},
		"no secret":               {[]string{verifier, setUp, "!InvalidParameterException"}, &person{}, "InvalidParameterException"},
		"an empty secret":         {[]string{verifier, setUp, `{}`}, &person{}, "sent no secret code"},
		"no code of a new app":    {[]string{verifier, setUp, secret}, unable{}, "no code"},
		"a wrong code of its own": {[]string{verifier, setUp, secret, "!EnableSoftwareTokenMFAException"}, &person{}, "EnableSoftwareTokenMFAException"},
		"an answer refused":       {[]string{verifier, code, "!CodeMismatchException"}, &person{}, "CodeMismatchException"},
	}
	for name, test := range tests {
		c, p := newPool(t, test.steps...)
		got, err := c.SignIn(t.Context(), "john", "pw", test.answers)
		if err == nil || !strings.Contains(err.Error(), test.want) || got != (Tokens{}) {
			t.Errorf("%s: got %+v, %v, want %q", name, got, err, test.want)
		}
		if len(p.steps) != 0 {
			t.Errorf("%s: %d steps were not reached", name, len(p.steps))
		}
	}
}

func TestTheSecretOfANewAppIsShown(t *testing.T) {
	c, _ := newPool(t, verifier, `{"ChallengeName": "MFA_SETUP", "Session": "s"}`, `{"SecretCode": "BASE32", "Session": "s"}`, `{"Status": "SUCCESS", "Session": "s"}`, granted)
	p := &person{}
	if _, err := c.SignIn(t.Context(), "john", "pw", p); err != nil || p.secret != "BASE32" {
		t.Errorf("got secret %q, %v, want BASE32", p.secret, err)
	}
}

func TestARefreshOrRevocationThatFailsSaysSo(t *testing.T) {
	c, _ := newPool(t, "!NotAuthorizedException", `{}`, "!UnauthorizedException")
	if _, err := c.Refresh(t.Context(), "old"); !Refused(err) || !strings.Contains(err.Error(), "refresh the access token") {
		t.Errorf("got %v, want a refusal", err)
	}
	if got, err := c.Refresh(t.Context(), "old"); err == nil || got != (Tokens{}) {
		t.Errorf("got %+v, %v, want an error for an answer without a token", got, err)
	}
	if err := c.Revoke(t.Context(), "r"); err == nil || !strings.Contains(err.Error(), "revoke the refresh token") {
		t.Errorf("got %v, want a refusal", err)
	}
}
