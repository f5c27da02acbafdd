package cognito

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// targetPrefix is the service's name in X-Amz-Target.
const targetPrefix = "AWSCognitoIdentityProviderService."

// maxRequestBytes is far above any request of this API; tokens are the longest part, at most 128 KiB by its model.
const maxRequestBytes = 256 << 10

// operation takes a request's JSON and returns the value of the answer's JSON.
type operation func(body []byte) (any, error)

// as decodes the input of an operation. Fields that are not modelled (metadata, analytics) are ignored, as AWS ignores
// what its model does not have.
func as[I any](f func(I) (any, error)) operation {
	return func(body []byte) (any, error) {
		var in I
		if err := json.Unmarshal(body, &in); err != nil {
			return nil, fail("SerializationException", "Unexpected token or value in the request body")
		}
		return f(in)
	}
}

// userOperations need no IAM credentials: the request has a password or a token instead.
func (p *Pool) userOperations() map[string]operation {
	return map[string]operation{
		"AssociateSoftwareToken":    p.onCaller(p.associateSoftwareToken),
		"GetTokensFromRefreshToken": p.onClient(p.getTokensFromRefreshToken),
		"GlobalSignOut":             p.onCaller(p.globalSignOut),
		"InitiateAuth":              p.onClient(p.initiateAuth),
		"RespondToAuthChallenge":    p.onClient(p.respondToAuthChallenge),
		"RevokeToken":               p.onClient(p.revokeToken),
		"SetUserMFAPreference":      p.onCaller(p.setUserMFAPreference),
		"VerifySoftwareToken":       p.onCaller(p.verifySoftwareToken),
	}
}

// clientInput is the input of every operation of an app client.
type clientInput struct {
	ClientId, AuthFlow, ChallengeName, Session, RefreshToken, Token string
	AuthParameters, ChallengeResponses                              map[string]string
}

// onClient finds the app client that a request names, and holds the pool's lock.
func (p *Pool) onClient(do func(*client, clientInput) (any, error)) operation {
	return as(func(in clientInput) (any, error) {
		c := p.clients[in.ClientId]
		if c == nil {
			return nil, fail("ResourceNotFoundException", "User pool client %s does not exist.", in.ClientId)
		}
		p.mu.Lock()
		defer p.mu.Unlock()
		return do(c, in)
	})
}

// callerInput is the input of every operation on the caller's own account.
type callerInput struct {
	AccessToken, UserCode    string
	SoftwareTokenMfaSettings struct{ Enabled bool }
}

// onCaller finds the user of an access token, and holds the pool's lock. An ID token, a machine client's, a forged one, and
// one of an ended sign-in are refused.
func (p *Pool) onCaller(do func(*user, callerInput) (any, error)) operation {
	return as(func(in callerInput) (any, error) {
		p.mu.Lock()
		defer p.mu.Unlock()
		s, ok := p.accessTokens.get(in.AccessToken, p.clock())
		if !ok {
			return nil, fail("NotAuthorizedException", "Invalid Access Token")
		}
		return do(s.user, in)
	})
}

// Handler serves the pool: the API at /, its public keys at /<pool ID>/.well-known/jwks.json, and the token endpoint if
// the pool has a domain.
func (p *Pool) Handler() http.Handler {
	mux := http.NewServeMux()
	user, admin := p.userOperations(), p.adminOperations()
	mux.HandleFunc("POST /{$}", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Amzn-RequestId", uuid())
		r.Body = http.MaxBytesReader(w, r.Body, maxRequestBytes)
		out, err := p.call(user, admin, r)
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

func (p *Pool) call(user, admin map[string]operation, r *http.Request) (any, error) {
	name := strings.TrimPrefix(r.Header.Get("X-Amz-Target"), targetPrefix)
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, fail("SerializationException", "The request body could not be read")
	}
	if op := user[name]; op != nil {
		return op(body)
	}
	op := admin[name]
	if op == nil {
		return nil, fail("UnknownOperationException", "%s is not modelled by the local run", name)
	}
	if err := p.checkSignature(r, body); err != nil {
		return nil, err
	}
	return op(body)
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
