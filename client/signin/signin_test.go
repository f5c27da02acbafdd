package signin

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"
)

// userPool answers calls in a fixed order, and keeps what it was asked.
type userPool struct {
	t     *testing.T
	steps []string // JSON bodies; one beginning with "!" is an error's type
	calls []call
}

type call struct {
	Target string `json:"-"`

	AuthFlow           string
	ChallengeName      string
	AuthParameters     map[string]string
	ChallengeResponses map[string]string
	Session            string
	UserCode           string
	Token, AccessToken string
}

func (p *userPool) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var c call
	if err := json.NewDecoder(r.Body).Decode(&c); err != nil {
		p.t.Errorf("call: %v", err)
	}
	_, c.Target, _ = strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	p.calls = append(p.calls, c)
	if r.Header.Get("Authorization") != "" {
		p.t.Error("the call is signed; it must work for anybody")
	}
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	step := p.steps[0]
	p.steps = p.steps[1:]
	if code, ok := strings.CutPrefix(step, "!"); ok {
		w.WriteHeader(http.StatusBadRequest)
		step = `{"__type": "` + code + `", "message": "said the user pool"}`
	}
	_, _ = w.Write([]byte(step))
}

const (
	verifier = `{"ChallengeName": "PASSWORD_VERIFIER", "ChallengeParameters": {"USERNAME": "internal", "USER_ID_FOR_SRP": "internal", "SALT": "ab12", "SRP_B": "cd34", "SECRET_BLOCK": "c2VjcmV0"}}`
	granted  = `{"AuthenticationResult": {"AccessToken": "access", "RefreshToken": "refresh", "ExpiresIn": 300}}`

	newPassword = `{"ChallengeName": "NEW_PASSWORD_REQUIRED", "Session": "s"}`
	code        = `{"ChallengeName": "SOFTWARE_TOKEN_MFA", "Session": "s"}`
	setUp       = `{"ChallengeName": "MFA_SETUP", "Session": "s"}`
	secret      = `{"SecretCode": "BASE32", "Session": "s"}`
)

func newPool(t *testing.T, steps ...string) (*Client, *userPool) {
	t.Helper()
	p := &userPool{t: t, steps: steps}
	server := httptest.NewServer(p)
	t.Cleanup(server.Close)
	c, err := New(Config{
		Region: "eu-west-1", UserPoolID: "eu-west-1_Pool", AppClientID: "app", Endpoint: server.URL,
		Clock: func() time.Time { return time.Unix(1_000_000, 0) },
	})
	if err != nil {
		t.Fatal(err)
	}
	return c, p
}

// person answers challenges.
type person struct {
	secret string
	err    error
}

func (p *person) NewPassword(context.Context) (string, error) { return "my own", p.err }
func (p *person) Code(_ context.Context, secret string) (string, error) {
	p.secret = secret
	return "123456", p.err
}

func TestSignInMeetsEveryChallenge(t *testing.T) {
	tests := map[string]struct {
		steps []string
		want  []string // the calls
		field string   // of the last call's responses
		value string
	}{
		"a password":     {[]string{verifier, granted}, []string{"InitiateAuth", "RespondToAuthChallenge"}, "USERNAME", "internal"},
		"a new password": {[]string{verifier, newPassword, granted}, []string{"InitiateAuth", "RespondToAuthChallenge", "RespondToAuthChallenge"}, "NEW_PASSWORD", "my own"},
		"a TOTP code":    {[]string{verifier, code, granted}, []string{"InitiateAuth", "RespondToAuthChallenge", "RespondToAuthChallenge"}, "SOFTWARE_TOKEN_MFA_CODE", "123456"},
		"TOTP's set-up": {[]string{verifier, setUp, secret, `{"Status": "SUCCESS", "Session": "s"}`, granted},
			[]string{"InitiateAuth", "RespondToAuthChallenge", "AssociateSoftwareToken", "VerifySoftwareToken", "RespondToAuthChallenge"}, "USERNAME", "internal"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			c, p := newPool(t, test.steps...)
			answers := &person{}
			got, err := c.SignIn(t.Context(), "john", "temporary", answers)
			if err != nil {
				t.Fatal(err)
			}
			if shown := answers.secret == "BASE32"; shown != (len(test.want) == 5) {
				t.Errorf("got the secret %q shown, want that of a new app alone", answers.secret)
			}
			if want := (Tokens{"access", "refresh", time.Unix(1_000_300, 0)}); got != want {
				t.Errorf("got %+v, want %+v", got, want)
			}
			var calls []string
			for _, call := range p.calls {
				calls = append(calls, call.Target)
			}
			if strings.Join(calls, " ") != strings.Join(test.want, " ") {
				t.Errorf("got calls %v, want %v", calls, test.want)
			}
			last := p.calls[len(p.calls)-1]
			if last.ChallengeResponses[test.field] != test.value || len(calls) > 2 && last.Session != "s" {
				t.Errorf("got last call %+v, want %s=%s", last, test.field, test.value)
			}
			for _, call := range p.calls {
				if text, _ := json.Marshal(call); strings.Contains(string(text), "temporary") {
					t.Errorf("the password was sent: %s", text)
				}
			}
		})
	}
}

func TestSignInIsRefused(t *testing.T) {
	unable := &person{err: errors.New("no answer")}
	tests := map[string]struct {
		steps   []string
		answers Answers
		want    string
		refused bool
	}{
		"for the password":             {[]string{verifier, "!NotAuthorizedException"}, nil, `sign in as "john": said the user pool (NotAuthorizedException)`, true},
		"for an unknown user":          {[]string{"!UserNotFoundException"}, nil, "UserNotFoundException", true},
		"without answers":              {[]string{verifier, `{"ChallengeName": "NEW_PASSWORD_REQUIRED"}`}, nil, "there are no answers", false},
		"by an unknown question":       {[]string{verifier, `{"ChallengeName": "SMS_OTP"}`}, &person{}, "want PASSWORD_VERIFIER", false},
		"by a broken challenge":        {[]string{`{"ChallengeName": "PASSWORD_VERIFIER", "ChallengeParameters": {"SRP_B": "zz"}}`}, nil, "malformed SRP challenge", false},
		"by a challenge without proof": {[]string{strings.Replace(verifier, "cd34", primeHex, 1)}, nil, "multiple of the prime", false},
		"by an empty answer":           {[]string{verifier, `{"AuthenticationResult": {}}`}, nil, "without an access token", false},

		"without a new password":        {[]string{verifier, newPassword}, unable, "no answer", false},
		"without a code":                {[]string{verifier, code}, unable, "no answer", false},
		"without a secret":              {[]string{verifier, setUp, "!InvalidParameterException"}, &person{}, "InvalidParameterException", false},
		"by an empty secret":            {[]string{verifier, setUp, `{}`}, &person{}, "sent no secret code", false},
		"without a code of a new app":   {[]string{verifier, setUp, secret}, unable, "no answer", false},
		"for a wrong code of a new app": {[]string{verifier, setUp, secret, "!EnableSoftwareTokenMFAException"}, &person{}, "EnableSoftwareTokenMFAException", false},
		"by endless questions":          {append([]string{verifier}, slices.Repeat([]string{code}, maxSteps)...), &person{}, "more than 8", false},
		"for a wrong code":              {[]string{verifier, code, "!CodeMismatchException"}, &person{}, "CodeMismatchException", false},
	}
	for name, test := range tests {
		c, p := newPool(t, test.steps...)
		got, err := c.SignIn(t.Context(), "john", "pw", test.answers)
		if err == nil || !strings.Contains(err.Error(), test.want) || Refused(err) != test.refused || got != (Tokens{}) {
			t.Errorf("%s: got %+v, %v (refused %t), want %q (%t)", name, got, err, Refused(err), test.want, test.refused)
		}
		if len(p.steps) != 0 {
			t.Errorf("%s: %d steps were not reached", name, len(p.steps))
		}
	}
}

func TestRefreshKeepsTheRefreshTokenUnlessItIsRotated(t *testing.T) {
	for step, want := range map[string]string{
		`{"AuthenticationResult": {"AccessToken": "new", "ExpiresIn": 300}}`:                          "old",
		`{"AuthenticationResult": {"AccessToken": "new", "ExpiresIn": 300, "RefreshToken": "fresh"}}`: "fresh",
	} {
		c, p := newPool(t, step)
		got, err := c.Refresh(t.Context(), "old")
		if err != nil || got.AccessToken != "new" || got.RefreshToken != want {
			t.Errorf("got %+v, %v, want refresh token %q", got, err, want)
		}
		if p.calls[0].AuthFlow != "REFRESH_TOKEN_AUTH" || p.calls[0].AuthParameters["REFRESH_TOKEN"] != "old" {
			t.Errorf("got call %+v", p.calls[0])
		}
	}
}

func TestASessionIsEnded(t *testing.T) {
	for target, test := range map[string]struct {
		end  func(*Client) error
		want string // of a refusal
	}{
		"RevokeToken":   {func(c *Client) error { return c.Revoke(t.Context(), "token") }, "revoke the refresh token"},
		"GlobalSignOut": {func(c *Client) error { return c.SignOutEverywhere(t.Context(), "token") }, "sign out everywhere"},
	} {
		c, p := newPool(t, `{}`, "!NotAuthorizedException")
		if err := test.end(c); err != nil || p.calls[0].Target != target || p.calls[0].Token+p.calls[0].AccessToken != "token" {
			t.Errorf("%s: got %v of call %+v", target, err, p.calls[0])
		}
		if err := test.end(c); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, want a refusal", target, err)
		}
	}
}

func TestAConfigurationIsChecked(t *testing.T) {
	for _, cfg := range []Config{{}, {Region: "r", AppClientID: "a", UserPoolID: "nopool"}, {UserPoolID: "r_p", Region: "r"}, {UserPoolID: "r_p", AppClientID: "a"}} {
		if _, err := New(cfg); err == nil {
			t.Errorf("%+v: got no error", cfg)
		}
	}
}

func TestARefreshThatFailsSaysSo(t *testing.T) {
	c, _ := newPool(t, "!NotAuthorizedException", `{}`)
	if _, err := c.Refresh(t.Context(), "old"); !Refused(err) || !strings.Contains(err.Error(), "refresh the access token") {
		t.Errorf("got %v, want a refusal", err)
	}
	if got, err := c.Refresh(t.Context(), "old"); err == nil || got != (Tokens{}) {
		t.Errorf("got %+v, %v, want an error for an answer without a token", got, err)
	}
}
