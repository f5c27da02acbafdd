package cognito

import "example.com/presigned/local/template"

// The properties that are read, as CloudFormation spells them. What is not here is in coverage.go or stops the start.

type userPoolProperties struct {
	AdminCreateUserConfig struct {
		AllowAdminCreateUserOnly template.Bool
	}
	AutoVerifiedAttributes []string
	EnabledMfas            []string
	MfaConfiguration       string
	Policies               struct {
		PasswordPolicy *passwordPolicyProperties
		SignInPolicy   struct {
			AllowedFirstAuthFactors []string
		}
	}
	UsernameConfiguration struct {
		CaseSensitive *template.Bool
	}
}

type passwordPolicyProperties struct {
	MinimumLength                 *template.Int
	PasswordHistorySize           template.Int
	RequireLowercase              template.Bool
	RequireNumbers                template.Bool
	RequireSymbols                template.Bool
	RequireUppercase              template.Bool
	TemporaryPasswordValidityDays *template.Int
}

type clientProperties struct {
	UserPoolId                      string
	ClientName                      string
	AccessTokenValidity             template.Int
	IdTokenValidity                 template.Int
	RefreshTokenValidity            template.Int
	TokenValidityUnits              tokenUnits
	AuthSessionValidity             template.Int
	AllowedOAuthFlows               []string
	AllowedOAuthFlowsUserPoolClient template.Bool
	AllowedOAuthScopes              []string
	CallbackURLs                    []string
	LogoutURLs                      []string
	EnableTokenRevocation           *template.Bool
	ExplicitAuthFlows               []string
	GenerateSecret                  template.Bool
	PreventUserExistenceErrors      string
	RefreshTokenRotation            struct {
		Feature                 string
		RetryGracePeriodSeconds template.Int
	}
	SupportedIdentityProviders []string
	ReadAttributes             []string
	WriteAttributes            []string
}

type tokenUnits struct{ AccessToken, IdToken, RefreshToken string }

type resourceServerProperties struct {
	UserPoolId string
	Identifier string
	Scopes     []struct{ ScopeName string }
}

type domainProperties struct {
	UserPoolId string
	Domain     string
}
