package cognito

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	cip "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
)

func TestTokensCarryTheClaimsOfCognito(t *testing.T) {
	f := serve(t, resources())
	r := f.signIn("johndoe")
	access, id := f.claims(r.AccessToken), f.claims(r.IdToken)
	want := "auth_time client_id event_id exp iat iss jti origin_jti scope sub token_use username"
	if got := strings.Join(slices.Sorted(maps.Keys(access)), " "); got != want {
		t.Errorf("access token: got claims %s\nwant %s", got, want)
	}
	want = "aud auth_time cognito:username event_id exp iat iss jti origin_jti sub token_use"
	if got := strings.Join(slices.Sorted(maps.Keys(id)), " "); got != want {
		t.Errorf("ID token: got claims %s\nwant %s", got, want)
	}
	for name, want := range map[string]any{
		"client_id": f.client, "iss": f.url + "/" + f.pool.ID(), "scope": "aws.cognito.signin.user.admin",
		"token_use": "access", "username": "johndoe", "iat": 1772600767.0, "exp": 1772601667.0,
		"auth_time": 1772600767.0, "sub": id["sub"], "event_id": id["event_id"], "origin_jti": id["origin_jti"],
	} {
		if access[name] != want {
			t.Errorf("access token: got %s %v, want %v", name, access[name], want)
		}
	}
	for name, want := range map[string]any{"aud": f.client, "token_use": "id", "cognito:username": "johndoe"} {
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
	if claims["auth_time"] != 1772600767.0 || claims["iat"] != 1772604367.0 {
		t.Errorf("got auth_time %v and iat %v, want that of the sign-in and now", claims["auth_time"], claims["iat"])
	}
	f.pass(24 * time.Hour)
	_, err = f.refresh(r.RefreshToken)
	wantError(t, "after its validity", err, "NotAuthorizedException: Refresh Token has expired")
	garbage := "garbage"
	_, err = f.refresh(&garbage)
	wantError(t, "garbage", err, "NotAuthorizedException: Invalid Refresh Token")
}

func TestSignOutIsSeenByCognito(t *testing.T) {
	revoked := map[string]func(*fixture, *cip.InitiateAuthOutput) error{
		"GlobalSignOut": func(f *fixture, s *cip.InitiateAuthOutput) error {
			_, err := f.sdk.GlobalSignOut(context.Background(), &cip.GlobalSignOutInput{AccessToken: s.AuthenticationResult.AccessToken})
			return err
		},
		"RevokeToken": func(f *fixture, s *cip.InitiateAuthOutput) error {
			_, err := f.sdk.RevokeToken(context.Background(), &cip.RevokeTokenInput{ClientId: &f.client, Token: s.AuthenticationResult.RefreshToken})
			return err
		},
		"an administrator": func(f *fixture, _ *cip.InitiateAuthOutput) error { return f.pool.SignOut("JohnDoe") },
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
			wantError(t, "access token", f.use(s.AuthenticationResult.AccessToken), "NotAuthorizedException: Access Token has been revoked")
			_, err = f.refresh(s.AuthenticationResult.RefreshToken)
			wantError(t, "refresh", err, "NotAuthorizedException: Refresh Token has been revoked")
		})
	}
}

func TestRevokeTokenEndsOneSignInOnly(t *testing.T) {
	f := serve(t, oauthPool())
	one, two := f.signIn("johndoe"), f.signIn("johndoe")
	revoke := func(client string) error {
		_, err := f.sdk.RevokeToken(context.Background(), &cip.RevokeTokenInput{ClientId: &client, Token: one.RefreshToken})
		return err
	}
	wantError(t, "a client with a secret", revoke(f.machine().ClientID), "UnauthorizedException: Invalid client")
	wantError(t, "of another client", f.use(one.AccessToken), "")
	wantError(t, "its own client", revoke(f.client), "")
	wantError(t, "its access token", f.use(one.AccessToken), "NotAuthorizedException: Access Token has been revoked")
	wantError(t, "the other sign-in", f.use(two.AccessToken), "")
}

func TestAnAccountWantsAnAccessTokenThatIsStillGood(t *testing.T) {
	f := serve(t, resources())
	r := f.signIn("johndoe")
	wantError(t, "ID token", f.use(r.IdToken), "NotAuthorizedException: Invalid Access Token")
	forged, err := testKeys().Access().Sign(props{"iss": f.pool.Issuer(), "exp": f.now.Unix() + 60, "token_use": "access", "username": "johndoe"})
	if err != nil {
		t.Fatal(err)
	}
	wantError(t, "a token that no sign-in gave", f.use(&forged), "NotAuthorizedException: Invalid Access Token")
	f.pass(15 * time.Minute)
	wantError(t, "expired", f.use(r.AccessToken), "NotAuthorizedException: Invalid Access Token")
}
