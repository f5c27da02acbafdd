package cognito

import (
	"context"
	"testing"
	"time"

	cip "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"
)

func openPool() map[string]props {
	res := with("Users", "AdminCreateUserConfig", props{"AllowAdminCreateUserOnly": false})
	res["Users"]["AutoVerifiedAttributes"] = []any{"email"}
	return res
}

func (f *fixture) signUp(username, password string) (*cip.SignUpOutput, error) {
	return f.sdk.SignUp(context.Background(), &cip.SignUpInput{
		ClientId: &f.client, Username: &username, Password: &password,
		UserAttributes: []types.AttributeType{{Name: new("email"), Value: new("jane@example.org")}},
	})
}

func (f *fixture) confirm(username, code string) error {
	_, err := f.sdk.ConfirmSignUp(context.Background(), &cip.ConfirmSignUpInput{ClientId: &f.client, Username: &username, ConfirmationCode: &code})
	return err
}

func TestUsersSignThemselvesUp(t *testing.T) {
	f := serve(t, openPool())
	out, err := f.signUp("jane", johnsPassword)
	if err != nil || out.UserConfirmed || *out.CodeDeliveryDetails.Destination != "j***@e***" {
		t.Fatalf("got %+v, %v", out, err)
	}
	_, err = f.signUp("Jane", johnsPassword)
	wantError(t, "again", err, "UsernameExistsException: User already exists")
	_, err = f.password("jane", "wrong")
	wantError(t, "sign-in before confirmation", err, "UserNotConfirmedException: User is not confirmed.")
	_, err = f.srp("jane", johnsPassword, nil)
	wantError(t, "SRP before confirmation", err, "UserNotConfirmedException: User is not confirmed.")
	first := f.mailed()
	_, err = f.sdk.ConfirmForgotPassword(context.Background(), &cip.ConfirmForgotPasswordInput{
		ClientId: &f.client, Username: new("jane"), ConfirmationCode: &first, Password: new("Better-horse-22"),
	})
	wantError(t, "code for another purpose", err, "ExpiredCodeException")
	wantError(t, "wrong code", f.confirm("jane", "no"), "CodeMismatchException: Invalid verification code provided, please try again.")
	if _, err := f.sdk.ResendConfirmationCode(context.Background(), &cip.ResendConfirmationCodeInput{ClientId: &f.client, Username: new("jane")}); err != nil {
		t.Fatal(err)
	}
	wantError(t, "first code", f.confirm("jane", first), "CodeMismatchException")
	wantError(t, "right code", f.confirm("jane", f.mailed()), "")
	wantError(t, "confirmed already", f.confirm("jane", first), "NotAuthorizedException: User cannot be confirmed. Current status is CONFIRMED")
	f.signIn("jane")
}

func TestSignUpRules(t *testing.T) {
	f := serve(t, openPool())
	for username, want := range map[string]string{
		"with space": "InvalidParameterException: 1 validation error detected: Value at 'username'",
		"weak":       "InvalidPasswordException",
	} {
		_, err := f.signUp(username, map[bool]string{true: "weak", false: johnsPassword}[username == "weak"])
		wantError(t, username, err, want)
	}
	if _, err := f.signUp("jane", johnsPassword); err != nil {
		t.Fatal(err)
	}
	f.pass(24*time.Hour + time.Second)
	wantError(t, "late", f.confirm("jane", f.mailed()), "ExpiredCodeException: Invalid code provided, please request a code again.")

	closed := serve(t, resources())
	_, err := closed.signUp("jane", johnsPassword)
	wantError(t, "closed pool", err, "NotAuthorizedException: SignUp is not permitted for this user pool")
}

func TestAForgottenPasswordIsReplacedWithACode(t *testing.T) {
	f, ctx := serve(t, resources()), context.Background()
	f.add("nomail", UserOptions{})
	forgot := func(username string) (*cip.ForgotPasswordOutput, error) {
		return f.sdk.ForgotPassword(ctx, &cip.ForgotPasswordInput{ClientId: &f.client, Username: &username})
	}
	confirm := func(username, code, password string) error {
		_, err := f.sdk.ConfirmForgotPassword(ctx, &cip.ConfirmForgotPasswordInput{
			ClientId: &f.client, Username: &username, ConfirmationCode: &code, Password: &password,
		})
		return err
	}
	for _, username := range []string{"nobody", "nomail"} { // neither may be told from a user who gets a code
		out, err := forgot(username)
		if err != nil || out.CodeDeliveryDetails.DeliveryMedium != types.DeliveryMediumTypeEmail || f.log.Len() > 0 {
			t.Errorf("%s: got %v, %v, log %q", username, out, err, f.log)
		}
	}
	wantError(t, "nobody", confirm("nobody", "123456", "Better-horse-22"), "CodeMismatchException")
	if _, err := forgot("johndoe"); err != nil {
		t.Fatal(err)
	}
	wantError(t, "weak", confirm("johndoe", f.mailed(), "weak"), "InvalidPasswordException")
	wantError(t, "wrong code", confirm("johndoe", "no", "Better-horse-22"), "CodeMismatchException")
	wantError(t, "right code", confirm("johndoe", f.mailed(), "Better-horse-22"), "")
	wantError(t, "code again", confirm("johndoe", f.mailed(), "Better-horse-33"), "ExpiredCodeException")
	_, err := f.srp("johndoe", "Better-horse-22", nil)
	wantError(t, "sign-in", err, "")
}

func TestAClientReadsAndWritesOnlyItsAttributes(t *testing.T) {
	res := openPool()
	res["AppClient"]["ReadAttributes"] = []any{"email"}
	res["AppClient"]["WriteAttributes"] = []any{"name"}
	f := serve(t, res)
	_, err := f.signUp("jane", johnsPassword)
	wantError(t, "sign-up with an e-mail address", err, "NotAuthorizedException: A client attempted to write unauthorized attribute")
	r := f.signIn("johndoe")
	if claims := f.claims(r.IdToken); claims["email"] != "john@example.com" || claims["email_verified"] != nil {
		t.Errorf("ID token: got %v", claims)
	}
	got, err := f.getUser(r.AccessToken)
	if err != nil || len(got.UserAttributes) != 2 { // sub and email
		t.Errorf("GetUser: got %v, %v", got, err)
	}
}

func TestNobodyWritesWhatOnlyThePoolMaySay(t *testing.T) {
	f := serve(t, openPool())
	for _, name := range []string{"sub", "email_verified", "cognito:groups"} {
		_, err := f.sdk.SignUp(context.Background(), &cip.SignUpInput{
			ClientId: &f.client, Username: new("eve"), Password: new(johnsPassword), UserAttributes: []types.AttributeType{{Name: &name, Value: new("true")}},
		})
		wantError(t, name, err, "NotAuthorizedException: A client attempted to write unauthorized attribute")
	}
}
