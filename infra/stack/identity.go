package stack

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscognito"

	"example.com/presigned/infra/stage"
)

// The scopes that authorize a call. Access tokens from managed login and machine clients carry the
// stack's own; sign-in through the SDK (SRP) gives Cognito's scope for the user's own account only.
const (
	uploadScopeServer = "uploads"
	uploadScopeName   = "write"
	uploadScope       = uploadScopeServer + "/" + uploadScopeName
	sdkScope          = "aws.cognito.signin.user.admin"
)

// identity is who may call: the user pool and the client that apps sign in with.
type identity struct {
	pool     awscognito.UserPool
	client   awscognito.UserPoolClient
	machines []machine
	server   awscognito.UserPoolResourceServer
	scope    awscognito.ResourceServerScope
}

func newIdentity(stack awscdk.Stack, config stage.Stage) identity {
	pool := awscognito.NewUserPool(stack, new("Users"), &awscognito.UserPoolProps{
		// User names only: the name becomes the key prefix, and an address would end up in every URL.
		SignInAliases:       &awscognito.SignInAliases{Username: new(true)},
		SignInCaseSensitive: new(false), // or Bob and bob were two users with two prefixes
		SelfSignUpEnabled:   new(config.SelfSignUp),
		// Never required: CloudFormation cannot change a pool's schema later, and machines have none.
		StandardAttributes: &awscognito.StandardAttributes{
			Email: &awscognito.StandardAttribute{Required: new(false), Mutable: new(true)},
		},
		AutoVerify: &awscognito.AutoVerifiedAttrs{Email: new(true)},
		// A change of address takes effect only once it is verified, or it would take over recovery.
		KeepOriginal:    &awscognito.KeepOriginalAttrs{Email: new(true)},
		AccountRecovery: awscognito.AccountRecovery_EMAIL_ONLY,
		Mfa:             mfa(config),
		MfaSecondFactor: secondFactor(config),
		PasswordPolicy: &awscognito.PasswordPolicy{
			MinLength:            new(12.0),
			RequireLowercase:     new(true),
			RequireUppercase:     new(true),
			RequireDigits:        new(true),
			RequireSymbols:       new(true),
			TempPasswordValidity: awscdk.Duration_Days(new(3.0)),
		},
		FeaturePlan:        featurePlan(config),
		DeletionProtection: new(config.DeletionProtection),
		RemovalPolicy:      removal(config),
	})
	users := identity{pool: pool}
	users.server, users.scope = newResourceServer(pool)
	users.client = newAppClient(users, config)
	users.machines = newMachineClients(stack, users, config)
	addSignInDomain(stack, config, users)
	return users
}

func newResourceServer(pool awscognito.UserPool) (awscognito.UserPoolResourceServer, awscognito.ResourceServerScope) {
	scope := awscognito.NewResourceServerScope(&awscognito.ResourceServerScopeProps{
		ScopeName:        new(uploadScopeName),
		ScopeDescription: new("Presign uploads and downloads of the caller's own objects"),
	})
	return pool.AddResourceServer(new("UploadScopes"), &awscognito.UserPoolResourceServerOptions{
		Identifier: new(uploadScopeServer),
		Scopes:     &[]awscognito.ResourceServerScope{scope},
	}), scope
}

func newAppClient(users identity, config stage.Stage) awscognito.UserPoolClient {
	email := awscognito.NewClientAttributes().WithStandardAttributes(&awscognito.StandardAttributesMask{Email: new(true)})
	readable := email.WithStandardAttributes(&awscognito.StandardAttributesMask{EmailVerified: new(true)})
	return users.pool.AddClient(new("AppClient"), &awscognito.UserPoolClientOptions{
		GenerateSecret:             new(false), // a page or a phone cannot keep one
		AuthFlows:                  &awscognito.AuthFlow{UserSrp: new(true), UserPassword: new(config.PasswordAuth)},
		DisableOAuth:               new(!config.ManagedLogin),
		OAuth:                      pageSignIn(config, users.uploadScope()),
		PreventUserExistenceErrors: new(true),
		EnableTokenRevocation:      new(true),
		AccessTokenValidity:        awscdk.Duration_Minutes(new(float64(config.AccessTokenMinutes))),
		IdTokenValidity:            awscdk.Duration_Minutes(new(float64(config.AccessTokenMinutes))),
		RefreshTokenValidity:       awscdk.Duration_Days(new(float64(config.RefreshTokenDays))),
		SupportedIdentityProviders: &[]awscognito.UserPoolClientIdentityProvider{awscognito.UserPoolClientIdentityProvider_COGNITO()},
		ReadAttributes:             readable,
		WriteAttributes:            email,
	})
}

func mfa(config stage.Stage) awscognito.Mfa {
	switch config.MFA {
	case stage.MFAOff:
		return awscognito.Mfa_OFF
	case stage.MFARequired:
		return awscognito.Mfa_REQUIRED
	default:
		return awscognito.Mfa_OPTIONAL
	}
}

// featurePlan is the cheapest plan that does what the stage asks: LITE knows SRP and TOTP.
func featurePlan(config stage.Stage) awscognito.FeaturePlan {
	if config.ManagedLogin {
		return awscognito.FeaturePlan_ESSENTIALS
	}
	return awscognito.FeaturePlan_LITE
}

func secondFactor(config stage.Stage) *awscognito.MfaSecondFactor {
	if config.MFA == stage.MFAOff {
		return nil
	}
	return &awscognito.MfaSecondFactor{Otp: new(true), Sms: new(false)}
}
