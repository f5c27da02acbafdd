//go:build conformance

package conformance

import "testing"

// newcomer is what a client of the user pool is given: a user, and a newcomer with an administrator's password.
func newcomer(t *testing.T, name string) map[string]string {
	t.Helper()
	const temporary = "Temporary-7-password"
	if err := dev.Running.Pool.AddUser(name, temporary, true); err != nil {
		t.Fatal(err)
	}
	return map[string]string{
		"username": dev.Username, "password": dev.Password, "newcomer": name, "temporary": temporary, "replacement": "Permanent-7-password",
	}
}

func TestTheUserPoolServesAmazonCognitoIdentityJS(t *testing.T) {
	judge(t, "Cognito: identity-js", told(t, command(t, "node", here("cognito/identity-js.mjs")), newcomer(t, "newcomer-js")))
}

func TestTheUserPoolServesPycognitoAndBoto3(t *testing.T) {
	judge(t, "Cognito: pycognito", told(t, command(t, python(), here("cognito/with_pycognito.py")), newcomer(t, "newcomer-py")))
}
