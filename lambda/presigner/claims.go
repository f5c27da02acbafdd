package presigner

import (
	"slices"
	"strings"
)

// claims are the verified token's claims, as API Gateway passes them on. Nothing else in a request identifies the
// caller. The type is a map, because encoding/json would put a claim "Username" into a struct's field "username" too.
type claims map[string]any

// Caller is the user or machine client that a request is signed for.
type Caller struct {
	Name     string         // username as in the user pool; for a machine client its client ID
	Machine  bool           // a machine client, not a user
	ClientID string         // app client that the token was issued to
	Prefix   string         // the caller's own key prefix, without the slash; no two callers share it
	Claims   map[string]any // of the access token, as the authorizer verified them
}

// HasScope reports whether the access token has a scope.
func (c Caller) HasScope(scope string) bool {
	granted, _ := c.Claims["scope"].(string)
	return slices.Contains(strings.Fields(granted), scope)
}

func (c Config) callerFrom(claims claims) (Caller, error) {
	if use, _ := claims["token_use"].(string); use != "access" {
		return Caller{}, refuse(TokenNotAccepted, "the token's use is %q: want an access token", shorten(use))
	}
	// API Gateway's authorizer accepts the tokens of every app client of the pool, including clients that are
	// added later for another purpose.
	clientID, _ := claims["client_id"].(string)
	if !slices.Contains(c.ClientIDs, clientID) {
		return Caller{}, refuse(TokenNotAccepted, "the token was issued to app client %q: want one of this stack's", shorten(clientID))
	}
	claim, ofUser := claims["username"]
	if !ofUser { // a machine client's token has no username
		return Caller{Name: clientID, Machine: true, ClientID: clientID, Prefix: clientPrefix(clientID), Claims: claims}, nil
	}
	username, _ := claim.(string)
	if username == "" {
		return Caller{}, refuse(TokenNotAccepted, "the token's username is empty, or not a string")
	}
	prefix, err := userPrefix(username)
	return Caller{Name: username, ClientID: clientID, Prefix: prefix, Claims: claims}, err
}

// checkUsername refuses a body with another user's name. Older clients send their own name. The name is only compared, so
// its case doesn't matter: a case-insensitive user pool reports a username in lower case, however the user types it.
func (c Caller) checkUsername(r request) error {
	if username := r.text(fieldUsername); r.has(fieldUsername) && !strings.EqualFold(username, c.Name) {
		return refuse(UsernameMismatch, "username %q is not the caller's own: leave it out", shorten(username))
	}
	return nil
}
