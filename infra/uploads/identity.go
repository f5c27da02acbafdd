package uploads

import (
	"slices"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscognito"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssecretsmanager"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"example.com/presigned/infra/stage"
)

// The scopes that authorize a call. Access tokens from managed login and of machine clients have uploads/write. Sign-in
// through the SDK (SRP) gives only sdkScope, Cognito's scope for a user's own account.
const (
	uploadScopeServer = "uploads"
	uploadScopeName   = "write"
	uploadScope       = uploadScopeServer + "/" + uploadScopeName
	sdkScope          = "aws.cognito.signin.user.admin"
)

// identity is the user pool and the app clients whose users may call.
type identity struct {
	pool      awscognito.IUserPool
	clientIDs []*string // the app clients whose tokens are accepted; apps sign in with the first
	scopes    []string  // a token needs one of them

	// The fields below are set only for the stack's own pool.
	own       awscognito.UserPool
	client    awscognito.UserPoolClient
	upload    awscognito.OAuthScope // uploadScope
	machines  []machine
	signInURL *string
}

// existingIdentity is a pool that another stack made, or nil. Nothing in it is changed.
func existingIdentity(scope constructs.Construct, props *Props) *identity {
	config := props.Stage
	scopes := slices.Concat(props.AuthorizationScopes, config.AuthorizationScopes) // one of them is empty
	if len(scopes) == 0 {
		scopes = []string{sdkScope}
	}
	switch {
	case props.UserPool != nil:
		return &identity{pool: props.UserPool, clientIDs: props.AppClientIDs, scopes: scopes}
	case config.UserPoolARN != "":
		pool := awscognito.UserPool_FromUserPoolArn(scope, new("Users"), new(config.UserPoolARN))
		return &identity{pool: pool, clientIDs: *jsii.Strings(config.AppClientIDs...), scopes: scopes}
	default:
		return nil
	}
}

// newIdentity makes the user pool, the scope that authorizes a call, and the app client.
func newIdentity(scope constructs.Construct, config stage.Stage) *identity {
	pool := awscognito.NewUserPool(scope, new("Users"), &awscognito.UserPoolProps{
		// No alias besides the username: the username is the key prefix, and an address would be in every URL. With only
		// email, Cognito generates the username.
		SignInAliases:       &awscognito.SignInAliases{Username: new(!config.SignInWithEmail), Email: new(config.SignInWithEmail)},
		SignInCaseSensitive: new(false), // otherwise Bob and bob would be two users
		SelfSignUpEnabled:   new(config.SelfSignUp),
		// Never required, because CloudFormation can't change a pool's schema later.
		StandardAttributes: &awscognito.StandardAttributes{
			Email: &awscognito.StandardAttribute{Required: new(false), Mutable: new(true)},
		},
		AutoVerify: &awscognito.AutoVerifiedAttrs{Email: new(true)},
		// A new address takes effect only when it is verified. Otherwise whoever changes it could recover the account with it.
		KeepOriginal:    &awscognito.KeepOriginalAttrs{Email: new(true)},
		AccountRecovery: awscognito.AccountRecovery_EMAIL_ONLY,
		Mfa:             awscognito.Mfa(strings.ToUpper(config.MFA)),
		MfaSecondFactor: secondFactor(config),
		PasswordPolicy: &awscognito.PasswordPolicy{
			MinLength:            new(12.0),
			RequireLowercase:     new(true),
			RequireUppercase:     new(true),
			RequireDigits:        new(true),
			RequireSymbols:       new(true),
			TempPasswordValidity: awscdk.Duration_Days(new(3.0)),
		},
		FeaturePlan:        awscognito.FeaturePlan(strings.ToUpper(config.UserPoolPlan)),
		DeletionProtection: new(config.DeletionProtection),
		RemovalPolicy:      removal(config),
	})
	users := &identity{pool: pool, own: pool, upload: newUploadScope(pool), scopes: []string{uploadScope, sdkScope}}
	users.client = newAppClient(users, config, newProviders(scope, config, pool))
	users.clientIDs = []*string{users.client.UserPoolClientId()}
	return users
}

func newUploadScope(pool awscognito.UserPool) awscognito.OAuthScope {
	scope := awscognito.NewResourceServerScope(&awscognito.ResourceServerScopeProps{
		ScopeName:        new(uploadScopeName),
		ScopeDescription: new("Presign uploads and downloads of the caller's own objects"),
	})
	server := pool.AddResourceServer(new("UploadScopes"), &awscognito.UserPoolResourceServerOptions{
		Identifier: new(uploadScopeServer),
		Scopes:     &[]awscognito.ResourceServerScope{scope},
	})
	return awscognito.OAuthScope_ResourceServer(server, scope)
}

func newAppClient(users *identity, config stage.Stage, providers *[]awscognito.UserPoolClientIdentityProvider) awscognito.UserPoolClient {
	email := awscognito.NewClientAttributes().WithStandardAttributes(&awscognito.StandardAttributesMask{Email: new(true)})
	readable := email.WithStandardAttributes(&awscognito.StandardAttributesMask{EmailVerified: new(true)})
	options := &awscognito.UserPoolClientOptions{
		GenerateSecret:             new(false), // a page or a phone can't keep a secret
		AuthFlows:                  &awscognito.AuthFlow{UserSrp: new(true), UserPassword: new(config.PasswordAuth)},
		DisableOAuth:               new(true),
		PreventUserExistenceErrors: new(true),
		EnableTokenRevocation:      new(true),
		AccessTokenValidity:        awscdk.Duration_Minutes(new(float64(config.AccessTokenMinutes))),
		IdTokenValidity:            awscdk.Duration_Minutes(new(float64(config.AccessTokenMinutes))),
		RefreshTokenValidity:       awscdk.Duration_Days(new(float64(config.RefreshTokenDays))),
		SupportedIdentityProviders: providers,
		ReadAttributes:             readable,
		WriteAttributes:            email,
	}
	if config.ManagedLogin {
		options.DisableOAuth, options.OAuth = new(false), codeGrant(config, users.upload)
	}
	return users.own.AddClient(new("AppClient"), options)
}

func secondFactor(config stage.Stage) *awscognito.MfaSecondFactor {
	if config.MFA == stage.MFAOff {
		return nil
	}
	return &awscognito.MfaSecondFactor{Otp: new(true), Sms: new(false)}
}

// codeGrant are the app client's OAuth settings: authorization code, which public clients use with PKCE.
func codeGrant(config stage.Stage, scope awscognito.OAuthScope) *awscognito.OAuthSettings {
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

// addLoginBranding gives the app client Cognito's default branding. Without a branding, managed login pages fail.
func (u *identity) addLoginBranding(scope constructs.Construct) {
	awscognito.NewCfnManagedLoginBranding(scope, new("SignInBranding"), &awscognito.CfnManagedLoginBrandingProps{
		UserPoolId:               u.pool.UserPoolId(),
		ClientId:                 u.client.UserPoolClientId(),
		UseCognitoProvidedValues: new(true),
	})
}

// addSignInDomain makes the pool's OAuth endpoints: sign-in pages and tokens.
func (u *identity) addSignInDomain(config stage.Stage) {
	version := awscognito.ManagedLoginVersion_CLASSIC_HOSTED_UI // a machine needs no pages
	if config.ManagedLogin {
		version = awscognito.ManagedLoginVersion_NEWER_MANAGED_LOGIN
	}
	domain := u.own.AddDomain(new("SignInDomain"), &awscognito.UserPoolDomainOptions{
		CognitoDomain:       &awscognito.CognitoDomainOptions{DomainPrefix: new(config.SignInDomain)},
		ManagedLoginVersion: version,
	})
	u.signInURL = domain.BaseUrl(nil)
}

// machine is the app client of a system that uploads without a user.
type machine struct {
	name   string
	client awscognito.UserPoolClient
	secret awssecretsmanager.CfnSecret
}

// addMachineClients makes an app client with a secret for each of the stage's systems. Its objects are below _client-<client
// ID>/. Cognito makes the secret; CloudFormation copies it into Secrets Manager for the system's owner. It is in no template
// and no output. How to rotate it: docs/runbook.md.
func (u *identity) addMachineClients(scope constructs.Construct, config stage.Stage) {
	for _, name := range config.MachineClients {
		client := u.own.AddClient(new("Machine"+name), &awscognito.UserPoolClientOptions{
			GenerateSecret:             new(true),
			PreventUserExistenceErrors: new(true),
			EnableTokenRevocation:      new(true),
			AccessTokenValidity:        awscdk.Duration_Minutes(new(float64(config.AccessTokenMinutes))),
			// Without this, CDK would add every provider of the pool.
			SupportedIdentityProviders: &[]awscognito.UserPoolClientIdentityProvider{awscognito.UserPoolClientIdentityProvider_COGNITO()},
			OAuth: &awscognito.OAuthSettings{
				Flows:  &awscognito.OAuthFlows{ClientCredentials: new(true)},
				Scopes: &[]awscognito.OAuthScope{u.upload},
			},
		})
		// Without this, Cognito would allow SRP and custom flows, so users could sign in to a machine's client.
		resource := client.Node().DefaultChild().(awscognito.CfnUserPoolClient)
		resource.SetExplicitAuthFlows(jsii.Strings("ALLOW_REFRESH_TOKEN_AUTH"))
		secret := awssecretsmanager.NewCfnSecret(scope, new("Machine"+name+"Secret"), &awssecretsmanager.CfnSecretProps{
			Description:  new("Client ID and secret of the machine client " + name),
			SecretString: jsii.Sprintf(`{"clientId":"%s","clientSecret":"%s"}`, *client.UserPoolClientId(), *resource.AttrClientSecret()),
		})
		u.machines = append(u.machines, machine{name: name, client: client, secret: secret})
		u.clientIDs = append(u.clientIDs, client.UserPoolClientId())
	}
}
