package cognito

import "net/http"

func (p *Pool) jwks() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Cache-Control", "public, max-age=86400")
		writeJSON(w, http.StatusOK, "application/json", p.JWKS())
	})
}

// discovery is the OpenID Connect document: the same members as Cognito's.
func (p *Pool) discovery() http.Handler {
	document := map[string]any{
		"authorization_endpoint":                p.baseURL + "/oauth2/authorize",
		"end_session_endpoint":                  p.baseURL + "/logout",
		"id_token_signing_alg_values_supported": []string{"RS256"},
		"issuer":                                p.issuer,
		"jwks_uri":                              p.issuer + "/.well-known/jwks.json",
		"response_types_supported":              []string{"code"},
		"revocation_endpoint":                   p.baseURL + "/oauth2/revoke",
		"scopes_supported":                      []string{"openid", "email", "phone", "profile"},
		"subject_types_supported":               []string{"public"},
		"token_endpoint":                        p.baseURL + "/oauth2/token",
		"token_endpoint_auth_methods_supported": []string{"client_secret_basic", "client_secret_post"},
		"userinfo_endpoint":                     p.baseURL + "/oauth2/userInfo",
	}
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		writeJSON(w, http.StatusOK, "application/json", document)
	})
}
