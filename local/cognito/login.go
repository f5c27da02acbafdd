package cognito

import (
	_ "embed"
	"errors"
	"html/template"
	"net/http"
)

//go:embed login.html
var loginHTML string

// loginPage is what the form shows: the password first, then whatever challenge is left.
type loginPage struct {
	Username, Session, Challenge, Error string
}

func (p *Pool) showLogin(w http.ResponseWriter, r *http.Request) {
	if _, ok := p.admitted(w, r); ok {
		p.render(w, http.StatusOK, loginPage{})
	}
}

func (p *Pool) render(w http.ResponseWriter, status int, page loginPage) {
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'")
	w.WriteHeader(status)
	if err := template.Must(template.New("login").Parse(loginHTML)).Execute(w, page); err != nil {
		p.log.Error("login page", "error", err)
	}
}

func (p *Pool) submitLogin(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxRequestBytes)
	req, ok := p.admitted(w, r)
	if !ok {
		return
	}
	if err := r.ParseForm(); err != nil { // not below: a slow body would keep everybody else out of the pool
		p.render(w, http.StatusBadRequest, loginPage{Error: "Something went wrong."})
		return
	}
	p.mu.Lock()
	u, challenge, err := p.loginStep(req, r)
	var code string
	if err == nil && challenge == nil {
		code = p.newCode(req, u)
	}
	p.mu.Unlock()
	page := loginPage{Username: r.PostFormValue("username"), Session: r.PostFormValue("session"), Challenge: r.PostFormValue("challenge")}
	switch {
	case code != "":
		http.Redirect(w, r, req.back("code", code), http.StatusFound) //nolint:gosec // one of the client's CallbackURLs
	case challenge != nil:
		page.Session, page.Challenge = challenge.Session, challenge.ChallengeName
		p.render(w, http.StatusOK, page)
	default:
		page.Error = "Something went wrong."
		if known := (*apiError)(nil); errors.As(err, &known) {
			page.Error = known.Message
		}
		p.render(w, http.StatusBadRequest, page)
	}
}

// loginStep takes the password, or the answer to a challenge, and returns the challenge that is left, if any.
func (p *Pool) loginStep(req authRequest, r *http.Request) (*user, *authResponse, error) {
	if r.PostFormValue("session") == "" {
		u, err := p.passwordProven(req.client, r.PostFormValue("username"), r.PostFormValue("password"))
		if err != nil {
			return nil, nil, err
		}
		return p.left(req.client, u, passwordStep)
	}
	s, ok := p.sessions.get(r.PostFormValue("session"), p.clock())
	if !ok || s.done || s.client != req.client {
		return nil, nil, errBadSession()
	}
	done, err := p.answer(s, map[string]string{
		"NEW_PASSWORD": r.PostFormValue("new_password"), "SOFTWARE_TOKEN_MFA_CODE": r.PostFormValue("code"),
	})
	if err != nil {
		return nil, nil, err
	}
	return p.left(s.client, s.user, done)
}

func (p *Pool) left(c *client, u *user, done step) (*user, *authResponse, error) {
	challenge, err := p.missing(c, u, done)
	return u, challenge, err
}
