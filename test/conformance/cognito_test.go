//go:build conformance

package conformance

import (
	"testing"
)

// accounts are what a client of the user pool is given: a user, and a newcomer with an administrator's password.
type accounts struct {
	Username    string `json:"username"`
	Password    string `json:"password"`
	Newcomer    string `json:"newcomer"`
	Temporary   string `json:"temporary"`
	Replacement string `json:"replacement"`
}

func newcomer(t *testing.T, name string) accounts {
	t.Helper()
	a := accounts{dev.Username, dev.Password, name, "Temporary-7-password", "Permanent-7-password"}
	if err := dev.Running.Pool.AddUser(a.Newcomer, a.Temporary, true); err != nil {
		t.Fatal(err)
	}
	return a
}

func TestTheUserPoolServesAmazonCognitoIdentityJS(t *testing.T) {
	judge(t, "Cognito: identity-js", told(t, command(t, "node", here("cognito/identity-js.mjs")), newcomer(t, "newcomer-js")))
}

func TestTheUserPoolServesPycognitoAndBoto3(t *testing.T) {
	judge(t, "Cognito: pycognito", told(t, command(t, python(), here("cognito/with_pycognito.py")), newcomer(t, "newcomer-py")))
}
