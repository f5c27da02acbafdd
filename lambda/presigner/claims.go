package presigner

import (
	"slices"
	"strings"
)

// event is the part of API Gateway's REST proxy event that decides anything.
type event struct {
	Body            string
	IsBase64Encoded bool
	Headers         struct{ Origin string } // encoding/json ignores the case of names, as HTTP does
	RequestContext  struct {
		// A client can choose the plain request ID, so this one names a request in every answer and log line.
		// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html
		ExtendedRequestID string
		Authorizer        struct{ Claims claims }
	}
}

// claims are those of the token that the authorizer verified, as API Gateway passes them on. Nothing else in a request
// says who the caller is. It is a map because a struct's field "username" would also take a claim "Username".
type claims map[string]any

// caller is who a request is signed for.
type caller struct {
	name   string // as the user pool spells it; for a machine client its client ID
	prefix string // the caller's own key prefix, without the slash
}

func (c Config) callerFrom(claims claims) (caller, error) {
	if use, _ := claims["token_use"].(string); use != "access" {
		return caller{}, refuse(TokenNotAccepted, "the token's use is %q: want an access token", shorten(use))
	}
	// API Gateway's authorizer takes the tokens of every app client of the pool, also of one that
	// somebody adds to it later for another purpose.
	clientID, _ := claims["client_id"].(string)
	if !slices.Contains(c.ClientIDs, clientID) {
		return caller{}, refuse(TokenNotAccepted, "the token was issued to app client %q: want one of this stack's", shorten(clientID))
	}
	claim, ofUser := claims["username"]
	if !ofUser { // a machine client's token has no username
		return caller{name: clientID, prefix: clientPrefix(clientID)}, nil
	}
	username, _ := claim.(string)
	if username == "" {
		return caller{}, refuse(TokenNotAccepted, "the token's username is empty, or not a string")
	}
	prefix, err := userPrefix(username)
	return caller{name: username, prefix: prefix}, err
}

// checkUsername refuses a body that names somebody else. Older clients send their own name; it decides nothing, so its
// case doesn't matter: a case-insensitive user pool reports a username in lower case, however the user types it.
func (c caller) checkUsername(r request) error {
	if username := r.text(fieldUsername); r.has(fieldUsername) && !strings.EqualFold(username, c.name) {
		return refuse(UsernameMismatch, "username %q is not the caller's own: leave it out", shorten(username))
	}
	return nil
}
