package cognito

import "example.com/presigned/local/template"

// Coverage declares what this package does with each property of the Cognito resources.
func Coverage() template.Coverage {
	const (
		noMail    = "no message is ever sent; codes stand in the local log"
		noDelay   = "the pool lives as long as the local run"
		noConsole = "only the console shows it"
		noCheck   = "attributes are kept as given, and cannot be changed"
	)
	return template.Coverage{
		"AWS::Cognito::UserPool": {
			Modelled: []string{
				"AdminCreateUserConfig.AllowAdminCreateUserOnly", "AutoVerifiedAttributes", "EnabledMfas", "MfaConfiguration",
				"Policies.PasswordPolicy", "Policies.SignInPolicy", "UsernameConfiguration.CaseSensitive",
			},
			NotEnforced: map[string]string{
				"AccountRecoverySetting":                      noMail,
				"AdminCreateUserConfig.InviteMessageTemplate": noMail,
				"DeletionProtection":                          noDelay,
				"EmailConfiguration":                          noMail,
				"EmailVerificationMessage":                    noMail,
				"EmailVerificationSubject":                    noMail,
				"Schema.AttributeDataType":                    noCheck,
				"Schema.Mutable":                              noCheck,
				"Schema.Name":                                 noCheck,
				"Schema.NumberAttributeConstraints":           noCheck,
				"Schema.StringAttributeConstraints":           noCheck,
				"SmsVerificationMessage":                      noMail,
				"UserAttributeUpdateSettings":                 noCheck,
				"UserPoolAddOns.AdvancedSecurityMode":         "no risk is estimated",
				"UserPoolName":                                noConsole,
				"UserPoolTags":                                "tags mean nothing locally",
				"UserPoolTier":                                "nothing is billed",
				"VerificationMessageTemplate":                 noMail,
			},
			Only: map[string][]any{"Schema.Required": {false}},
		},
		"AWS::Cognito::UserPoolClient": {
			Modelled: []string{
				"AccessTokenValidity", "AllowedOAuthFlows", "AllowedOAuthFlowsUserPoolClient", "AllowedOAuthScopes",
				"AuthSessionValidity", "CallbackURLs", "ClientName", "EnableTokenRevocation",
				"ExplicitAuthFlows", "GenerateSecret", "IdTokenValidity", "LogoutURLs", "PreventUserExistenceErrors",
				"ReadAttributes", "RefreshTokenRotation", "RefreshTokenValidity", "SupportedIdentityProviders",
				"TokenValidityUnits", "UserPoolId", "WriteAttributes",
			},
			NotEnforced: map[string]string{"DefaultRedirectURI": "an authorization request has to name its redirect URI"},
			Only:        map[string][]any{"EnablePropagateAdditionalUserContextData": {false}},
		},
		"AWS::Cognito::UserPoolResourceServer": {
			Modelled:    []string{"Identifier", "Scopes.ScopeName", "UserPoolId"},
			NotEnforced: map[string]string{"Name": noConsole, "Scopes.ScopeDescription": noConsole},
		},
		"AWS::Cognito::UserPoolDomain": {
			Modelled: []string{"Domain", "UserPoolId"},
			NotEnforced: map[string]string{
				"CustomDomainConfig":  "the domain's endpoints are served below the local base URL",
				"ManagedLoginVersion": "the sign-in page is a plain form of our own",
			},
		},
		"AWS::Cognito::ManagedLoginBranding": {Ignored: "the sign-in page is a plain form of our own"},
	}
}
