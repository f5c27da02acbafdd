package attack

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/go-jose/go-jose/v4"

	"example.com/presigned/lambda/operation"
	"example.com/presigned/local/cognito"
	"example.com/presigned/test/harness"
)

const byAuthorizer = "the Cognito authorizer verifies signature, issuer and time"

// tokenOf makes a token for a row.
type tokenOf func(x *Try) string

// withToken asks for an upload with a token.
func withToken(token tokenOf) func(x *Try) harness.Answer {
	return func(x *Try) harness.Answer { return x.ask(x.UploadURL, token(x), `{}`) }
}

// unauthorized has a row for each token, which the authorizer must refuse.
func unauthorized(tokens map[string]tokenOf) []Row {
	var rows []Row
	for _, name := range slices.Sorted(maps.Keys(tokens)) {
		rows = append(rows, Row{name, withToken(tokens[name]), 401, "Unauthorized", byAuthorizer})
	}
	return rows
}

// tokenRows have tokens that the authorizer refuses. Nobody but Cognito can sign one with another issuer, time or scope.
// The function's checks of claims have tests in lambda/presigner.
func tokenRows() []Row {
	is := func(token string) tokenOf { return func(*Try) string { return token } }
	parts := func(x *Try) []string { return strings.Split(x.Me.AccessToken, ".") }
	rows := unauthorized(map[string]tokenOf{
		"no token":               is(""),
		"garbage":                is("garbage"),
		"three dots":             is("a.b.c"),
		"alg none":               func(x *Try) string { return forged(map[string]any{"alg": "none"}, x.claims(), nil) },
		"alg none with a key ID": func(x *Try) string { return forged(map[string]any{"alg": "none", "kid": x.keyID()}, x.claims(), nil) },
		"HS256 with the public key": func(x *Try) string {
			return forged(map[string]any{"alg": "HS256", "kid": x.keyID()}, x.claims(), x.publicKeyPEM())
		},
		"claims changed": func(x *Try) string {
			return parts(x)[0] + "." + base64.RawURLEncoding.EncodeToString([]byte(`{"username":"`+x.Other.Name+`"}`)) + "." + parts(x)[2]
		},
		"signature cut": func(x *Try) string { return parts(x)[0] + "." + parts(x)[1] + "." },
		"another pool's key": func(x *Try) string {
			token, err := cognito.NewKeys().Access().Sign(x.claims())
			if err != nil {
				x.Fatal(err)
			}
			return token
		},
		"ID token": func(x *Try) string { return x.Me.IDToken },
	})
	return append(rows,
		Row{"token in the query", func(x *Try) harness.Answer {
			return x.ask(x.UploadURL+"?Authorization="+x.Me.AccessToken, "", `{}`)
		}, 401, "Unauthorized", "the identity source is the Authorization header alone"},
		Row{"a refusal for the token says nothing of the user", func(x *Try) harness.Answer {
			a := x.ask(x.UploadURL, forged(map[string]any{"alg": "none"}, x.claims(), nil), `{}`)
			if got, want := a.Header.Get("Content-Type"), "application/problem+json"; got != want {
				x.Errorf("Content-Type: got %q, want %q", got, want)
			}
			if strings.Contains(string(a.Body), x.Me.Name) {
				x.Errorf("the answer names the user: %s", a.Body)
			}
			return a
		}, 401, "Unauthorized", byAuthorizer},
		Row{"a GET", func(x *Try) harness.Answer {
			return x.do(http.MethodGet, x.UploadURL, http.Header{"Authorization": {"Bearer " + x.Me.AccessToken}}, nil)
		}, 404, "MissingAuthenticationToken", "the API has no such method"},
		Row{"another path", func(x *Try) harness.Answer {
			return x.ask(strings.TrimSuffix(x.UploadURL, "/generate-presigned-url")+"/admin", x.Me.AccessToken, `{}`)
		}, 404, "MissingAuthenticationToken", "the API has no such resource"},
	)
}

// onKey asks a route for a URL of an object, with a token.
func onKey(route operation.Route, token tokenOf) func(x *Try) harness.Answer {
	return func(x *Try) harness.Answer { return x.ask(x.URL(route), token(x), `{"key":"johndoe/1"}`) }
}

const everyRoute = "the authorizer is the API's default, so every route has it"

// routeTokenRows are for the download and the delete route; the upload route has more.
func routeTokenRows(route operation.Route) []Row {
	on := " on the " + strings.ToLower(route.Name()) + " route"
	return []Row{
		{"no token" + on, onKey(route, func(*Try) string { return "" }), 401, "Unauthorized", everyRoute},
		{"ID token" + on, onKey(route, func(x *Try) string { return x.Me.IDToken }), 401, "Unauthorized", everyRoute},
	}
}

// signOutRows run last, because they end the other user's sessions. A sign-out ends the refresh token at once. An access
// token works until it expires, on AWS too, because API Gateway doesn't ask Cognito.
func signOutRows() []Row {
	return []Row{{"a signed-out user gets no new token", func(x *Try) harness.Answer {
		again, err := x.signIn(x.ctx, x.Other.Name, x.Other.password)
		if err != nil {
			x.Fatal(err)
		}
		if a := x.idp("GlobalSignOut", map[string]any{"AccessToken": again.AccessToken}); a.Status != http.StatusOK {
			x.Fatalf("sign out: got %d %s", a.Status, a.Body)
		}
		a := x.refresh(again.RefreshToken)
		if !strings.Contains(string(a.Body), "NotAuthorizedException") {
			x.Errorf("got %s, want NotAuthorizedException", a.Body)
		}
		return a
	}, 400, "", "Cognito ends the refresh token"}}
}

// forged signs claims with HMAC, or not at all, as a library accepts it that trusts the header's alg.
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

// decoded is one of the two JSON parts of the user's own access token.
func (x *Try) decoded(part int) map[string]any {
	parts := strings.Split(x.Me.AccessToken, ".")
	text, err := base64.RawURLEncoding.DecodeString(parts[part])
	var fields map[string]any
	if err == nil {
		err = json.Unmarshal(text, &fields)
	}
	if err != nil {
		x.Fatalf("the access token is no JWT: %v", err)
	}
	return fields
}

func (x *Try) claims() map[string]any { return x.decoded(1) }

func (x *Try) keyID() string {
	id, _ := x.decoded(0)["kid"].(string)
	return id
}

// publicKeyPEM is the public key that verifies the user's token. Everybody can fetch it.
func (x *Try) publicKeyPEM() []byte {
	a := x.do(http.MethodGet, strings.TrimSuffix(x.CognitoURL, "/")+"/"+x.UserPoolID+"/.well-known/jwks.json", http.Header{}, nil)
	var set jose.JSONWebKeySet
	if err := json.Unmarshal(a.Body, &set); err != nil || len(set.Key(x.keyID())) == 0 {
		x.Fatalf("the user pool's keys: got %d %s", a.Status, a.Body)
	}
	der, err := x509.MarshalPKIXPublicKey(set.Key(x.keyID())[0].Key)
	if err != nil {
		x.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
}
