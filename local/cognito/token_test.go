package cognito

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	cip "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
)

func secretHash(secret, message string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(message))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

func TestTokensCarryTheClaimsOfCognito(t *testing.T) {
	f := serve(t, resources())
	r := f.signIn("johndoe")
	access, id := f.claims(r.AccessToken), f.claims(r.IdToken)
	want := "auth_time client_id event_id exp iat iss jti origin_jti scope sub token_use username"
	if got := strings.Join(slices.Sorted(maps.Keys(access)), " "); got != want {
		t.Errorf("access token: got claims %s\nwant %s", got, want)
	}
	want = "aud auth_time cognito:username email email_verified event_id exp iat iss jti origin_jti sub token_use"
	if got := strings.Join(slices.Sorted(maps.Keys(id)), " "); got != want {
		t.Errorf("ID token: got claims %s\nwant %s", got, want)
	}
	for name, want := range map[string]any{
		"client_id": f.client, "iss": f.url + "/" + f.pool.ID(), "scope": "aws.cognito.signin.user.admin",
		"token_use": "access", "username": "johndoe", "iat": json.Number("1772600767"), "exp": json.Number("1772601667"),
		"auth_time": json.Number("1772600767"), "sub": id["sub"], "event_id": id["event_id"], "origin_jti": id["origin_jti"],
	} {
		if access[name] != want {
			t.Errorf("access token: got %s %v, want %v", name, access[name], want)
		}
	}
	for name, want := range map[string]any{
		"aud": f.client, "token_use": "id", "cognito:username": "johndoe", "email": "john@example.com", "email_verified": true,
	} {
		if id[name] != want {
			t.Errorf("ID token: got %s %v, want %v", name, id[name], want)
		}
	}
	if access["jti"] == id["jti"] {
		t.Error("both tokens have one jti")
	}
}

func TestTheHeaderIsKeyIDAndAlgorithm(t *testing.T) {
	f := serve(t, resources())
	r := f.signIn("johndoe")
	kids := map[string]bool{}
	for _, token := range []string{*r.AccessToken, *r.IdToken} {
		raw, _, _ := strings.Cut(token, ".")
		data, err := base64.RawURLEncoding.DecodeString(raw)
		if err != nil {
			t.Fatal(err)
		}
		header := map[string]string{}
		if err := json.Unmarshal(data, &header); err != nil {
			t.Fatal(err)
		}
		if len(header) != 2 || header["alg"] != "RS256" {
			t.Errorf("got header %s", data)
		}
		kids[header["kid"]] = true
	}
	set := f.pool.JWKS()
	if len(kids) != 2 || len(set.Keys) != 2 || !kids[set.Keys[0].KeyID] || !kids[set.Keys[1].KeyID] {
		t.Errorf("got key IDs %v, want the two of the key set, one for each token", kids)
	}
}

func TestRefreshGivesNewTokensOfTheSameSignIn(t *testing.T) {
	f := serve(t, resources())
	r := f.signIn("johndoe")
	f.pass(time.Hour)
	out, err := f.refresh(r.RefreshToken)
	if err != nil {
		t.Fatal(err)
	}
	if out.AuthenticationResult.RefreshToken != nil {
		t.Error("got a new refresh token without rotation")
	}
	claims := f.claims(out.AuthenticationResult.AccessToken)
	if claims["auth_time"] != json.Number("1772600767") || claims["iat"] != json.Number("1772604367") {
		t.Errorf("got auth_time %v and iat %v, want that of the sign-in and now", claims["auth_time"], claims["iat"])
	}
	f.pass(24 * time.Hour)
	_, err = f.refresh(r.RefreshToken)
	wantError(t, "after its validity", err, "NotAuthorizedException: Refresh Token has expired")
	garbage := "garbage"
	_, err = f.refresh(&garbage)
	wantError(t, "garbage", err, "NotAuthorizedException: Invalid Refresh Token")
}

func TestRotationReplacesTheRefreshToken(t *testing.T) {
	res := with("AppClient", "RefreshTokenRotation", props{"Feature": "ENABLED", "RetryGracePeriodSeconds": 10})
	res["AppClient"]["ExplicitAuthFlows"] = []any{"ALLOW_USER_PASSWORD_AUTH"}
	f := serve(t, res)
	first := f.signIn("johndoe").RefreshToken
	get := func(token *string) (*cip.GetTokensFromRefreshTokenOutput, error) {
		return f.sdk.GetTokensFromRefreshToken(context.Background(), &cip.GetTokensFromRefreshTokenInput{ClientId: &f.client, RefreshToken: token})
	}
	out, err := get(first)
	if err != nil || out.AuthenticationResult.RefreshToken == nil {
		t.Fatalf("got %v, %v", out, err)
	}
	second := out.AuthenticationResult.RefreshToken
	f.pass(10 * time.Second)
	_, err = get(first)
	wantError(t, "in the grace period", err, "")
	f.pass(time.Second)
	_, err = get(first)
	wantError(t, "after it", err, "RefreshTokenReuseException")
	_, err = get(second)
	wantError(t, "after reuse of the first", err, "NotAuthorizedException: Refresh Token has been revoked")
}

func TestSignOutIsSeenByCognitoButNotByAVerifier(t *testing.T) {
	revoked := map[string]func(*fixture, *cip.InitiateAuthOutput) error{
		"GlobalSignOut": func(f *fixture, s *cip.InitiateAuthOutput) error {
			_, err := f.sdk.GlobalSignOut(context.Background(), &cip.GlobalSignOutInput{AccessToken: s.AuthenticationResult.AccessToken})
			return err
		},
		"RevokeToken": func(f *fixture, s *cip.InitiateAuthOutput) error {
			_, err := f.sdk.RevokeToken(context.Background(), &cip.RevokeTokenInput{ClientId: &f.client, Token: s.AuthenticationResult.RefreshToken})
			return err
		},
		"disabling": func(f *fixture, _ *cip.InitiateAuthOutput) error { return f.pool.SetEnabled("johndoe", false) },
	}
	for name, revoke := range revoked {
		t.Run(name, func(t *testing.T) {
			f := serve(t, resources())
			s, err := f.password("johndoe", johnsPassword)
			if err != nil {
				t.Fatal(err)
			}
			if err := revoke(f, s); err != nil {
				t.Fatal(err)
			}
			_, err = f.getUser(s.AuthenticationResult.AccessToken)
			wantError(t, "GetUser", err, "NotAuthorizedException: Access Token has been revoked")
			_, err = f.refresh(s.AuthenticationResult.RefreshToken)
			wantError(t, "refresh", err, "NotAuthorizedException: Refresh Token has been revoked")
			if _, err := f.pool.Verifier().Verify(*s.AuthenticationResult.AccessToken); err != nil {
				t.Errorf("verifier: got %v, want the token accepted until it expires, as API Gateway does", err)
			}
		})
	}
}

func TestRevokeTokenEndsOneSignInOnly(t *testing.T) {
	f := serve(t, resources())
	one, two := f.signIn("johndoe"), f.signIn("johndoe")
	revoke := func(token *string) error {
		_, err := f.sdk.RevokeToken(context.Background(), &cip.RevokeTokenInput{ClientId: &f.client, Token: token})
		return err
	}
	wantError(t, "access token", revoke(one.AccessToken), "UnsupportedTokenTypeException")
	wantError(t, "refresh token", revoke(one.RefreshToken), "")
	_, err := f.getUser(two.AccessToken)
	wantError(t, "the other sign-in", err, "")
}

func TestWithoutRevocationTokensHaveNoOrigin(t *testing.T) {
	f := serve(t, with("AppClient", "EnableTokenRevocation", false))
	r := f.signIn("johndoe")
	if _, ok := f.claims(r.AccessToken)["origin_jti"]; ok {
		t.Error("got origin_jti")
	}
	_, err := f.sdk.RevokeToken(context.Background(), &cip.RevokeTokenInput{ClientId: &f.client, Token: r.RefreshToken})
	wantError(t, "RevokeToken", err, "UnsupportedOperationException")
}

func TestPasswordsOfThePastAreRefusedByTheirNumber(t *testing.T) {
	f := serve(t, with("Users", "Policies", props{"PasswordPolicy": props{"PasswordHistorySize": 2}}))
	set := func(password string) error { return f.pool.SetPassword("johndoe", password, true) }
	wantError(t, "present", set(johnsPassword), "PasswordHistoryPolicyViolationException")
	wantError(t, "second", set("second-horse"), "")
	wantError(t, "the one before", set(johnsPassword), "PasswordHistoryPolicyViolationException")
	wantError(t, "third", set("third-horse"), "")
	wantError(t, "two before", set(johnsPassword), "")
}
