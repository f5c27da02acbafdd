package stack

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscognito"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssecretsmanager"
	"github.com/aws/jsii-runtime-go"

	"example.com/presigned/infra/stage"
)

// addSignInDomain makes the pool's OAuth endpoints: sign-in pages and tokens, if the stage uses them.
func addSignInDomain(stack awscdk.Stack, config stage.Stage, users identity) {
	if config.SignInDomain == "" {
		return
	}
	version := awscognito.ManagedLoginVersion_CLASSIC_HOSTED_UI // a machine needs no pages
	if config.ManagedLogin {
		version = awscognito.ManagedLoginVersion_NEWER_MANAGED_LOGIN
		awscognito.NewCfnManagedLoginBranding(stack, new("SignInBranding"), &awscognito.CfnManagedLoginBrandingProps{
			UserPoolId: users.pool.UserPoolId(),
			ClientId:   users.client.UserPoolClientId(),
			// Without a branding, even Cognito's own, the pages answer with an error.
			UseCognitoProvidedValues: new(true),
		})
	}
	domain := users.pool.AddDomain(new("SignInDomain"), &awscognito.UserPoolDomainOptions{
		CognitoDomain:       &awscognito.CognitoDomainOptions{DomainPrefix: new(config.SignInDomain)},
		ManagedLoginVersion: version,
	})
	awscdk.NewCfnOutput(stack, new("SignInUrl"), &awscdk.CfnOutputProps{
		Description: new("Base URL of sign-in pages and token endpoint"), Value: domain.BaseUrl(nil),
	})
}

// machine is the app client of a system that uploads without a user.
type machine struct {
	name   string
	client awscognito.UserPoolClient
	secret awssecretsmanager.CfnSecret
}

// newMachineClients makes an app client with a secret for each of the stage's systems. Its objects lie under
// its client ID. Cognito makes the secret; CloudFormation carries it into Secrets Manager, where the system's
// owner reads it. It is in no template and in no output.
func newMachineClients(stack awscdk.Stack, users identity, config stage.Stage) []machine {
	machines := make([]machine, len(config.MachineClients))
	for i, name := range config.MachineClients {
		client := users.pool.AddClient(new("Machine"+name), &awscognito.UserPoolClientOptions{
			GenerateSecret:             new(true),
			PreventUserExistenceErrors: new(true),
			EnableTokenRevocation:      new(true),
			AccessTokenValidity:        awscdk.Duration_Minutes(new(float64(config.AccessTokenMinutes))),
			OAuth: &awscognito.OAuthSettings{
				Flows:  &awscognito.OAuthFlows{ClientCredentials: new(true)},
				Scopes: &[]awscognito.OAuthScope{users.uploadScope()},
			},
		})
		// Left out, Cognito would allow SRP and custom flows: users could sign in to a machine's client.
		resource := client.Node().DefaultChild().(awscognito.CfnUserPoolClient)
		resource.SetExplicitAuthFlows(jsii.Strings("ALLOW_REFRESH_TOKEN_AUTH"))
		secret := awssecretsmanager.NewCfnSecret(stack, new("Machine"+name+"Secret"), &awssecretsmanager.CfnSecretProps{
			Description:  new("Client ID and secret of the machine client " + name),
			SecretString: jsii.Sprintf(`{"clientId":"%s","clientSecret":"%s"}`, *client.UserPoolClientId(), *resource.AttrClientSecret()),
		})
		machines[i] = machine{name: name, client: client, secret: secret}
	}
	return machines
}

// pageSignIn are the app client's OAuth settings: authorization code, which public clients use with PKCE. nil
// without managed login.
func pageSignIn(config stage.Stage, scope awscognito.OAuthScope) *awscognito.OAuthSettings {
	if !config.ManagedLogin {
		return nil
	}
	settings := &awscognito.OAuthSettings{
		Flows:        &awscognito.OAuthFlows{AuthorizationCodeGrant: new(true)},
		Scopes:       &[]awscognito.OAuthScope{awscognito.OAuthScope_OPENID(), scope},
		CallbackUrls: jsii.Strings(config.CallbackURLs...),
	}
	if len(config.LogoutURLs) > 0 {
		settings.LogoutUrls = jsii.Strings(config.LogoutURLs...)
	}
	return settings
}

func (u identity) uploadScope() awscognito.OAuthScope {
	return awscognito.OAuthScope_ResourceServer(u.server, u.scope)
}

// clientIDs are the app clients whose tokens the functions take, separated by commas.
func (u identity) clientIDs() *string {
	ids := []*string{u.client.UserPoolClientId()}
	for _, m := range u.machines {
		ids = append(ids, m.client.UserPoolClientId())
	}
	return awscdk.Fn_Join(new(","), &ids)
}
