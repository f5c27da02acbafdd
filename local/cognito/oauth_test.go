package cognito

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"testing"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"
)

// oauthPool has a domain, a resource server, and a client for machines.
func oauthPool() map[string]props {
	res := resources()
	res["UploadScopes"] = props{"UserPoolId": ref("Users"), "Identifier": "uploads", "Name": "uploads", "Scopes": []any{
		props{"ScopeName": "write", "ScopeDescription": "Upload"}, props{"ScopeName": "read", "ScopeDescription": "Download"},
	}}
	res["Domain"] = props{"UserPoolId": ref("Users"), "Domain": "presigned"}
	write := props{"Fn::Join": []any{"", []any{ref("UploadScopes"), "/write"}}}
	res["MachineClient"] = props{
		"UserPoolId": ref("Users"), "GenerateSecret": true, "AccessTokenValidity": 15, "TokenValidityUnits": props{"AccessToken": "minutes"}, "AllowedOAuthFlowsUserPoolClient": true,
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
		wantError(t, "a user's operation", f.use(&token.AccessToken), "NotAuthorizedException: Invalid Access Token")
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
		{"code", url.Values{"grant_type": {"authorization_code"}}, "unsupported_grant_type"},
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

func TestWithoutADomainThereIsNoTokenEndpoint(t *testing.T) {
	res := oauthPool()
	delete(res, "Domain")
	f := serve(t, res)
	if _, err := f.machine().Token(context.Background()); err == nil {
		t.Error("got a token")
	}
}
