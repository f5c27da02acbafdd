package main

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"

	"example.com/presigned/local/cognito"
)

// forger signs tokens with the keys of a user pool of its own.
type forger struct{ keys *cognito.Keys }

func newForger() forger { return forger{cognito.NewKeys()} }

// sign signs the claims of a good token anew, as another user.
func (f forger) sign(good, username string) (string, error) {
	claims, err := claimsOf(good)
	if err != nil {
		return "", err
	}
	claims["username"] = username
	return f.keys.Access().Sign(claims)
}

// unsigned has the claims of another user, and says that it needs no signature.
func unsigned(good, username string) (string, error) {
	token, err := renamed(good, username)
	if err != nil {
		return "", err
	}
	parts := strings.Split(token, ".")
	return base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none"}`)) + "." + parts[1] + ".", nil
}

// renamed is a good token with another user's name under the old signature.
func renamed(good, username string) (string, error) {
	claims, err := claimsOf(good)
	if err != nil {
		return "", err
	}
	claims["username"] = username
	text, err := json.Marshal(claims)
	if err != nil {
		return "", err
	}
	parts := strings.Split(good, ".")
	return parts[0] + "." + base64.RawURLEncoding.EncodeToString(text) + "." + parts[2], nil
}

func claimsOf(token string) (map[string]any, error) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return nil, fmt.Errorf("access token of %d segments, want 3", len(parts))
	}
	text, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return nil, err
	}
	var claims map[string]any
	return claims, json.Unmarshal(text, &claims)
}
