package presigner

import "slices"

// claims are those of the token that the authorizer verified, as API Gateway passes them on. Nothing
// else in a request says who the caller is.
type claims struct {
	TokenUse string `json:"token_use"`
	Username string `json:"username"`  // of an access token; a machine client's has none
	ClientID string `json:"client_id"` // the app client that the token was issued to
}

// caller is who a request is signed for.
type caller struct {
	name   string // as the user pool spells it; for a machine client its client ID
	prefix string // the caller's own key prefix, without the slash
}

func (c Config) callerFrom(claims claims) (caller, error) {
	if claims.TokenUse != "access" {
		return caller{}, refuse(TokenNotAccepted, "the token's use is %q: want an access token", shorten(claims.TokenUse))
	}
	// API Gateway's authorizer takes the tokens of every app client of the pool, also of one that
	// somebody adds to it later for another purpose.
	if !slices.Contains(c.ClientIDs, claims.ClientID) {
		return caller{}, refuse(TokenNotAccepted, "the token was issued to app client %q: want one of this stack's", shorten(claims.ClientID))
	}
	if claims.Username == "" {
		return caller{name: claims.ClientID, prefix: clientPrefix(claims.ClientID)}, nil
	}
	prefix, err := userPrefix(claims.Username)
	return caller{name: claims.Username, prefix: prefix}, err
}

// checkUsername refuses a body that names somebody else. Older clients send their own name; it decides nothing.
func (c caller) checkUsername(r request) error {
	if r.has(fieldUsername) && r.username != c.name {
		return refuse(UsernameMismatch, "username %q is not the caller's own: leave it out", shorten(r.username))
	}
	return nil
}
