package cognito

import (
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"example.com/presigned/local/template"
)

const identityProvider = "AWS::Cognito::UserPoolIdentityProvider"

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
	UsernameAttributes          template.NotEnforced `option:"signInWithEmail" why:"users sign in with a username, which is their key prefix"`
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
	switch len(pools) {
	case 0:
		return p.loadExisting(t)
	case 1:
	default:
		return fmt.Errorf("the template has %d, want at most 1", len(pools))
	}
	p.id = t.Region() + "_" + stableID(mixedCase, 9, t.StackName, pools[0].LogicalID)
	p.arn = t.ARN("cognito-idp", "userpool/"+p.id)
	t.SetID(pools[0].LogicalID, p.id, map[string]string{"Arn": p.arn})
	var props userPool
	if err := t.Decode(pools[0], &props); err != nil {
		return err
	}
	p.mfa, p.policy = cmp.Or(props.MfaConfiguration, "OFF"), props.Policies.PasswordPolicy
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
	t.Ignore(identityProvider, "samlProvider and oidcProvider", "nobody signs in through another identity provider")
	return errors.Join(
		allOf("MfaConfiguration", []string{p.mfa}, "OFF", "OPTIONAL", "ON"),
		allOf("EnabledMfas", props.EnabledMfas, "SOFTWARE_TOKEN_MFA"),
		p.loadClients(t),
	)
}

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
			_ = json.Unmarshal(text, into)        // the part that serves the resource complains
		}
	}
	ids := strings.Split(function.Environment.Variables.ClientIDs, ",")
	if len(authorizer.ProviderARNs) != 1 || ids[0] == "" {
		return fmt.Errorf("the template has no user pool, and its authorizer and functions name %v and %v: want one pool and its app clients",
			authorizer.ProviderARNs, ids)
	}
	p.arn = authorizer.ProviderARNs[0]
	_, p.id, _ = strings.Cut(p.arn, ":userpool/")
	p.mfa = "OPTIONAL"
	p.policy.TemporaryPasswordValidityDays = 7 // Cognito's default
	for _, id := range ids {
		p.clients[id] = &client{
			id: id, flows: []string{"ALLOW_USER_SRP_AUTH", "ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"},
			access: time.Hour, idLife: time.Hour, refresh: 30 * 24 * time.Hour,
		}
	}
	return nil
}

func (p *Pool) loadClients(t *template.Template) error {
	providers := []string{"COGNITO"}
	for _, r := range t.Resources(identityProvider) {
		t.SetID(r.LogicalID, r.LogicalID, nil)
		providers = append(providers, r.LogicalID)
	}
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
		c.access, errs[0] = life(props.AccessTokenValidity, units.AccessToken, time.Hour)
		c.idLife, errs[1] = life(props.IdTokenValidity, units.IdToken, time.Hour)
		c.refresh, errs[2] = life(props.RefreshTokenValidity, units.RefreshToken, 30*24*time.Hour)
		err := errors.Join(append(errs[:],
			allOf("ExplicitAuthFlows", c.flows, "ALLOW_USER_SRP_AUTH", "ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"),
			allOf("SupportedIdentityProviders", props.SupportedIdentityProviders, providers...),
			allOf("AllowedOAuthFlows", props.AllowedOAuthFlows, "code", "implicit", "client_credentials"))...)
		if err != nil {
			return fmt.Errorf("%s: %w", r.LogicalID, err)
		}
		t.SetID(r.LogicalID, c.id, attrs)
		p.clients[c.id] = c
	}
	return nil
}

// life is a token's validity. The stack writes it in minutes; byDefault is Cognito's own.
func life(n template.Int, unit string, byDefault time.Duration) (time.Duration, error) {
	if n == 0 {
		return byDefault, nil
	}
	if unit != "minutes" {
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
	lowerCase = "abcdefghijklmnopqrstuvwxyz0123456789"
	mixedCase = "ABCDEFGHIJKLMNOPQRSTUVWXYZ" + lowerCase
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
