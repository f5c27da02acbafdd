package cognito

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"time"

	"example.com/presigned/local/template"
)

// userPool is AWS::Cognito::UserPool.
type userPool struct {
	AdminCreateUserConfig struct {
		AllowAdminCreateUserOnly template.Fixed `want:"true" option:"selfSignUp" why:"only administrators create users"`
	}
	EnabledMfas      []string
	MfaConfiguration string
	Policies         struct {
		PasswordPolicy passwordPolicy
	}
	UsernameConfiguration struct {
		CaseSensitive template.Fixed `want:"false"`
	}
	AccountRecoverySetting      template.NotEnforced `why:"nobody recovers an account"`
	AutoVerifiedAttributes      template.NotEnforced `why:"no message is sent"`
	DeletionProtection          template.NotEnforced `why:"the pool lives as long as the local run"`
	EmailVerificationMessage    template.NotEnforced `why:"no message is sent"`
	EmailVerificationSubject    template.NotEnforced `why:"no message is sent"`
	Schema                      template.NotEnforced `why:"a user has no attributes"`
	SmsVerificationMessage      template.NotEnforced `why:"no message is sent"`
	UserAttributeUpdateSettings template.NotEnforced `why:"a user has no attributes"`
	UserPoolTags                template.NotEnforced `why:"tags mean nothing locally"`
	UserPoolTier                template.NotEnforced `why:"nothing is billed"`
	VerificationMessageTemplate template.NotEnforced `why:"no message is sent"`
}

// appClient is AWS::Cognito::UserPoolClient.
type appClient struct {
	UserPoolId                      string
	AccessTokenValidity             template.Int
	IdTokenValidity                 template.Int
	RefreshTokenValidity            template.Int
	TokenValidityUnits              struct{ AccessToken, IdToken, RefreshToken string }
	AllowedOAuthFlows               []string
	AllowedOAuthFlowsUserPoolClient template.Bool
	AllowedOAuthScopes              []string
	ExplicitAuthFlows               []string
	GenerateSecret                  template.Bool
	EnableTokenRevocation           template.Fixed `want:"true"`
	PreventUserExistenceErrors      template.Fixed `want:"ENABLED"`
	SupportedIdentityProviders      []string
	CallbackURLs                    template.NotEnforced `option:"managedLogin" why:"no sign-in page is served"`
	LogoutURLs                      template.NotEnforced `option:"managedLogin" why:"no sign-in page is served"`
	ReadAttributes                  template.NotEnforced `why:"a user has no attributes"`
	WriteAttributes                 template.NotEnforced `why:"a user has no attributes"`
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
	id, secret              string   // secret is "" for a public client
	flows                   []string // ExplicitAuthFlows
	access, idLife, refresh time.Duration
	oauthFlows, oauthScopes []string
}

func (c *client) allows(flow string) bool { return slices.Contains(c.flows, flow) }

// load reads the template's one user pool and what belongs to it, and registers their IDs.
func (p *Pool) load(t *template.Template) error {
	pools := t.Resources("AWS::Cognito::UserPool")
	if len(pools) != 1 {
		return fmt.Errorf("the template has %d, want exactly 1", len(pools))
	}
	p.id = t.Region() + "_" + stableID(mixedCase, poolNameLength, t.StackName, pools[0].LogicalID)
	t.SetID(pools[0].LogicalID, p.id, map[string]string{"Arn": t.ARN("cognito-idp", "userpool/"+p.id)})
	var props userPool
	if err := t.Decode(pools[0], &props); err != nil {
		return err
	}
	p.mfa, p.policy = props.MfaConfiguration, props.Policies.PasswordPolicy
	for _, r := range t.Resources("AWS::Cognito::UserPoolResourceServer") {
		var props resourceServer
		if err := t.Decode(r, &props); err != nil {
			return err
		}
		t.SetID(r.LogicalID, props.Identifier, nil)
		for _, s := range props.Scopes {
			p.scopes[props.Identifier+"/"+s.ScopeName] = true
		}
	}
	for _, r := range t.Resources("AWS::Cognito::UserPoolDomain") {
		var props domain
		if err := t.Decode(r, &props); err != nil {
			return err
		}
		p.domain = true
		t.SetID(r.LogicalID, props.Domain, nil)
	}
	return errors.Join(
		allOf("MfaConfiguration", []string{p.mfa}, "OFF", "OPTIONAL", "ON"),
		allOf("EnabledMfas", props.EnabledMfas, "SOFTWARE_TOKEN_MFA"),
		p.loadClients(t),
	)
}

func (p *Pool) loadClients(t *template.Template) error {
	for _, r := range t.Resources("AWS::Cognito::UserPoolClient") {
		var props appClient
		if err := t.Decode(r, &props); err != nil {
			return err
		}
		c := &client{id: stableID(lowerCase, 26, t.StackName, r.LogicalID), flows: props.ExplicitAuthFlows}
		attrs := map[string]string{}
		if props.GenerateSecret {
			c.secret = base64.RawURLEncoding.EncodeToString(random(38)) // 51 characters, as Cognito's are
			attrs["ClientSecret"] = c.secret
		}
		if props.AllowedOAuthFlowsUserPoolClient {
			c.oauthFlows, c.oauthScopes = props.AllowedOAuthFlows, props.AllowedOAuthScopes
		}
		units := props.TokenValidityUnits
		var errs [3]error
		c.access, errs[0] = life(props.AccessTokenValidity, units.AccessToken)
		c.idLife, errs[1] = life(props.IdTokenValidity, units.IdToken)
		c.refresh, errs[2] = life(props.RefreshTokenValidity, units.RefreshToken)
		err := errors.Join(append(errs[:],
			allOf("ExplicitAuthFlows", c.flows, "ALLOW_USER_SRP_AUTH", "ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"),
			allOf("SupportedIdentityProviders", props.SupportedIdentityProviders, "COGNITO"),
			allOf("AllowedOAuthFlows", props.AllowedOAuthFlows, "code", "client_credentials"))...)
		if err != nil {
			return fmt.Errorf("%s: %w", r.LogicalID, err)
		}
		t.SetID(r.LogicalID, c.id, attrs)
		p.clients[c.id] = c
	}
	return nil
}

// life is a token's validity. The stack writes all of them in minutes, and leaves out those that a machine client never
// gets.
func life(n template.Int, unit string) (time.Duration, error) {
	if n != 0 && unit != "minutes" {
		return 0, fmt.Errorf("TokenValidityUnits: got %q, want minutes", unit)
	}
	return time.Duration(n) * time.Minute, nil
}

func allOf(property string, got []string, want ...string) error {
	for _, v := range got {
		if !slices.Contains(want, v) {
			return fmt.Errorf("%s: %q is not modelled by the local run, want one of %v", property, v, want)
		}
	}
	return nil
}

const (
	poolNameLength = 9
	lowerCase      = "abcdefghijklmnopqrstuvwxyz0123456789"
	mixedCase      = "ABCDEFGHIJKLMNOPQRSTUVWXYZ" + lowerCase
)

// stableID makes up an ID that is the same at each start, so that what a client has stored keeps its meaning.
func stableID(alphabet string, length int, names ...string) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%q", names))
	id := make([]byte, length)
	for i := range id {
		id[i] = alphabet[int(sum[i])%len(alphabet)]
	}
	return string(id)
}
