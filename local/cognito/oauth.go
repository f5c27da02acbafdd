package cognito

import (
	"crypto/subtle"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
)

// token is the token endpoint of a pool with a domain, for machine clients. On AWS it is at the domain's host. Its errors
// are those of RFC 6749, section 5.2.
// https://docs.aws.amazon.com/cognito/latest/developerguide/token-endpoint.html
func (p *Pool) token(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxRequestBytes)
	w.Header().Set("Cache-Control", "no-store")
	c, code := p.machineClient(r)
	scopes := strings.Fields(r.PostFormValue("scope"))
	if len(scopes) == 0 && code == "" {
		scopes = c.oauthScopes
	}
	for _, s := range scopes {
		if code == "" && (!p.scopes[s] || !slices.Contains(c.oauthScopes, s)) {
			code = "invalid_scope"
		}
	}
	if code != "" {
		writeJSON(w, http.StatusBadRequest, "application/json", map[string]string{"error": code})
		return
	}
	now := p.clock()
	token, err := p.keys.access().Sign(map[string]any{ // its subject is the client, and it has no username
		"sub": c.id, "client_id": c.id, "token_use": "access", "scope": strings.Join(scopes, " "), "iss": p.issuer,
		"auth_time": now.Unix(), "iat": now.Unix(), "exp": now.Add(c.accessLife).Unix(), "jti": uuid.NewString(), "version": 2,
	})
	if err != nil {
		writeJSON(w, http.StatusInternalServerError, "application/json", map[string]string{"error": "server_error"})
		return
	}
	writeJSON(w, http.StatusOK, "application/json", map[string]any{
		"access_token": token, "expires_in": int(c.accessLife / time.Second), "token_type": "Bearer",
	})
}

// machineClient authenticates a client by its header or its form, or returns the code of an error.
func (p *Pool) machineClient(r *http.Request) (c *client, code string) {
	id, secret := r.PostFormValue("client_id"), r.PostFormValue("client_secret")
	if user, password, ok := r.BasicAuth(); ok {
		id, secret = user, password
	}
	c = p.clients[id]
	switch grant := r.PostFormValue("grant_type"); {
	case c == nil || subtle.ConstantTimeCompare([]byte(c.secret), []byte(secret)) != 1:
		return nil, "invalid_client"
	case grant != "client_credentials":
		return nil, "unsupported_grant_type"
	case !slices.Contains(c.oauthFlows, grant):
		return nil, "unauthorized_client"
	}
	return c, ""
}
