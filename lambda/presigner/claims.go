package presigner

import "slices"

// claims are those of the token that the authorizer verified, as API Gateway passes them on. Nothing
// else in a request says who the caller is.
type claims struct {
	tokenUse string
	username string // of an access token; a machine client's has none
	clientID string // the app client that the token was issued to
}

// decode takes names exactly as they are: encoding/json would take a claim "Username" that a pool adds for the user's.
func (c *claims) decode(s *scanner) {
	for name := range s.members() {
		switch string(name) {
		case "token_use":
			c.tokenUse = s.text()
		case "username":
			c.username = s.text()
		case "client_id":
			c.clientID = s.text()
		}
	}
}

// caller is who a request is signed for.
type caller struct {
	name   string // as the user pool spells it; for a machine client its client ID
	prefix string // the caller's own key prefix, without the slash
}

func (c Config) callerFrom(claims claims) (caller, error) {
	if claims.tokenUse != "access" {
		return caller{}, refuse(TokenNotAccepted, "the token's use is %q: want an access token", shorten(claims.tokenUse))
	}
	// API Gateway's authorizer takes the tokens of every app client of the pool, also of one that
	// somebody adds to it later for another purpose.
	if !slices.Contains(c.ClientIDs, claims.clientID) {
		return caller{}, refuse(TokenNotAccepted, "the token was issued to app client %q: want one of this stack's", shorten(claims.clientID))
	}
	if claims.username == "" {
		return caller{name: claims.clientID, prefix: clientPrefix(claims.clientID)}, nil
	}
	prefix, err := userPrefix(claims.username)
	return caller{name: claims.username, prefix: prefix}, err
}

// checkUsername refuses a body that names somebody else. Older clients send their own name; it decides nothing.
func (c caller) checkUsername(r request) error {
	if r.has(fieldUsername) && r.username != c.name {
		return refuse(UsernameMismatch, "username %q is not the caller's own: leave it out", shorten(r.username))
	}
	return nil
}
