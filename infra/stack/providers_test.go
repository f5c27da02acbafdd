package stack_test

import (
	"strings"
	"testing"
)

func TestUsersSignInWithEitherUsernameOrAddress(t *testing.T) {
	for name, want := range map[string]string{"least": "null", "everything": `["email"]`} {
		pool := all[name].only(t, "AWS::Cognito::UserPool").Properties
		if got := text(t, pool["UsernameAttributes"]); got != want {
			t.Errorf("%s: got username attributes %s, want %s", name, got, want)
		}
		if pool["AliasAttributes"] != nil {
			t.Errorf("%s: got aliases %s: an alias is no key prefix", name, text(t, pool["AliasAttributes"]))
		}
	}
}

func TestUsersOfOtherProvidersSignInToTheAppClient(t *testing.T) {
	v := all["everything"]
	saml, oidc := v.starting(t, "AWS::Cognito::UserPoolIdentityProvider", "SamlProvider"), v.starting(t, "AWS::Cognito::UserPoolIdentityProvider", "OidcProvider")
	for _, c := range []struct {
		what      string
		got, want any
	}{
		{"name of the SAML provider", saml.Properties["ProviderName"], v.config.SAMLProvider},
		{"metadata", at(saml.Properties, "ProviderDetails", "MetadataURL"), v.config.SAMLMetadataURL},
		{"name of the OIDC provider", oidc.Properties["ProviderName"], v.config.OIDCProvider},
		{"issuer", at(oidc.Properties, "ProviderDetails", "oidc_issuer"), v.config.OIDCIssuer},
		{"client ID", at(oidc.Properties, "ProviderDetails", "client_id"), v.config.OIDCClientID},
		{"client secret", at(oidc.Properties, "ProviderDetails", "client_secret"), "{{resolve:secretsmanager:" + v.config.OIDCClientSecretArn + ":SecretString:::}}"},
	} {
		if c.got != c.want {
			t.Errorf("%s: got %v, want %v", c.what, c.got, c.want)
		}
	}
	for _, client := range v.ofType("AWS::Cognito::UserPoolClient") {
		want := text(t, []any{"COGNITO", ref(saml.id), ref(oidc.id)})
		if strings.HasPrefix(client.id, "UsersMachine") {
			want = `["COGNITO"]`
		}
		if got := text(t, client.Properties["SupportedIdentityProviders"]); got != want {
			t.Errorf("%s: got identity providers %s, want %s", client.id, got, want)
		}
	}
}
