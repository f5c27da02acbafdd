package cognito

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
)

// targetPrefix is the service's name in X-Amz-Target.
const targetPrefix = "AWSCognitoIdentityProviderService."

// maxRequestBytes is far above any request of this API; tokens are the longest part, at most 128 KiB by its model.
const maxRequestBytes = 256 << 10

// operation takes a request's JSON and returns what the answer's JSON holds.
type operation func(body []byte) (any, error)

// as reads the input of an operation. Fields that are not modelled (metadata, analytics) are passed over, as AWS
// passes over what its model does not know.
func as[I any](f func(I) (any, error)) operation {
	return func(body []byte) (any, error) {
		var in I
		if err := json.Unmarshal(body, &in); err != nil {
			return nil, fail("SerializationException", "Unexpected token or value in the request body")
		}
		return f(in)
	}
}

// operations are those that need no IAM credentials: a password, a token, or nothing stands for the caller.
func (p *Pool) operations() map[string]operation {
	return map[string]operation{
		"AssociateSoftwareToken":    as(p.associateSoftwareToken),
		"GetTokensFromRefreshToken": as(p.getTokensFromRefreshToken),
		"GlobalSignOut":             as(p.globalSignOut),
		"InitiateAuth":              as(p.initiateAuth),
		"RespondToAuthChallenge":    as(p.respondToAuthChallenge),
		"RevokeToken":               as(p.revokeToken),
		"SetUserMFAPreference":      as(p.setUserMFAPreference),
		"VerifySoftwareToken":       as(p.verifySoftwareToken),
	}
}

// Handler serves the pool: the API at /, its public keys at /<pool ID>/.well-known/jwks.json, and the token endpoint if
// the pool has a domain.
func (p *Pool) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("POST /{$}", cors(p.api()))
	mux.Handle("OPTIONS /", cors(nil))
	mux.Handle("GET /"+p.id+"/.well-known/jwks.json", cors(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Cache-Control", "public, max-age=86400")
		writeJSON(w, http.StatusOK, "application/json", p.JWKS())
	})))
	if p.domain {
		mux.Handle("POST /oauth2/token", cors(http.HandlerFunc(p.token)))
	}
	return mux
}

func (p *Pool) api() http.Handler {
	open, admin := p.operations(), p.adminOperations()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Amzn-RequestId", uuid())
		r.Body = http.MaxBytesReader(w, r.Body, maxRequestBytes)
		out, err := p.call(open, admin, r)
		if err != nil {
			writeError(w, err)
			return
		}
		writeJSON(w, http.StatusOK, "application/x-amz-json-1.1", out)
	})
}

func (p *Pool) call(open, admin map[string]operation, r *http.Request) (any, error) {
	name, ok := strings.CutPrefix(r.Header.Get("X-Amz-Target"), targetPrefix)
	if !ok {
		return nil, &apiError{Code: "UnknownOperationException"}
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, fail("SerializationException", "The request body could not be read")
	}
	if op := open[name]; op != nil {
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

// writeError writes an error the two ways that clients look for it: in the body and in the headers.
func writeError(w http.ResponseWriter, err error) {
	var known *apiError
	if !errors.As(err, &known) {
		known = fail("InternalErrorException", "Something went wrong: %v", err)
	}
	w.Header().Set("X-Amzn-ErrorType", known.Code+":")
	body := map[string]string{"__type": known.Code}
	if known.Message != "" {
		w.Header().Set("X-Amzn-ErrorMessage", known.Message)
		body["message"] = known.Message
	}
	writeJSON(w, known.status(), "application/x-amz-json-1.1", body)
}

func writeJSON(w http.ResponseWriter, status int, contentType string, v any) {
	body, err := json.Marshal(v)
	if err != nil {
		http.Error(w, "", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body) // a client that has disconnected is not our error
}

// cors lets any origin call, as Cognito does: what counts is the token, and no cookie is involved.
func cors(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Access-Control-Allow-Origin", "*")
		h.Set("Access-Control-Expose-Headers", "x-amzn-RequestId,x-amzn-ErrorType,x-amzn-ErrorMessage,Date")
		if r.Method != http.MethodOptions {
			next.ServeHTTP(w, r)
			return
		}
		h.Set("Access-Control-Allow-Methods", "GET, POST, OPTIONS")
		if asked := r.Header.Get("Access-Control-Request-Headers"); asked != "" {
			h.Set("Access-Control-Allow-Headers", asked)
		}
		h.Set("Access-Control-Max-Age", "172800")
		w.WriteHeader(http.StatusOK)
	})
}
