package apigateway

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

// What an authorizer says. AWS distinguishes an expired token from every other refusal, and nothing else.
const (
	notAuthorized = "Unauthorized"
	tokenExpired  = "The incoming token has expired"
)

// authorize verifies the token and keeps its claims. Everything wrong with a token is 401, a scope that is missing
// too: the Cognito authorizer of a REST API has no 403 of its own (AWS re:Post, "troubleshoot 401 Unauthorized errors
// ... after I've set up an Amazon Cognito user pool").
func (x *exchange) authorize(http.ResponseWriter) *refusal {
	if x.method.pools == nil {
		return nil
	}
	claims, message := verify(x.method.pools, x.request.Header.Get("Authorization"), x.start)
	if message == "" && !allowed(claims, x.method.scopes) {
		message = notAuthorized
	}
	if message != "" {
		return &refusal{"UNAUTHORIZED", http.StatusUnauthorized, message}
	}
	x.claims = claimStrings(claims)
	return nil
}

// verify returns the claims of a token, or else what is wrong with it. The token comes bare or behind "Bearer ", and
// AWS takes both (localstack's AWS-validated test_authorizer_cognito_scopes).
func verify(pools []UserPool, header string, now time.Time) (claims map[string]any, message string) {
	// RS256 is named here, not read from the token: "none", or HS256 with the public key as the secret, fail here.
	token, err := jwt.ParseSigned(strings.TrimPrefix(header, "Bearer "), []jose.SignatureAlgorithm{jose.RS256})
	if err != nil || len(token.Headers) != 1 {
		return nil, notAuthorized
	}
	for _, pool := range pools {
		keys := pool.JWKS()
		for _, key := range keys.Key(token.Headers[0].KeyID) {
			var times jwt.Claims
			if token.Claims(key, &claims, &times) == nil && times.Issuer == pool.Issuer() {
				return claims, wrongTime(times, now)
			}
		}
	}
	return nil, notAuthorized
}

// wrongTime says what is wrong with a token's times, without any leeway. Cognito issues no token without an end.
func wrongTime(c jwt.Claims, now time.Time) string {
	switch {
	case c.Expiry == nil, c.NotBefore != nil && now.Before(c.NotBefore.Time()):
		return notAuthorized
	case !now.Before(c.Expiry.Time()):
		return tokenExpired
	}
	return ""
}

// allowed reports whether a method takes the token: access tokens with one of the method's scopes. A method without
// scopes stops the start, because it would take ID tokens.
func allowed(claims map[string]any, scopes []string) bool {
	granted, _ := claims["scope"].(string)
	return claims["token_use"] == "access" &&
		slices.ContainsFunc(strings.Fields(granted), func(s string) bool { return slices.Contains(scopes, s) })
}

// claimStrings makes the strings that a function gets: API Gateway sends every claim as one, and the registered
// times as Java writes a date ("Thu May 04 03:50:06 UTC 2023"), as events from AWS show. auth_time, a number like them,
// stays a number.
func claimStrings(claims map[string]any) map[string]string {
	out := make(map[string]string, len(claims))
	for name, value := range claims {
		number, isNumber := value.(float64)
		switch {
		case isNumber && (name == "exp" || name == "iat" || name == "nbf"):
			out[name] = time.Unix(int64(number), 0).UTC().Format("Mon Jan 02 15:04:05 UTC 2006")
		case isNumber:
			out[name] = strconv.FormatFloat(number, 'f', -1, 64)
		default:
			out[name] = fmt.Sprint(value)
		}
	}
	return out
}
