package cognito

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"example.com/presigned/local/template"
)

// userPool is AWS::Cognito::UserPool.
type userPool struct {
	AdminCreateUserConfig struct {
		AllowAdminCreateUserOnly template.Fixed `want:"true" option:"selfSignUp" why:"only administrators create users"`
	}
	EnabledMfas      template.Fixed `want:"[\"SOFTWARE_TOKEN_MFA\"]"`
	MfaConfiguration template.Fixed `want:"OPTIONAL" option:"mfa" why:"a user may set up an authenticator app, and need not"`
	Policies         struct {
		PasswordPolicy struct {
			MinimumLength                                                      int
			RequireLowercase, RequireNumbers, RequireSymbols, RequireUppercase template.Fixed       `want:"true"`
			TemporaryPasswordValidityDays                                      template.NotEnforced `why:"a temporary password is valid as long as the local run"`
		}
	}
	UsernameConfiguration struct {
		CaseSensitive template.Fixed `want:"false"`
	}
	AccountRecoverySetting                             template.NotEnforced `why:"nobody recovers an account"`
	AutoVerifiedAttributes, SmsVerificationMessage     template.NotEnforced `why:"no message is sent"`
	EmailVerificationMessage, EmailVerificationSubject template.NotEnforced `why:"no message is sent"`
	VerificationMessageTemplate                        template.NotEnforced `why:"no message is sent"`
	DeletionProtection                                 template.NotEnforced `why:"the pool lives as long as the local run"`
	Schema, UserAttributeUpdateSettings                template.NotEnforced `why:"a user has no attributes"`
	UserPoolTags                                       template.NotEnforced `why:"tags mean nothing locally"`
	UserPoolTier                                       template.NotEnforced `why:"nothing is billed"`
	UsernameAttributes                                 template.NotEnforced `option:"signInWithEmail" why:"users sign in with a username, which is their key prefix"`
}

// appClient is AWS::Cognito::UserPoolClient.
type appClient struct {
	UserPoolId                                                 string
	AccessTokenValidity, IdTokenValidity, RefreshTokenValidity int
	TokenValidityUnits                                         struct {
		AccessToken, IdToken, RefreshToken template.Fixed `want:"minutes"`
	}
	AllowedOAuthFlows, AllowedOAuthScopes, ExplicitAuthFlows []string
	AllowedOAuthFlowsUserPoolClient, GenerateSecret          bool
	EnableTokenRevocation                                    template.Fixed       `want:"true"`
	PreventUserExistenceErrors                               template.Fixed       `want:"ENABLED"`
	CallbackURLs, LogoutURLs                                 template.NotEnforced `option:"managedLogin" why:"no sign-in page is served"`
	ReadAttributes, WriteAttributes                          template.NotEnforced `why:"a user has no attributes"`
	SupportedIdentityProviders                               template.NotEnforced `why:"users sign in with a password of the pool"`
}

// resourceServer is AWS::Cognito::UserPoolResourceServer.
type resourceServer struct {
	UserPoolId string
	Identifier string
	Scopes     []struct {
		ScopeName        string
		ScopeDescription template.NotEnforced `why:"only the console shows it"`
	}
	Name template.NotEnforced `why:"only the console shows it"`
}

// domain is AWS::Cognito::UserPoolDomain.
type domain struct {
	UserPoolId          string
	Domain              string
	ManagedLoginVersion template.NotEnforced `why:"no sign-in page is served"`
}

// client is an app client of the pool.
type client struct {
	id, secret                      string   // secret is "" for a public client
	flows                           []string // ExplicitAuthFlows
	accessLife, idLife, refreshLife time.Duration
	oauthFlows, oauthScopes         []string
}

// load reads the template's one user pool and its parts, and registers their IDs.
func (p *Pool) load(t *template.Template) error {
	pools := t.Resources("AWS::Cognito::UserPool")
	if len(pools) == 0 {
		return p.loadExisting(t)
	}
	if len(pools) > 1 {
		return fmt.Errorf("the template has %d, want at most 1", len(pools))
	}
	for _, r := range t.Resources("AWS::Cognito::UserPoolIdentityProvider") {
		t.SetID(r.LogicalID, r.LogicalID, nil)
	}
	return errors.Join(
		template.Each(t, "AWS::Cognito::UserPool", func(r template.Resource, props userPool) error {
			p.id = t.Region() + "_" + t.StableID(9, r.LogicalID)
			p.arn = t.ARN("cognito-idp", "userpool/"+p.id)
			t.SetID(r.LogicalID, p.id, map[string]string{"Arn": p.arn})
			p.minPasswordLength = cmp.Or(props.Policies.PasswordPolicy.MinimumLength, 8) // Cognito's default
			return nil
		}),
		template.Each(t, "AWS::Cognito::UserPoolResourceServer", func(r template.Resource, props resourceServer) error {
			t.SetID(r.LogicalID, props.Identifier, nil)
			for _, s := range props.Scopes {
				p.scopes[props.Identifier+"/"+s.ScopeName] = true
			}
			return nil
		}),
		template.Each(t, "AWS::Cognito::UserPoolDomain", func(r template.Resource, props domain) error {
			p.domain = true
			t.SetID(r.LogicalID, props.Domain, nil)
			return nil
		}),
		template.Each(t, "AWS::Cognito::UserPoolClient", func(r template.Resource, props appClient) error {
			p.addClient(t, r.LogicalID, props)
			return nil
		}),
	)
}

func (p *Pool) addClient(t *template.Template, logicalID string, props appClient) {
	c := &client{
		id: t.StableID(26, logicalID), flows: props.ExplicitAuthFlows,
		// Without a number each is Cognito's default.
		accessLife: minutes(cmp.Or(props.AccessTokenValidity, 60)), idLife: minutes(cmp.Or(props.IdTokenValidity, 60)),
		refreshLife: minutes(cmp.Or(props.RefreshTokenValidity, 30*24*60)),
	}
	attributes := map[string]string{}
	if props.GenerateSecret {
		c.secret = base64.RawURLEncoding.EncodeToString(random(38)) // 51 characters, as Cognito's are
		attributes["ClientSecret"] = c.secret
	}
	if props.AllowedOAuthFlowsUserPoolClient {
		c.oauthFlows, c.oauthScopes = props.AllowedOAuthFlows, props.AllowedOAuthScopes
	}
	t.SetID(logicalID, c.id, attributes)
	p.clients[c.id] = c
}

func minutes(n int) time.Duration { return time.Duration(n) * time.Minute }

// loadExisting emulates a pool that the stack does not make: the one that the authorizer names, with the app clients
// that the functions accept. The template says nothing about their settings, so users sign in to each by SRP or password.
func (p *Pool) loadExisting(t *template.Template) error {
	var authorizer struct{ ProviderARNs []string }
	var function struct {
		Environment struct {
			Variables struct {
				ClientIDs string `json:"CLIENT_IDS"`
			}
		}
	}
	for typ, into := range map[string]any{"AWS::ApiGateway::Authorizer": &authorizer, "AWS::Lambda::Function": &function} {
		for _, r := range t.Resources(typ) {
			text, _ := json.Marshal(r.Properties) // it was JSON before
			_ = json.Unmarshal(text, into)        // the package that models the type reports the error
		}
	}
	ids := strings.Split(function.Environment.Variables.ClientIDs, ",")
	if len(authorizer.ProviderARNs) != 1 || ids[0] == "" {
		return fmt.Errorf("the template has no user pool, and its authorizer and functions name %v and %v: want one pool and its app clients",
			authorizer.ProviderARNs, ids)
	}
	p.arn = authorizer.ProviderARNs[0]
	_, p.id, _ = strings.Cut(p.arn, ":userpool/")
	for _, id := range ids {
		p.clients[id] = &client{
			id: id, flows: []string{"ALLOW_USER_SRP_AUTH", "ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"},
			accessLife: time.Hour, idLife: time.Hour, refreshLife: 30 * 24 * time.Hour,
		}
	}
	return nil
}
