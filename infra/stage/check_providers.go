package stage

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
)

const providerName = `^[A-Za-z][A-Za-z0-9-]{2,31}$`

// checkProviders: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateIdentityProvider.html
func (s Stage) checkProviders() []error {
	saml := []string{s.SAMLProvider, s.SAMLMetadataURL}
	oidc := []string{s.OIDCProvider, s.OIDCIssuer, s.OIDCClientID, s.OIDCClientSecretArn}
	var wrong []error
	if anySet(saml) && slices.Contains(saml, "") {
		wrong = append(wrong, errors.New("samlProvider and samlMetadataUrl go together: want both, or none"))
	}
	if anySet(oidc) && slices.Contains(oidc, "") {
		wrong = append(wrong, errors.New("oidcProvider, oidcIssuer, oidcClientId and oidcClientSecretArn go together: want all four, or none"))
	}
	if !anySet(saml) && !anySet(oidc) || len(wrong) > 0 {
		return wrong
	}
	if !s.ManagedLogin {
		wrong = append(wrong, errors.New("samlProvider and oidcProvider need the sign-in pages: switch managedLogin on"))
	}
	if s.SAMLProvider == s.OIDCProvider {
		wrong = append(wrong, fmt.Errorf("samlProvider and oidcProvider are both %q: want two names, because the usernames of a provider's users begin with its name", s.SAMLProvider))
	}
	const name = `a letter, then 2 to 31 letters, digits and "-": "_" ends the name in a username`
	if anySet(saml) {
		wrong = slices.Concat(wrong, matches("samlProvider", s.SAMLProvider, providerName, name),
			matches("samlMetadataUrl", s.SAMLMetadataURL, `^https://[^\s/]+/\S*$`, "https://..."))
	}
	if anySet(oidc) {
		wrong = slices.Concat(wrong, matches("oidcProvider", s.OIDCProvider, providerName, name),
			matches("oidcIssuer", s.OIDCIssuer, `^https://[^\s]*[^\s/]$`, "https://... without a slash at the end"),
			matches("oidcClientId", s.OIDCClientID, `^[!-~]{1,255}$`, "the client ID that the provider gave"),
			checkSecret("oidcClientSecretArn", s.OIDCClientSecretArn))
	}
	return wrong
}

// checkSecret doesn't repeat the value, which may be the secret itself.
func checkSecret(field, arn string) []error {
	if regexp.MustCompile(`^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:[A-Za-z0-9/_+=.@-]+$`).MatchString(arn) {
		return nil
	}
	return []error{fmt.Errorf("%s is not the ARN of a secret: want the ARN of a secret in Secrets Manager, never the secret itself", field)}
}

// anySet reports whether any of the values is set.
func anySet(values []string) bool {
	return slices.ContainsFunc(values, func(value string) bool { return value != "" })
}
