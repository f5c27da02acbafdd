package attack

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"net/http"
	"strings"
	"testing"
	"time"

	"example.com/presigned/local/cognito"
	"example.com/presigned/test/harness"
)

// forged signs claims with HMAC, or not at all: what a library that trusts the header's alg would accept.
func forged(header, claims map[string]any, secret []byte) string {
	part := func(v any) string {
		text, _ := json.Marshal(v)
		return base64.RawURLEncoding.EncodeToString(text)
	}
	token := part(header) + "." + part(claims)
	if secret == nil {
		return token + "."
	}
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte(token))
	return token + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// with changes some claims of johndoe's token; a nil value removes one.
func with(changes map[string]any) string {
	claims := dev.Claims("johndoe")
	for name, value := range changes {
		if claims[name] = value; value == nil {
			delete(claims, name)
		}
	}
	return dev.Token(claims)
}

// publicKeyPEM is the pool's public key, which everybody can fetch.
func publicKeyPEM() []byte {
	key := dev.Running.Pool.JWKS().Keys[1]
	der, err := x509.MarshalPKIXPublicKey(key.Key)
	if err != nil {
		panic(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
}

func TestTokens(t *testing.T) {
	kid := dev.Keys.Access().KeyID()
	good := dev.TokenOf("johndoe")
	parts := strings.Split(good, ".")
	otherPool, err := cognito.NewKeys().Access().Sign(dev.Claims("johndoe"))
	if err != nil {
		t.Fatal(err)
	}
	idToken, err := dev.Keys.ID().Sign(map[string]any{
		"sub": "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee", "iss": dev.Running.Pool.Issuer(), "aud": dev.AppClientID, "token_use": "id",
		"cognito:username": "johndoe", "auth_time": time.Now().Unix(), "iat": time.Now().Unix(), "exp": time.Now().Add(time.Hour).Unix(),
	})
	if err != nil {
		t.Fatal(err)
	}
	const byAuthorizer = "the Cognito authorizer verifies signature, issuer and time"
	var rows []row
	for name, token := range map[string]string{
		"no token":                    "",
		"garbage":                     "garbage",
		"three dots":                  "a.b.c",
		"alg none":                    forged(map[string]any{"alg": "none"}, dev.Claims("johndoe"), nil),
		"alg none with a key ID":      forged(map[string]any{"alg": "none", "kid": kid}, dev.Claims("johndoe"), nil),
		"HS256 with the public key":   forged(map[string]any{"alg": "HS256", "kid": kid}, dev.Claims("johndoe"), publicKeyPEM()),
		"claims changed":              parts[0] + "." + base64.RawURLEncoding.EncodeToString([]byte(`{"username":"alice"}`)) + "." + parts[2],
		"signature cut":               parts[0] + "." + parts[1] + ".",
		"another pool's key":          otherPool,
		"another pool's issuer":       with(map[string]any{"iss": "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_another"}),
		"expired":                     with(map[string]any{"exp": time.Now().Add(-time.Minute).Unix()}),
		"no expiry":                   with(map[string]any{"exp": nil}),
		"not yet valid":               with(map[string]any{"nbf": time.Now().Add(time.Hour).Unix()}),
		"ID token":                    idToken,
		"access token without scope":  with(map[string]any{"scope": nil}),
		"access token, other scope":   with(map[string]any{"scope": "openid profile"}),
		"scope that contains a right": with(map[string]any{"scope": "xuploads/write"}),
	} {
		rows = append(rows, row{name, func(t *testing.T) harness.Answer { return harness.Ask(t, dev.UploadURL, token, `{}`) }, 401, "Unauthorized", byAuthorizer})
	}
	for name, token := range map[string]string{
		"token of another app client": with(map[string]any{"client_id": "1another1client1id"}),
	} {
		rows = append(rows, row{name, func(t *testing.T) harness.Answer { return harness.Ask(t, dev.UploadURL, token, `{}`) }, 403, "TokenNotAccepted", "claims.go takes access tokens of this stack's app clients only"})
	}
	rows = append(rows,
		row{"expired token on the download route", func(t *testing.T) harness.Answer {
			return harness.Ask(t, dev.DownloadURL, with(map[string]any{"exp": time.Now().Add(-time.Minute).Unix()}), `{"key":"johndoe/1"}`)
		}, 401, "Unauthorized", "the authorizer is the API's default, so every route has it"},
		row{"token in the query", func(t *testing.T) harness.Answer {
			return harness.Ask(t, dev.UploadURL+"?Authorization="+good, "", `{}`)
		}, 401, "Unauthorized", "the identity source is the Authorization header alone"},
		row{"a GET", func(t *testing.T) harness.Answer {
			return harness.Do(t, http.MethodGet, dev.UploadURL, http.Header{"Authorization": {"Bearer " + good}}, nil)
		}, 404, "MissingAuthenticationToken", "the API has no such method"},
		row{"another path", func(t *testing.T) harness.Answer {
			return harness.Ask(t, strings.TrimSuffix(dev.UploadURL, "/generate-presigned-url")+"/admin", good, `{}`)
		}, 404, "MissingAuthenticationToken", "the API has no such resource"},
	)
	try(t, rows)
}

func TestARefusalForTheTokenSaysNothingOfTheUser(t *testing.T) {
	a := harness.Ask(t, dev.UploadURL, with(map[string]any{"exp": 1}), `{}`)
	if got, want := a.Header.Get("Content-Type"), "application/problem+json"; got != want {
		t.Errorf("Content-Type: got %q, want %q", got, want)
	}
	if strings.Contains(string(a.Body), "johndoe") {
		t.Errorf("the answer names the user: %s", a.Body)
	}
}

// A signed-out access token stays good until it expires: API Gateway cannot see the sign-out, on AWS neither.
// What ends it is its short life; the refresh token is dead at once.
func TestASignedOutUserGetsNoNewToken(t *testing.T) {
	if err := dev.Running.Pool.SignOut(dev.Username); err != nil {
		t.Fatal(err)
	}
	tokens := signIn(t, dev.Username, dev.Password)
	if err := dev.Running.Pool.SignOut(dev.Username); err != nil {
		t.Fatal(err)
	}
	a := idp(t, "InitiateAuth", map[string]any{
		"AuthFlow": "REFRESH_TOKEN_AUTH", "ClientId": dev.AppClientID, "AuthParameters": map[string]string{"REFRESH_TOKEN": tokens.RefreshToken},
	})
	if a.Status != 400 || !strings.Contains(string(a.Body), "NotAuthorizedException") {
		t.Errorf("refresh after sign-out: got %d %s, want NotAuthorizedException", a.Status, a.Body)
	}
}

type tokens struct{ AccessToken, RefreshToken string }

func signIn(t *testing.T, username, password string) tokens {
	t.Helper()
	a := idp(t, "InitiateAuth", map[string]any{
		"AuthFlow": "USER_PASSWORD_AUTH", "ClientId": dev.AppClientID,
		"AuthParameters": map[string]string{"USERNAME": username, "PASSWORD": password},
	})
	var out struct{ AuthenticationResult tokens }
	if err := json.Unmarshal(a.Body, &out); err != nil || out.AuthenticationResult.AccessToken == "" {
		t.Fatalf("sign in: got %d %s", a.Status, a.Body)
	}
	return out.AuthenticationResult
}

// idp calls Cognito's API as any HTTP client can.
func idp(t *testing.T, target string, in any) harness.Answer {
	t.Helper()
	body, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	return harness.Do(t, http.MethodPost, dev.CognitoURL, http.Header{
		"Content-Type": {"application/x-amz-json-1.1"}, "X-Amz-Target": {"AWSCognitoIdentityProviderService." + target},
	}, body)
}
