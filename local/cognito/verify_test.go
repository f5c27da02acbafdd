package cognito

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"strings"
	"testing"
	"time"
)

func TestTheVerifierRefusesEveryForgery(t *testing.T) {
	f := serve(t, resources())
	now := f.now.Unix()
	good := func() map[string]any {
		return map[string]any{"iss": f.pool.Issuer(), "exp": now + 60, "iat": now, "token_use": "access", "sub": "x"}
	}
	sign := func(k *Key, change func(map[string]any)) string {
		claims := good()
		if change != nil {
			change(claims)
		}
		token, err := k.Sign(claims)
		if err != nil {
			t.Fatal(err)
		}
		return token
	}
	key := testKeys().Access()
	signed := sign(key, nil)
	parts := strings.Split(signed, ".")
	header := func(json string) string { return base64.RawURLEncoding.EncodeToString([]byte(json)) + "." + parts[1] }
	hs256 := header(`{"alg":"HS256","kid":"` + key.KeyID() + `"}`)
	public, err := f.pool.JWKS().Keys[1].MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	mac := hmac.New(sha256.New, public)
	mac.Write([]byte(hs256))
	v := f.pool.Verifier()
	if _, err := v.Verify(signed); err != nil {
		t.Fatalf("the good token: %v", err)
	}
	for name, token := range map[string]string{
		"empty":          "",
		"garbage":        "a.b.c",
		"no signature":   parts[0] + "." + parts[1] + ".",
		"alg none":       header(`{"alg":"none"}`) + ".",
		"HS256":          hs256 + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil)),
		"another pool":   sign(NewKeys().Access(), nil),
		"another issuer": sign(key, func(c map[string]any) { c["iss"] = "https://cognito-idp.us-east-1.amazonaws.com/" + f.pool.ID() }),
		"not yet valid":  sign(key, func(c map[string]any) { c["nbf"] = now + 1 }),
		"issued later":   sign(key, func(c map[string]any) { c["iat"] = now + 1 }),
		"no expiry":      sign(key, func(c map[string]any) { delete(c, "exp") }),
		"changed claims": parts[0] + "." + base64.RawURLEncoding.EncodeToString([]byte(`{"sub":"y"}`)) + "." + parts[2],
	} {
		if claims, err := v.Verify(token); err == nil || errors.Is(err, ErrExpired) {
			t.Errorf("%s: got claims %v, error %v", name, claims, err)
		}
	}
	if _, err := v.Verify(sign(key, func(c map[string]any) { c["exp"] = now })); !errors.Is(err, ErrExpired) {
		t.Errorf("expired: got %v, want ErrExpired", err)
	}
	_, err = f.getUser(&signed)
	wantError(t, "GetUser with a token that no sign-in gave", err, "NotAuthorizedException: Invalid Access Token")
}

func TestGetUserWantsAnAccessTokenThatIsStillGood(t *testing.T) {
	f := serve(t, resources())
	r := f.signIn("johndoe")
	_, err := f.getUser(r.IdToken)
	wantError(t, "ID token", err, "NotAuthorizedException: Invalid Access Token")
	jti := f.claims(r.AccessToken)["jti"] // of a sign-in that is still good
	forged, err := testKeys().Access().Sign(props{"iss": f.pool.Issuer(), "exp": f.now.Unix() + 60, "jti": jti, "token_use": "id"})
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.getUser(&forged)
	wantError(t, "token_use id", err, "NotAuthorizedException: Invalid Access Token")
	f.pass(15 * time.Minute)
	_, err = f.getUser(r.AccessToken)
	wantError(t, "expired", err, "NotAuthorizedException: Access Token has expired")
	r = f.signIn("johndoe")
	if err := f.pool.DeleteUser("johndoe"); err != nil {
		t.Fatal(err)
	}
	_, err = f.getUser(r.AccessToken)
	wantError(t, "deleted user", err, "UserNotFoundException")
	_, err = f.refresh(r.RefreshToken)
	wantError(t, "refresh of a deleted user", err, "NotAuthorizedException: Refresh Token has been revoked")
}
