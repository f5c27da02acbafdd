package cognito

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/google/uuid"
)

// targetPrefix is the service's name in X-Amz-Target.
const targetPrefix = "AWSCognitoIdentityProviderService."

// maxRequestBytes is far above any request of this API; tokens are the longest part, at most 128 KiB by its model.
const maxRequestBytes = 256 << 10

// input has the fields of all operations. Others (metadata, analytics) are ignored, as AWS ignores what its model does not
// have.
type input struct {
	AccessToken, AuthFlow, ChallengeName, ClientId, RefreshToken, Session, Token, UserCode string
	AuthParameters, ChallengeResponses                                                     map[string]string
	SoftwareTokenMfaSettings                                                               struct{ Enabled bool }
	Username, Password, TemporaryPassword                                                  string // of an administrator's operation
	Permanent                                                                              bool
}

// clientOperations are those of an app client. They need no IAM credentials: the request has a password or a token instead.
func clientOperations() map[string]func(*Pool, *client, input) (any, error) {
	return map[string]func(*Pool, *client, input) (any, error){
		"GetTokensFromRefreshToken": (*Pool).getTokensFromRefreshToken,
		"InitiateAuth":              (*Pool).initiateAuth,
		"RespondToAuthChallenge":    (*Pool).respondToAuthChallenge,
		"RevokeToken":               (*Pool).revokeToken,
	}
}

// callerOperations are on the account of the user whom the access token names.
func callerOperations() map[string]func(*Pool, *user, input) (any, error) {
	return map[string]func(*Pool, *user, input) (any, error){
		"AssociateSoftwareToken": (*Pool).associateSoftwareToken,
		"GlobalSignOut":          (*Pool).globalSignOut,
		"SetUserMFAPreference":   (*Pool).setUserMFAPreference,
		"VerifySoftwareToken":    (*Pool).verifySoftwareToken,
	}
}

// Handler serves the pool: the API at /, its public keys at /<pool ID>/.well-known/jwks.json, and the token endpoint if
// the pool has a domain.
func (p *Pool) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /{$}", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Amzn-RequestId", uuid.NewString())
		r.Body = http.MaxBytesReader(w, r.Body, maxRequestBytes)
		out, err := p.call(r)
		if err != nil {
			writeError(w, err)
			return
		}
		writeJSON(w, http.StatusOK, "application/x-amz-json-1.1", out)
	})
	mux.HandleFunc("GET /"+p.id+"/.well-known/jwks.json", func(w http.ResponseWriter, _ *http.Request) {
		writeJSON(w, http.StatusOK, "application/json", p.JWKS())
	})
	if p.domain {
		mux.HandleFunc("POST /oauth2/token", p.token)
	}
	return cors(mux)
}

// call runs an operation with the pool's lock. An access token is refused if it is forged, a machine client's, or of an ended
// sign-in; so is an ID token.
func (p *Pool) call(r *http.Request) (any, error) {
	name := strings.TrimPrefix(r.Header.Get("X-Amz-Target"), targetPrefix)
	body, err := io.ReadAll(r.Body)
	var in input
	if err != nil || json.Unmarshal(body, &in) != nil {
		return nil, fail("SerializationException", "Unexpected token or value in the request body")
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if do := clientOperations()[name]; do != nil {
		c := p.clients[in.ClientId]
		if c == nil {
			return nil, fail("ResourceNotFoundException", "User pool client %s does not exist.", in.ClientId)
		}
		return do(p, c, in)
	}
	if do := callerOperations()[name]; do != nil {
		s, ok := p.accessTokens.get(in.AccessToken, p.clock())
		if !ok {
			return nil, fail("NotAuthorizedException", "Invalid Access Token")
		}
		return do(p, s.user, in)
	}
	do, u := adminOperations()[name], p.users[key(in.Username)]
	if do == nil {
		return nil, fail("UnknownOperationException", "%s is not modelled by the local run", name)
	}
	if err := p.checkSignature(r, body); err != nil {
		return nil, err
	}
	if u == nil && name != "AdminCreateUser" {
		return nil, fail("UserNotFoundException", "User does not exist.")
	}
	return do(p, u, in)
}

// apiError is an error as a client of the Cognito API sees it.
type apiError struct {
	Code    string `json:"__type"` // the exception's name
	Message string `json:"message"`
}

func (e *apiError) Error() string { return e.Code + ": " + e.Message }

func fail(code, format string, args ...any) *apiError {
	return &apiError{code, fmt.Sprintf(format, args...)}
}

func errBadCredentials() *apiError {
	return fail("NotAuthorizedException", "Incorrect username or password.")
}

// require checks that the parameters have all of these.
func require(params map[string]string, names ...string) error {
	for _, name := range names {
		if params[name] == "" {
			return fail("InvalidParameterException", "Missing required parameter %s", name)
		}
	}
	return nil
}

// writeError writes an error into the body and into a header, because some clients read one and some the other.
func writeError(w http.ResponseWriter, err error) {
	known, status := (*apiError)(nil), http.StatusBadRequest
	if !errors.As(err, &known) {
		known, status = fail("InternalErrorException", "Something went wrong: %v", err), http.StatusInternalServerError
	}
	w.Header().Set("X-Amzn-ErrorType", known.Code+":")
	writeJSON(w, status, "application/x-amz-json-1.1", known)
}

func writeJSON(w http.ResponseWriter, status int, contentType string, v any) {
	w.Header().Set("Content-Type", contentType)
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // a client that has disconnected is not our error
}

// cors lets pages of any origin call, as Cognito does: the token authorizes, and no cookie is involved.
func cors(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		w.Header().Set("Access-Control-Expose-Headers", "x-amzn-RequestId,x-amzn-ErrorType")
		if r.Method != http.MethodOptions {
			next.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Access-Control-Allow-Methods", "GET, POST, OPTIONS")
		w.Header().Set("Access-Control-Allow-Headers", r.Header.Get("Access-Control-Request-Headers"))
	})
}
