package cognito

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"
)

// oauthError is an error as RFC 6749, section 5.2, spells it.
type oauthError struct {
	Code string `json:"error"`
}

func (e *oauthError) Error() string { return e.Code }

// token is the token endpoint of a pool with a domain, for machine clients. On AWS it lives at the domain's host.
// https://docs.aws.amazon.com/cognito/latest/developerguide/token-endpoint.html
func (p *Pool) token(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxRequestBytes)
	w.Header().Set("Cache-Control", "no-store")
	out, err := p.clientCredentials(r)
	status := http.StatusOK
	if err != nil {
		known := &oauthError{"server_error"}
		status = http.StatusInternalServerError
		if errors.As(err, &known) {
			status = http.StatusBadRequest
		}
		out = known
	}
	writeJSON(w, status, "application/json;charset=UTF-8", out)
}

// clientCredentials issues an access token to a machine: its subject is the client, and it has no username.
func (p *Pool) clientCredentials(r *http.Request) (any, error) {
	c, err := p.oauthClient(r)
	if err != nil {
		return nil, err
	}
	switch grant := r.PostForm.Get("grant_type"); {
	case grant == "":
		return nil, &oauthError{"invalid_request"}
	case grant != "client_credentials":
		return nil, &oauthError{"unsupported_grant_type"}
	case !slices.Contains(c.oauthFlows, grant):
		return nil, &oauthError{"unauthorized_client"}
	}
	scopes := strings.Fields(r.PostForm.Get("scope"))
	if len(scopes) == 0 {
		scopes = slices.DeleteFunc(slices.Clone(c.oauthScopes), func(s string) bool { return !p.scopes[s] })
	}
	for _, s := range scopes {
		if !p.scopes[s] || !slices.Contains(c.oauthScopes, s) {
			return nil, &oauthError{"invalid_scope"}
		}
	}
	now := p.clock()
	token, err := p.keys.access().Sign(map[string]any{
		"sub": c.id, "client_id": c.id, "token_use": "access", "scope": strings.Join(scopes, " "), "iss": p.issuer,
		"auth_time": now.Unix(), "iat": now.Unix(), "exp": now.Add(c.access).Unix(), "jti": uuid(), "version": 2,
	})
	return map[string]any{"access_token": token, "expires_in": int(c.access / time.Second), "token_type": "Bearer"}, err
}

// oauthClient authenticates a client by its header or its form.
func (p *Pool) oauthClient(r *http.Request) (*client, error) {
	if err := r.ParseForm(); err != nil {
		return nil, &oauthError{"invalid_request"}
	}
	id, secret := r.PostForm.Get("client_id"), r.PostForm.Get("client_secret")
	if user, password, ok := r.BasicAuth(); ok {
		id, secret = user, password
	}
	c := p.clients[id]
	if c == nil || !equal(c.secret, secret) {
		return nil, &oauthError{"invalid_client"}
	}
	return c, nil
}
