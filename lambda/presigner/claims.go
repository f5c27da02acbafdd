package presigner

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

func callerFrom(c claims) (caller, error) {
	if c.TokenUse != "access" {
		return caller{}, refuse(TokenNotAccepted, "the token's use is %q: want an access token", shorten(c.TokenUse))
	}
	switch {
	case c.Username != "":
		prefix, err := userPrefix(c.Username)
		return caller{name: c.Username, prefix: prefix}, err
	case c.ClientID != "":
		return caller{name: c.ClientID, prefix: clientPrefix(c.ClientID)}, nil
	default:
		return caller{}, refuse(TokenNotAccepted, "the access token names neither a user nor a client")
	}
}

// checkUsername refuses a body that names somebody else. Older clients send their own name; it decides nothing.
func (c caller) checkUsername(r request) error {
	if r.has(fieldUsername) && r.username != c.name {
		return refuse(UsernameMismatch, "username %q is not the caller's own: leave it out", shorten(r.username))
	}
	return nil
}
