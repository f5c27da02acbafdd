package cognito

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"
)

const callback = "http://localhost/callback"

// oauthPool has a domain, a resource server, a client for the code flow and one for machines.
func oauthPool() map[string]props {
	res := resources()
	res["UploadScopes"] = props{"UserPoolId": ref("Users"), "Identifier": "uploads", "Name": "uploads", "Scopes": []any{
		props{"ScopeName": "write", "ScopeDescription": "Upload"}, props{"ScopeName": "read", "ScopeDescription": "Download"},
	}}
	res["Domain"] = props{"UserPoolId": ref("Users"), "Domain": "presigned"}
	write := props{"Fn::Join": []any{"", []any{ref("UploadScopes"), "/write"}}}
	res["AppClient"]["AllowedOAuthFlowsUserPoolClient"] = true
	res["AppClient"]["AllowedOAuthFlows"] = []any{"code"}
	res["AppClient"]["AllowedOAuthScopes"] = []any{"openid", "email", userScope, write}
	res["AppClient"]["CallbackURLs"] = []any{callback}
	res["AppClient"]["LogoutURLs"] = []any{"http://localhost/"}
	res["AppClient"]["SupportedIdentityProviders"] = []any{"COGNITO"}
	res["MachineClient"] = props{
		"UserPoolId": ref("Users"), "GenerateSecret": true, "AllowedOAuthFlowsUserPoolClient": true,
		"AllowedOAuthFlows": []any{"client_credentials"}, "AllowedOAuthScopes": []any{write},
	}
	return res
}

// machine is a client of golang.org/x/oauth2 for the machine client.
func (f *fixture) machine() *clientcredentials.Config {
	f.Helper()
	id, err1 := f.tmpl.String(ref("MachineClient"))
	secret, err2 := f.tmpl.String(props{"Fn::GetAtt": []any{"MachineClient", "ClientSecret"}})
	if err := errors.Join(err1, err2); err != nil {
		f.Fatal(err)
	}
	return &clientcredentials.Config{ClientID: id, ClientSecret: secret, TokenURL: f.url + "/oauth2/token"}
}

func TestAMachineGetsATokenForItsScopes(t *testing.T) {
	f := serve(t, oauthPool())
	for _, style := range []oauth2.AuthStyle{oauth2.AuthStyleInHeader, oauth2.AuthStyleInParams} {
		m := f.machine()
		m.AuthStyle = style
		token, err := m.Token(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		claims := f.claims(&token.AccessToken)
		if claims["scope"] != "uploads/write" || claims["sub"] != m.ClientID || claims["client_id"] != m.ClientID ||
			claims["token_use"] != "access" || claims["username"] != nil || token.RefreshToken != "" {
			t.Errorf("got claims %v and refresh token %q", claims, token.RefreshToken)
		}
		_, err = f.getUser(&token.AccessToken)
		wantError(t, "GetUser", err, "NotAuthorizedException: Invalid Access Token")
	}
}

func TestTheTokenEndpointRefuses(t *testing.T) {
	f := serve(t, oauthPool())
	m := f.machine()
	secret := url.Values{"client_id": {m.ClientID}, "client_secret": {m.ClientSecret}}
	for _, tt := range []struct {
		name string
		form url.Values
		want string
	}{
		{"no grant type", url.Values{}, "invalid_request"},
		{"password grant", url.Values{"grant_type": {"password"}}, "unsupported_grant_type"},
		{"wrong secret", url.Values{"grant_type": {"client_credentials"}, "client_secret": {"wrong"}}, "invalid_client"},
		{"unknown client", url.Values{"grant_type": {"client_credentials"}, "client_id": {"unknown"}}, "invalid_client"},
		{"scope of another", url.Values{"grant_type": {"client_credentials"}, "scope": {"uploads/read"}}, "invalid_scope"},
		{"user's scope", url.Values{"grant_type": {"client_credentials"}, "scope": {userScope}}, "invalid_scope"},
		{"public client", url.Values{"grant_type": {"client_credentials"}, "client_id": {f.client}, "client_secret": {""}}, "unauthorized_client"},
		{"no code", url.Values{"grant_type": {"authorization_code"}}, "invalid_grant"},
		{"no refresh token", url.Values{"grant_type": {"refresh_token"}}, "invalid_request"},
		{"wrong refresh token", url.Values{"grant_type": {"refresh_token"}, "refresh_token": {"x"}}, "invalid_grant"},
	} {
		form := url.Values{}
		for _, from := range []url.Values{secret, tt.form} {
			for name, value := range from {
				form[name] = value
			}
		}
		resp, err := http.PostForm(f.url+"/oauth2/token", form)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		if resp.StatusCode != http.StatusBadRequest || string(body) != `{"error":"`+tt.want+`"}` {
			t.Errorf("%s: got %d %s, want %s", tt.name, resp.StatusCode, body, tt.want)
		}
	}
}

func (f *fixture) codeFlow() *oauth2.Config {
	provider, err := oidc.NewProvider(context.Background(), f.pool.Issuer())
	if err != nil {
		f.Fatal(err)
	}
	return &oauth2.Config{
		ClientID: f.client, Endpoint: provider.Endpoint(), RedirectURL: callback, Scopes: []string{"openid", "email", "uploads/write"},
	}
}

func TestAPersonSignsInOnThePage(t *testing.T) {
	f, ctx := serve(t, oauthPool()), context.Background()
	conf, pkce := f.codeFlow(), oauth2.GenerateVerifier()
	authURL := conf.AuthCodeURL("state-1", oauth2.S256ChallengeOption(pkce), oidc.Nonce("nonce-1"))
	status, _, body := f.page(authURL, url.Values{"username": {"johndoe"}, "password": {"wrong"}})
	if status != http.StatusBadRequest || !strings.Contains(body, "Incorrect username or password.") {
		t.Errorf("wrong password: got %d %s", status, body)
	}
	_, location, _ := f.page(authURL, url.Values{"username": {"johndoe"}, "password": {johnsPassword}})
	if location == nil || location.Query().Get("state") != "state-1" {
		t.Fatalf("got location %v", location)
	}
	code := location.Query().Get("code")
	token, err := conf.Exchange(ctx, code, oauth2.VerifierOption(pkce))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := conf.Exchange(ctx, code, oauth2.VerifierOption(pkce)); err == nil {
		t.Error("a code was redeemed twice")
	}
	provider, err := oidc.NewProvider(ctx, f.pool.Issuer())
	if err != nil {
		t.Fatal(err)
	}
	verifier := provider.Verifier(&oidc.Config{ClientID: f.client, Now: f.pool.clock})
	id, err := verifier.Verify(ctx, token.Extra("id_token").(string))
	if err != nil || id.Nonce != "nonce-1" || id.VerifyAccessToken(token.AccessToken) != nil {
		t.Errorf("ID token: got %+v, %v", id, err)
	}
	if claims := f.claims(&token.AccessToken); claims["scope"] != "openid email uploads/write" || claims["version"].(interface{ String() string }).String() != "2" {
		t.Errorf("access token: got %v", claims)
	}
	info, err := provider.UserInfo(ctx, oauth2.StaticTokenSource(token))
	if err != nil || info.Email != "john@example.com" || !info.EmailVerified {
		t.Errorf("userInfo: got %+v, %v", info, err)
	}
	_, err = f.getUser(&token.AccessToken)
	wantError(t, "GetUser without its scope", err, "NotAuthorizedException: Access Token does not have required scopes")
	f.refreshAndRevoke(conf, token, provider)
}

func (f *fixture) refreshAndRevoke(conf *oauth2.Config, token *oauth2.Token, provider *oidc.Provider) {
	f.Helper()
	stale := &oauth2.Token{RefreshToken: token.RefreshToken, Expiry: time.Now().Add(-time.Hour)}
	fresh, err := conf.TokenSource(context.Background(), stale).Token()
	if err != nil || fresh.AccessToken == token.AccessToken {
		f.Fatalf("refresh: got %v, %v", fresh, err)
	}
	resp, err := http.PostForm(f.url+"/oauth2/revoke", url.Values{"client_id": {f.client}, "token": {token.RefreshToken}})
	if err != nil || resp.StatusCode != http.StatusOK {
		f.Fatalf("revoke: got %v, %v", resp, err)
	}
	resp.Body.Close()
	if _, err := conf.TokenSource(context.Background(), stale).Token(); err == nil {
		f.Error("refresh after revocation: got no error")
	}
	if _, err := provider.UserInfo(context.Background(), oauth2.StaticTokenSource(fresh)); err == nil {
		f.Error("userInfo after revocation: got no error")
	}
}

func TestACodeIsBoundToItsVerifierAndRedirectURI(t *testing.T) {
	f, ctx := serve(t, oauthPool()), context.Background()
	for name, exchange := range map[string]func(*oauth2.Config, string, string) error{
		"without verifier": func(c *oauth2.Config, code, _ string) error { _, err := c.Exchange(ctx, code); return err },
		"another verifier": func(c *oauth2.Config, code, _ string) error {
			_, err := c.Exchange(ctx, code, oauth2.VerifierOption(oauth2.GenerateVerifier()))
			return err
		},
		"another redirect URI": func(c *oauth2.Config, code, pkce string) error {
			c.RedirectURL = "http://localhost/other"
			_, err := c.Exchange(ctx, code, oauth2.VerifierOption(pkce))
			return err
		},
		"late": func(c *oauth2.Config, code, pkce string) error {
			f.pass(codeLifetime)
			_, err := c.Exchange(ctx, code, oauth2.VerifierOption(pkce))
			return err
		},
	} {
		conf, pkce := f.codeFlow(), oauth2.GenerateVerifier()
		_, location, _ := f.page(conf.AuthCodeURL("", oauth2.S256ChallengeOption(pkce)), url.Values{"username": {"johndoe"}, "password": {johnsPassword}})
		if err := exchange(conf, location.Query().Get("code"), pkce); err == nil || !strings.Contains(err.Error(), "invalid_grant") {
			t.Errorf("%s: got %v, want invalid_grant", name, err)
		}
	}
}

func TestACodeAndASessionBelongToTheirClient(t *testing.T) {
	res := oauthPool()
	res["SecondClient"] = res["AppClient"]
	f := serve(t, res)
	f.add("temp", UserOptions{Temporary: true})
	second, err := f.tmpl.String(ref("SecondClient"))
	if err != nil {
		t.Fatal(err)
	}
	one, two := f.codeFlow(), f.codeFlow()
	two.ClientID = second
	_, location, _ := f.page(one.AuthCodeURL(""), url.Values{"username": {"johndoe"}, "password": {johnsPassword}})
	if _, err := two.Exchange(context.Background(), location.Query().Get("code")); err == nil {
		t.Error("a code was redeemed by another client")
	}
	_, _, body := f.page(one.AuthCodeURL(""), url.Values{"username": {"temp"}, "password": {johnsPassword}})
	form := url.Values{"session": {hiddenSession(body)}, "challenge": {"NEW_PASSWORD_REQUIRED"}, "new_password": {"Better-horse-22"}}
	if status, _, _ := f.page(two.AuthCodeURL(""), form); status != http.StatusBadRequest {
		t.Errorf("session of another client: got %d", status)
	}
	if status, _, _ := f.page(one.AuthCodeURL(""), form); status != http.StatusFound {
		t.Errorf("own session: got %d", status)
	}
	if status, _, _ := f.page(one.AuthCodeURL(""), form); status != http.StatusBadRequest {
		t.Errorf("used session: got %d", status)
	}
}
