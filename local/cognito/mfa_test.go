package cognito

import (
	"context"
	"testing"
	"time"

	cip "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"
	"github.com/pquerna/otp/totp"
)

// code is what an authenticator app shows after some time.
func (f *fixture) code(secret *string, later time.Duration) *string {
	f.Helper()
	code, err := totp.GenerateCode(*secret, f.now.Add(later))
	if err != nil {
		f.Fatal(err)
	}
	return &code
}

func TestAUserMaySetUpASecondFactor(t *testing.T) {
	f, ctx := serve(t, resources()), context.Background()
	token := f.signIn("johndoe").AccessToken
	prefer := func(enabled bool) error {
		_, err := f.sdk.SetUserMFAPreference(ctx, &cip.SetUserMFAPreferenceInput{
			AccessToken: token, SoftwareTokenMfaSettings: &types.SoftwareTokenMfaSettingsType{Enabled: enabled, PreferredMfa: enabled},
		})
		return err
	}
	wantError(t, "preference without an app", prefer(true), "InvalidParameterException: User has not verified software token mfa")
	app, err := f.sdk.AssociateSoftwareToken(ctx, &cip.AssociateSoftwareTokenInput{AccessToken: token})
	if err != nil {
		t.Fatal(err)
	}
	verify := func(code *string) error {
		_, err := f.sdk.VerifySoftwareToken(ctx, &cip.VerifySoftwareTokenInput{AccessToken: token, UserCode: code})
		return err
	}
	wantError(t, "wrong code", verify(f.code(app.SecretCode, time.Hour)), "EnableSoftwareTokenMFAException: Code mismatch")
	wantError(t, "right code", verify(f.code(app.SecretCode, 0)), "")
	_, err = f.srp("johndoe", johnsPassword, nil)
	wantError(t, "before the preference is set", err, "")
	wantError(t, "preference", prefer(true), "")

	first, err := f.srp("johndoe", johnsPassword, nil)
	if err != nil || first.ChallengeName != types.ChallengeNameTypeSoftwareTokenMfa {
		t.Fatalf("got %v, %v", first, err)
	}
	answer := func(code *string) (*cip.RespondToAuthChallengeOutput, error) {
		return f.respond(first.ChallengeName, first.Session, map[string]string{"USERNAME": "johndoe", "SOFTWARE_TOKEN_MFA_CODE": *code})
	}
	_, err = answer(f.code(app.SecretCode, time.Hour))
	wantError(t, "wrong code", err, "CodeMismatchException: Invalid code received for user")
	_, err = answer(f.code(app.SecretCode, 0))
	wantError(t, "the code that set the app up", err, "ExpiredCodeException: Your software token has already been used once.")
	out, err := answer(f.code(app.SecretCode, 30*time.Second))
	if err != nil || out.AuthenticationResult == nil {
		t.Fatalf("right code: got %v, %v", out, err)
	}
	first, err = f.srp("johndoe", johnsPassword, nil)
	if err != nil {
		t.Fatal(err)
	}
	_, err = answer(f.code(app.SecretCode, 0))
	wantError(t, "the code before the last", err, "ExpiredCodeException: Your software token has already been used once.")
	_, err = answer(new(*f.code(app.SecretCode, 30*time.Second) + " "))
	wantError(t, "the last code, with a space", err, "CodeMismatchException: Invalid code received for user")
	wantError(t, "switching it off", prefer(false), "")
	f.signIn("johndoe")
}

func TestAPoolMayRequireASecondFactor(t *testing.T) {
	f, ctx := serve(t, with("Users", "MfaConfiguration", "ON")), context.Background()
	first, err := f.srp("johndoe", johnsPassword, nil)
	if err != nil || first.ChallengeName != types.ChallengeNameTypeMfaSetup || first.ChallengeParameters["MFAS_CAN_SETUP"] != `["SOFTWARE_TOKEN_MFA"]` {
		t.Fatalf("got %v, %v", first, err)
	}
	answer := map[string]string{"USERNAME": "johndoe"}
	_, err = f.respond(first.ChallengeName, first.Session, answer)
	wantError(t, "setup skipped", err, "InvalidParameterException: User has not verified software token mfa")
	app, err := f.sdk.AssociateSoftwareToken(ctx, &cip.AssociateSoftwareTokenInput{Session: first.Session})
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.sdk.AssociateSoftwareToken(ctx, &cip.AssociateSoftwareTokenInput{Session: first.Session})
	wantError(t, "session used", err, "NotAuthorizedException: Invalid session for the user.")
	set, err := f.sdk.VerifySoftwareToken(ctx, &cip.VerifySoftwareTokenInput{Session: app.Session, UserCode: f.code(app.SecretCode, 0)})
	if err != nil || set.Status != types.VerifySoftwareTokenResponseTypeSuccess {
		t.Fatalf("got %v, %v", set, err)
	}
	out, err := f.respond(first.ChallengeName, set.Session, answer)
	if err != nil || out.AuthenticationResult == nil {
		t.Fatalf("got %v, %v", out, err)
	}
	next, err := f.srp("johndoe", johnsPassword, nil)
	if err != nil || next.ChallengeName != types.ChallengeNameTypeSoftwareTokenMfa {
		t.Fatalf("next sign-in: got %v, %v", next, err)
	}
}

func TestAChallengeIsNotAnsweredByAnotherUserOrKind(t *testing.T) {
	f := serve(t, with("Users", "MfaConfiguration", "ON"))
	f.add("jane", UserOptions{})
	first, err := f.srp("johndoe", johnsPassword, nil)
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.respond(first.ChallengeName, first.Session, map[string]string{"USERNAME": "jane"})
	wantError(t, "another user", err, "NotAuthorizedException: Invalid session for the user.")
	_, err = f.respond("NEW_PASSWORD_REQUIRED", first.Session, map[string]string{"USERNAME": "johndoe", "NEW_PASSWORD": "Better-horse-22"})
	wantError(t, "another challenge", err, "NotAuthorizedException: Invalid session for the user")
}
