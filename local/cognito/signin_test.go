package cognito

import (
	"context"
	"testing"
	"time"

	cip "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"
)

const badCredentials = "NotAuthorizedException: Incorrect username or password."

func TestASignInBelongsToItsClient(t *testing.T) {
	res := with("Users", "MfaConfiguration", "ON")
	res["SecondClient"] = res["AppClient"]
	f := serve(t, res)
	second, err := f.tmpl.String(ref("SecondClient"))
	if err != nil {
		t.Fatal(err)
	}
	first := f.client
	_, err = f.srp("johndoe", johnsPassword, func(map[string]string) { f.client = second })
	wantError(t, "secret block", err, badCredentials)
	f.client = first
	challenge, err := f.srp("johndoe", johnsPassword, nil)
	if err != nil {
		t.Fatal(err)
	}
	f.pool.users["johndoe"].totp = totpState{secret: "JBSWY3DPEHPK3PXP", enabled: true} // so that only the client is wrong
	f.client = second
	_, err = f.respond(challenge.ChallengeName, challenge.Session, map[string]string{"USERNAME": "johndoe"})
	wantError(t, "session", err, "NotAuthorizedException: Invalid session for the user, session is expired.")
	f.client = first
	done, err := f.respond(challenge.ChallengeName, challenge.Session, map[string]string{"USERNAME": "johndoe"})
	if err != nil {
		t.Fatal(err)
	}
	f.client = second
	_, err = f.refresh(done.AuthenticationResult.RefreshToken)
	wantError(t, "refresh token", err, "NotAuthorizedException: Invalid Refresh Token")
}

func TestUnknownUsersAreNamedWhenTheClientAsksForIt(t *testing.T) {
	f := serve(t, with("AppClient", "PreventUserExistenceErrors", "LEGACY"))
	_, err := f.srp("nobody", "x", nil)
	wantError(t, "SRP", err, "UserNotFoundException: User does not exist.")
	_, err = f.password("nobody", "x")
	wantError(t, "password", err, "UserNotFoundException: User does not exist.")
}

func TestFlowsThatTheClientDoesNotAllowAreRefused(t *testing.T) {
	f := serve(t, with("AppClient", "ExplicitAuthFlows", []any{"ALLOW_REFRESH_TOKEN_AUTH"}))
	for flow, want := range map[string]string{
		"USER_PASSWORD_AUTH":       "InvalidParameterException: USER_PASSWORD_AUTH flow not enabled for this client",
		"USER_SRP_AUTH":            "InvalidParameterException: USER_SRP_AUTH is not enabled for the client.",
		"CUSTOM_AUTH":              "InvalidParameterException: CUSTOM_AUTH is not enabled for the client.",
		"ADMIN_USER_PASSWORD_AUTH": "InvalidParameterException: Initiate Auth method not supported.",
		"REFRESH_TOKEN_AUTH":       "InvalidParameterException: Missing required parameter REFRESH_TOKEN",
	} {
		_, err := f.initiate(flow, nil)
		wantError(t, flow, err, want)
	}
	f = serve(t, with("AppClient", "ExplicitAuthFlows", []any{"ALLOW_USER_SRP_AUTH"}))
	_, err := f.initiate("REFRESH_TOKEN_AUTH", map[string]string{"REFRESH_TOKEN": "x"})
	wantError(t, "refresh", err, "InvalidParameterException: Auth flow not enabled for this client")
	f.client = "unknownclient"
	_, err = f.initiate("REFRESH_TOKEN_AUTH", nil)
	wantError(t, "client", err, "ResourceNotFoundException: User pool client unknownclient does not exist.")
}

func TestWrongPasswordsLockTheUsernameForAWhile(t *testing.T) {
	for _, username := range []string{"johndoe", "nobody"} { // a lockout must not tell them apart
		t.Run(username, func(t *testing.T) {
			f := serve(t, resources())
			for range 5 {
				_, err := f.password(username, "wrong")
				wantError(t, "wrong", err, badCredentials)
			}
			_, err := f.password(username, johnsPassword)
			wantError(t, "locked", err, "NotAuthorizedException: Password attempts exceeded")
			_, err = f.srp(username, johnsPassword, nil)
			wantError(t, "locked for SRP", err, "NotAuthorizedException: Password attempts exceeded")
			f.pass(time.Second)
			_, err = f.password(username, "wrong")
			wantError(t, "wrong again", err, badCredentials)
			f.pass(time.Second)
			_, err = f.password(username, "wrong")
			wantError(t, "locked for two seconds", err, "NotAuthorizedException: Password attempts exceeded")
		})
	}
	f := serve(t, resources())
	for range 20 { // a right password in between starts the count again
		_, err := f.password("johndoe", "wrong")
		wantError(t, "wrong", err, badCredentials)
		f.signIn("johndoe")
	}
}

func TestUsersWhoMayNotSignInAreToldWhyOnlyWithTheRightPassword(t *testing.T) {
	f := serve(t, resources())
	if err := f.pool.SetEnabled("johndoe", false); err != nil {
		t.Fatal(err)
	}
	_, err := f.password("johndoe", "wrong")
	wantError(t, "wrong password", err, badCredentials)
	_, err = f.password("johndoe", johnsPassword)
	wantError(t, "right password", err, "NotAuthorizedException: User is disabled.")
	_, err = f.srp("johndoe", johnsPassword, nil)
	wantError(t, "SRP", err, "NotAuthorizedException: User is disabled.")
}

func TestAClientWithASecretWantsItsHash(t *testing.T) {
	f := serve(t, with("AppClient", "GenerateSecret", true))
	_, err := f.password("johndoe", johnsPassword)
	wantError(t, "none", err, "NotAuthorizedException: Client "+f.client+" is configured with secret but SECRET_HASH was not received")
	params := map[string]string{"USERNAME": "johndoe", "PASSWORD": johnsPassword, "SECRET_HASH": "d3Jvbmc="}
	_, err = f.initiate("USER_PASSWORD_AUTH", params)
	wantError(t, "wrong", err, "NotAuthorizedException: Unable to verify secret hash for client "+f.client)
	secret, err := f.tmpl.String(props{"Fn::GetAtt": []any{"AppClient", "ClientSecret"}})
	if err != nil || len(secret) != 51 {
		t.Fatalf("got secret %q, %v", secret, err)
	}
	// HMAC-SHA256(secret, username + client ID), as the developer guide computes it.
	params["SECRET_HASH"] = secretHash(secret, "johndoe"+f.client)
	_, err = f.initiate("USER_PASSWORD_AUTH", params)
	wantError(t, "right", err, "")
}

func TestATemporaryPasswordMustBeReplaced(t *testing.T) {
	f := serve(t, resources())
	f.add("temp", UserOptions{Temporary: true})
	first, err := f.srp("temp", johnsPassword, nil)
	if err != nil || first.ChallengeName != types.ChallengeNameTypeNewPasswordRequired {
		t.Fatalf("got %v, %v", first, err)
	}
	answer := map[string]string{"USERNAME": "temp", "NEW_PASSWORD": "short1"}
	_, err = f.respond(first.ChallengeName, first.Session, answer)
	wantError(t, "short", err, "InvalidPasswordException: Password did not conform with policy: Password not long enough")
	answer["NEW_PASSWORD"] = "Better-horse-22" // the session outlives a refused password
	out, err := f.respond(first.ChallengeName, first.Session, answer)
	if err != nil || out.AuthenticationResult == nil {
		t.Fatalf("got %v, %v", out, err)
	}
	_, err = f.respond(first.ChallengeName, first.Session, answer)
	wantError(t, "again", err, "NotAuthorizedException: Invalid session for the user, session can only be used once.")
	_, err = f.password("temp", "Better-horse-22")
	wantError(t, "next sign-in", err, "")
}

func TestATemporaryPasswordExpires(t *testing.T) {
	f := serve(t, resources())
	f.add("temp", UserOptions{Temporary: true})
	f.pass(7*24*time.Hour + time.Second)
	_, err := f.password("temp", johnsPassword)
	wantError(t, "after a week", err, "NotAuthorizedException: Temporary password has expired")
}

func TestAChallengeExpiresWithItsSession(t *testing.T) {
	f := serve(t, resources())
	f.add("temp", UserOptions{Temporary: true})
	first, err := f.password("temp", johnsPassword)
	if err != nil {
		t.Fatal(err)
	}
	f.pass(3 * time.Minute)
	_, err = f.respond(first.ChallengeName, first.Session, map[string]string{"USERNAME": "temp", "NEW_PASSWORD": "Better-horse-22"})
	wantError(t, "late", err, "NotAuthorizedException: Invalid session for the user, session is expired.")
}

func TestChangePasswordWantsThePresentOneAndThePolicy(t *testing.T) {
	f := serve(t, resources())
	token := f.signIn("johndoe").AccessToken
	change := func(from, to string) error {
		_, err := f.sdk.ChangePassword(context.Background(), &cip.ChangePasswordInput{
			AccessToken: token, PreviousPassword: &from, ProposedPassword: &to,
		})
		return err
	}
	wantError(t, "wrong", change("Wrong-horse-1", "Better-horse-22"), badCredentials)
	wantError(t, "weak", change(johnsPassword, "no-digits-in-this"), "InvalidPasswordException: Password did not conform with policy: Password must have numeric")
	wantError(t, "right", change(johnsPassword, "Better-horse-22"), "")
	_, err := f.password("johndoe", johnsPassword)
	wantError(t, "old password", err, badCredentials)
	_, err = f.srp("johndoe", "Better-horse-22", nil)
	wantError(t, "new password", err, "")
}
