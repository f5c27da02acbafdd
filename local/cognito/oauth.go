package cognito

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"
)

// The OAuth 2.0 endpoints of a pool with a domain. On AWS they live at the domain's host, here at the base URL.
// https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-userpools-server-contract-reference.html

func (p *Pool) handleOAuth(mux *http.ServeMux) {
	mux.Handle("POST /oauth2/token", cors(oauthHandler(p.token)))
	mux.Handle("POST /oauth2/revoke", cors(oauthHandler(p.oauthRevoke)))
	mux.Handle("GET /oauth2/userInfo", cors(oauthHandler(p.userInfo)))
	mux.HandleFunc("GET /oauth2/authorize", p.authorize)
	mux.HandleFunc("GET /login", p.showLogin)
	// No other site may sign somebody in as somebody else.
	mux.Handle("POST /login", http.NewCrossOriginProtection().Handler(http.HandlerFunc(p.submitLogin)))
	mux.HandleFunc("GET /logout", p.logout)
}

// oauthError is an error as RFC 6749, section 5.2, spells it.
type oauthError struct {
	status      int
	Code        string `json:"error"`
	Description string `json:"error_description,omitempty"`
}

func (e *oauthError) Error() string { return e.Code }

func oauthFail(code string) *oauthError {
	return &oauthError{status: http.StatusBadRequest, Code: code}
}

func oauthHandler(f func(*http.Request) (any, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, maxRequestBytes)
		w.Header().Set("Cache-Control", "no-store")
		out, err := f(r)
		if err == nil {
			writeJSON(w, http.StatusOK, "application/json;charset=UTF-8", out)
			return
		}
		var known *oauthError
		if !errors.As(err, &known) {
			known = &oauthError{status: http.StatusInternalServerError, Code: "server_error"}
		}
		writeJSON(w, known.status, "application/json;charset=UTF-8", known)
	})
}

// oauthClient authenticates a client by its header or its form.
func (p *Pool) oauthClient(r *http.Request) (*client, error) {
	if err := r.ParseForm(); err != nil {
		return nil, oauthFail("invalid_request")
	}
	id, secret := r.PostForm.Get("client_id"), r.PostForm.Get("client_secret")
	if user, password, ok := r.BasicAuth(); ok {
		if id != "" && id != user {
			return nil, oauthFail("invalid_request")
		}
		id, secret = user, password
	}
	c := p.clients[id]
	if c == nil || !equal(c.secret, secret) {
		return nil, oauthFail("invalid_client")
	}
	return c, nil
}

type tokenResponse struct {
	IDToken      string `json:"id_token,omitempty"`
	AccessToken  string `json:"access_token"`
	RefreshToken string `json:"refresh_token,omitempty"`
	ExpiresIn    int    `json:"expires_in"`
	TokenType    string `json:"token_type"`
}

func tokenAnswer(r *authResult) tokenResponse {
	return tokenResponse{r.IdToken, r.AccessToken, r.RefreshToken, r.ExpiresIn, r.TokenType}
}

func (p *Pool) token(r *http.Request) (any, error) {
	c, err := p.oauthClient(r)
	if err != nil {
		return nil, err
	}
	switch r.PostForm.Get("grant_type") {
	case "client_credentials":
		return p.clientCredentials(c, r.PostForm.Get("scope"))
	case "authorization_code":
		return p.redeemCode(c, r.PostForm)
	case "refresh_token":
		return p.oauthRefresh(c, r.PostForm.Get("refresh_token"))
	case "":
		return nil, oauthFail("invalid_request")
	default:
		return nil, oauthFail("unsupported_grant_type")
	}
}

// clientCredentials issues an access token to a machine: its subject is the client, and it has no username.
func (p *Pool) clientCredentials(c *client, asked string) (any, error) {
	if !slices.Contains(c.oauthFlows, "client_credentials") {
		return nil, oauthFail("unauthorized_client")
	}
	scopes := strings.Fields(asked)
	if len(scopes) == 0 {
		scopes = slices.DeleteFunc(slices.Clone(c.oauthScopes), func(s string) bool { return !p.scopes[s] })
	}
	for _, s := range scopes {
		if !p.scopes[s] || !slices.Contains(c.oauthScopes, s) {
			return nil, oauthFail("invalid_scope")
		}
	}
	now := p.clock()
	token, err := p.keys.access().Sign(map[string]any{
		"sub": c.id, "client_id": c.id, "token_use": "access", "scope": strings.Join(scopes, " "), "iss": p.issuer,
		"auth_time": now.Unix(), "iat": now.Unix(), "exp": now.Add(c.access).Unix(), "jti": p.uuid(), "version": 2,
	})
	return tokenResponse{AccessToken: token, ExpiresIn: int(c.access / time.Second), TokenType: "Bearer"}, err
}

func (p *Pool) oauthRefresh(c *client, token string) (any, error) {
	if token == "" {
		return nil, oauthFail("invalid_request")
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	result, err := p.refreshed(c, token)
	if err != nil {
		return nil, oauthFail("invalid_grant")
	}
	return tokenAnswer(result), nil
}

func (p *Pool) oauthRevoke(r *http.Request) (any, error) {
	c, err := p.oauthClient(r)
	if err != nil {
		return nil, err
	}
	token := r.PostForm.Get("token")
	if token == "" || !c.revocation {
		return nil, oauthFail("invalid_request")
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := p.revoke(c, token); err != nil {
		return nil, oauthFail("unsupported_token_type")
	}
	return struct{}{}, nil
}

// userInfo answers with the attributes of the user that a Bearer token with the scope openid belongs to.
func (p *Pool) userInfo(r *http.Request) (any, error) {
	token, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	p.mu.Lock()
	defer p.mu.Unlock()
	g, err := p.holder(token)
	if err != nil || !hasScope(g.scope, "openid") {
		return nil, &oauthError{http.StatusUnauthorized, "invalid_token", "Access token is expired, disabled, or deleted, or the user has globally signed out."}
	}
	info := map[string]string{"sub": g.user.sub, "username": g.user.username}
	for name, value := range g.client.readable(g.user) {
		info[name] = value
	}
	return info, nil
}
