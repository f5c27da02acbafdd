package cognito

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// codeLifetime is how long an authorization code waits to be redeemed.
const codeLifetime = 5 * time.Minute

// authCode is a sign-in on the page that has not been redeemed yet.
type authCode struct {
	client   *client
	user     *user
	redirect string
	scope    string
	nonce    string
	pkce     string // code_challenge, "" without PKCE
}

// authRequest is what /oauth2/authorize was asked for. It travels through the login form as the URL's query.
type authRequest struct {
	client                              *client
	redirect, scope, state, nonce, pkce string
}

// authRequest checks a request. A wrong client or redirect URI must not redirect anywhere: it comes back as plain text.
func (p *Pool) authRequest(q url.Values) (req authRequest, refused, plain string) {
	c := p.clients[q.Get("client_id")]
	if c == nil {
		return req, "", "invalid_request: client_id"
	}
	if !slices.Contains(c.callbacks, q.Get("redirect_uri")) {
		return req, "", "redirect_mismatch"
	}
	req = authRequest{
		client: c, redirect: q.Get("redirect_uri"), scope: q.Get("scope"), state: q.Get("state"), nonce: q.Get("nonce"),
		pkce: q.Get("code_challenge"),
	}
	if req.scope == "" {
		req.scope = strings.Join(c.oauthScopes, " ")
	}
	switch {
	case q.Get("response_type") != "code":
		return req, "unsupported_response_type", ""
	case !slices.Contains(c.oauthFlows, "code"):
		return req, "unauthorized_client", ""
	case req.pkce != "" && q.Get("code_challenge_method") != "S256":
		return req, "invalid_request", ""
	}
	for s := range strings.FieldsSeq(req.scope) {
		if !slices.Contains(c.oauthScopes, s) {
			return req, "invalid_scope", ""
		}
	}
	return req, "", ""
}

// back is the redirect URI with an answer in its query.
func (r authRequest) back(name, value string) string {
	u, err := url.Parse(r.redirect)
	if err != nil {
		return r.redirect
	}
	q := u.Query()
	q.Set(name, value)
	if r.state != "" {
		q.Set("state", r.state)
	}
	u.RawQuery = q.Encode()
	return u.String()
}

// admitted is authRequest for handlers: ok is false if the answer has been written.
func (p *Pool) admitted(w http.ResponseWriter, r *http.Request) (req authRequest, ok bool) {
	req, refused, plain := p.authRequest(r.URL.Query())
	switch {
	case plain != "":
		http.Error(w, plain, http.StatusBadRequest)
	case refused != "":
		http.Redirect(w, r, req.back("error", refused), http.StatusFound) //nolint:gosec // one of the client's CallbackURLs
	default:
		return req, true
	}
	return req, false
}

// authorize begins a sign-in on the page. There is no cookie that would skip the page the next time.
func (p *Pool) authorize(w http.ResponseWriter, r *http.Request) {
	if _, ok := p.admitted(w, r); ok {
		http.Redirect(w, r, "/login?"+r.URL.RawQuery, http.StatusFound) //nolint:gosec // a path of this server
	}
}

// newCode ends a sign-in on the page. The caller holds the lock.
func (p *Pool) newCode(req authRequest, u *user) string {
	code := p.uuid()
	p.codes.put(code, &authCode{req.client, u, req.redirect, req.scope, req.nonce, req.pkce}, p.clock(), codeLifetime)
	return code
}

// redeemCode exchanges a code for tokens, once.
func (p *Pool) redeemCode(c *client, form url.Values) (any, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	code, ok := p.codes.take(form.Get("code"), p.clock())
	if !ok || code.client != c || code.redirect != form.Get("redirect_uri") || p.users[code.user.username] != code.user {
		return nil, oauthFail("invalid_grant")
	}
	sum := sha256.Sum256([]byte(form.Get("code_verifier")))
	if code.pkce != "" && !equal(base64.RawURLEncoding.EncodeToString(sum[:]), code.pkce) {
		return nil, oauthFail("invalid_grant")
	}
	g := p.newGrant(code.user, c, code.scope)
	g.oauth, g.nonce = true, code.nonce
	result, err := p.tokens(g)
	if err != nil {
		return nil, err
	}
	result.RefreshToken = g.current
	return tokenAnswer(result), nil
}

// logout only redirects: the page keeps no session that could end.
func (p *Pool) logout(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	c := p.clients[q.Get("client_id")]
	switch {
	case c == nil:
		http.Error(w, "invalid_request: client_id", http.StatusBadRequest)
	case slices.Contains(c.logouts, q.Get("logout_uri")):
		http.Redirect(w, r, q.Get("logout_uri"), http.StatusFound) //nolint:gosec // one of the client's LogoutURLs
	case q.Get("redirect_uri") != "":
		http.Redirect(w, r, "/oauth2/authorize?"+r.URL.RawQuery, http.StatusFound) //nolint:gosec // a path of this server
	default:
		http.Error(w, "invalid_request: logout_uri", http.StatusBadRequest)
	}
}
