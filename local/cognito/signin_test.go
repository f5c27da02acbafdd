package cognito

import (
	"testing"
	"time"

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

func TestFlowsThatTheClientDoesNotAllowAreRefused(t *testing.T) {
	f := serve(t, with("AppClient", "ExplicitAuthFlows", []any{"ALLOW_REFRESH_TOKEN_AUTH"}))
	for flow, want := range map[string]string{
		"USER_PASSWORD_AUTH":       "InvalidParameterException: USER_PASSWORD_AUTH flow not enabled for this client",
		"USER_SRP_AUTH":            "InvalidParameterException: USER_SRP_AUTH is not enabled for the client.",
		"CUSTOM_AUTH":              "InvalidParameterException: Initiate Auth method not supported.",
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

func TestUsersWhoMayNotSignInAreToldWhyOnlyWithTheRightPassword(t *testing.T) {
	f := serve(t, resources())
	f.pool.users["johndoe"].disabled = true
	_, err := f.password("johndoe", "wrong")
	wantError(t, "wrong password", err, badCredentials)
	_, err = f.password("johndoe", johnsPassword)
	wantError(t, "right password", err, "NotAuthorizedException: User is disabled.")
	_, err = f.srp("johndoe", johnsPassword, nil)
	wantError(t, "SRP", err, "NotAuthorizedException: User is disabled.")
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
	wantError(t, "again", err, "NotAuthorizedException: Invalid session for the user, session is expired.")
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
