package uploads

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscognito"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"example.com/presigned/infra/stage"
)

// newProviders adds the stage's SAML and OpenID Connect providers, and returns them with Cognito's own.
func newProviders(scope constructs.Construct, config stage.Stage, pool awscognito.UserPool) *[]awscognito.UserPoolClientIdentityProvider {
	providers := []awscognito.UserPoolClientIdentityProvider{awscognito.UserPoolClientIdentityProvider_COGNITO()}
	if config.SAMLProvider != "" {
		provider := awscognito.NewUserPoolIdentityProviderSaml(scope, new("SamlProvider"), &awscognito.UserPoolIdentityProviderSamlProps{
			UserPool: pool, Name: new(config.SAMLProvider),
			Metadata: awscognito.UserPoolIdentityProviderSamlMetadata_Url(new(config.SAMLMetadataURL)),
			AttributeMapping: &awscognito.AttributeMapping{
				Email: awscognito.ProviderAttribute_Other(new("http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress")),
			},
		})
		providers = append(providers, awscognito.UserPoolClientIdentityProvider_Custom(provider.ProviderName()))
	}
	if config.OIDCProvider != "" {
		provider := awscognito.NewUserPoolIdentityProviderOidc(scope, new("OidcProvider"), &awscognito.UserPoolIdentityProviderOidcProps{
			UserPool: pool, Name: new(config.OIDCProvider),
			IssuerUrl: new(config.OIDCIssuer), ClientId: new(config.OIDCClientID),
			// A dynamic reference: CloudFormation reads the secret, and the template doesn't hold it.
			ClientSecret:     awscdk.SecretValue_SecretsManager(new(config.OIDCClientSecretArn), nil).UnsafeUnwrap(),
			Scopes:           jsii.Strings("openid", "email"),
			AttributeMapping: &awscognito.AttributeMapping{Email: awscognito.ProviderAttribute_Other(new("email"))},
		})
		providers = append(providers, awscognito.UserPoolClientIdentityProvider_Custom(provider.ProviderName()))
	}
	return &providers
}
