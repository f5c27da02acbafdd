package cognito

import (
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"time"

	"example.com/presigned/local/template"
)

// client is an app client's properties, checked and with CloudFormation's defaults filled in.
type client struct {
	id, secret     string   // secret is "" for a public client
	flows          []string // ExplicitAuthFlows
	hideUsers      bool     // PreventUserExistenceErrors
	revocation     bool     // EnableTokenRevocation
	rotation       bool     // RefreshTokenRotation
	rotationGrace  time.Duration
	access, idLife time.Duration
	refresh        time.Duration
	session        time.Duration // how long a challenge may take
	readAttributes []string      // nil: all
	writable       []string      // attributes; nil: all
	oauthFlows     []string
	oauthScopes    []string
	callbacks      []string
	logouts        []string
}

func (p *Pool) loadClients(t *template.Template) error {
	for _, r := range t.Resources("AWS::Cognito::UserPoolClient") {
		var props clientProperties
		if err := t.Decode(r, &props); err != nil {
			return err
		}
		if props.UserPoolId != p.settings.id {
			continue
		}
		c := &client{id: stableID(lowerCase, 26, t.StackName, r.LogicalID)}
		attrs := map[string]string{"ClientId": c.id, "Name": props.ClientName}
		if props.GenerateSecret {
			c.secret = base64.RawURLEncoding.EncodeToString(p.random(38)) // 51 characters, as Cognito's are
			attrs["ClientSecret"] = c.secret
		}
		if err := errors.Join(c.set(props), p.checkOAuth(c)); err != nil {
			return fmt.Errorf("%s: %w", r.LogicalID, err)
		}
		t.SetID(r.LogicalID, c.id, attrs)
		p.clients[c.id] = c
	}
	return nil
}

// checkOAuth wants of a client's OAuth settings what Cognito wants when it creates one.
func (p *Pool) checkOAuth(c *client) error {
	var errs []error
	for _, s := range c.oauthScopes {
		if !slices.Contains([]string{"openid", "email", "phone", "profile", userScope}, s) && !p.scopes[s] {
			errs = append(errs, fmt.Errorf("AllowedOAuthScopes: no resource server of the pool has a scope %q", s))
		}
	}
	if slices.Contains(c.oauthFlows, "client_credentials") && len(c.oauthFlows) > 1 {
		errs = append(errs, errors.New("AllowedOAuthFlows: client_credentials excludes the other flows"))
	}
	if slices.Contains(c.oauthFlows, "client_credentials") && c.secret == "" {
		errs = append(errs, errors.New("GenerateSecret: want true for the client_credentials flow"))
	}
	if slices.Contains(c.oauthFlows, "code") && len(c.callbacks) == 0 {
		errs = append(errs, errors.New("CallbackURLs: want one for the code flow"))
	}
	return errors.Join(errs...)
}

func (c *client) set(props clientProperties) error {
	c.flows = props.ExplicitAuthFlows
	if len(c.flows) == 0 { // documented default, without the custom flow, which needs a Lambda trigger
		c.flows = []string{"ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"}
	}
	c.hideUsers = props.PreventUserExistenceErrors == "ENABLED"
	c.revocation = props.EnableTokenRevocation == nil || bool(*props.EnableTokenRevocation)
	c.rotation = props.RefreshTokenRotation.Feature == "ENABLED"
	c.rotationGrace = time.Duration(props.RefreshTokenRotation.RetryGracePeriodSeconds) * time.Second
	c.readAttributes, c.writable = props.ReadAttributes, props.WriteAttributes
	c.callbacks, c.logouts = props.CallbackURLs, props.LogoutURLs
	if props.AllowedOAuthFlowsUserPoolClient {
		c.oauthFlows, c.oauthScopes = props.AllowedOAuthFlows, props.AllowedOAuthScopes
	}
	c.session = time.Duration(props.AuthSessionValidity) * time.Minute
	if c.session == 0 {
		c.session = 3 * time.Minute
	}
	return errors.Join(c.setLives(props), c.check(props))
}

func (c *client) check(props clientProperties) error {
	var errs []error
	if props.PreventUserExistenceErrors != "" {
		errs = append(errs, oneOf("PreventUserExistenceErrors", props.PreventUserExistenceErrors, "ENABLED", "LEGACY"))
	}
	if props.RefreshTokenRotation.Feature != "" {
		errs = append(errs, oneOf("RefreshTokenRotation.Feature", props.RefreshTokenRotation.Feature, "ENABLED", "DISABLED"))
	}
	if c.rotation && c.allows("ALLOW_REFRESH_TOKEN_AUTH") {
		errs = append(errs, errors.New("RefreshTokenRotation excludes ALLOW_REFRESH_TOKEN_AUTH in ExplicitAuthFlows, as on AWS"))
	}
	return errors.Join(append(errs,
		allOf("ExplicitAuthFlows", c.flows, "ALLOW_USER_SRP_AUTH", "ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"),
		allOf("AllowedOAuthFlows", props.AllowedOAuthFlows, "code", "client_credentials"),
		allOf("SupportedIdentityProviders", props.SupportedIdentityProviders, "COGNITO"),
		bounded("AuthSessionValidity", c.session, 3*time.Minute, 15*time.Minute),
	)...)
}

// setLives reads the three validities. A unit left out is hours, for refresh tokens days.
func (c *client) setLives(props clientProperties) error {
	const day = 24 * time.Hour
	units := props.TokenValidityUnits
	var errs [3]error
	c.access, errs[0] = life("AccessTokenValidity", props.AccessTokenValidity, units.AccessToken, time.Hour, time.Hour, 5*time.Minute, day)
	c.idLife, errs[1] = life("IdTokenValidity", props.IdTokenValidity, units.IdToken, time.Hour, time.Hour, 5*time.Minute, day)
	c.refresh, errs[2] = life("RefreshTokenValidity", props.RefreshTokenValidity, units.RefreshToken, day, 30*day, time.Hour, 3650*day)
	return errors.Join(errs[:]...)
}

func life(property string, n template.Int, unit string, unitDefault, whenAbsent, least, most time.Duration) (time.Duration, error) {
	units := map[string]time.Duration{
		"": unitDefault, "seconds": time.Second, "minutes": time.Minute, "hours": time.Hour, "days": 24 * time.Hour,
	}
	each, ok := units[unit]
	if !ok {
		return 0, fmt.Errorf("TokenValidityUnits of %s: got %q, want seconds, minutes, hours or days", property, unit)
	}
	d := time.Duration(n) * each
	if n == 0 {
		d = whenAbsent
	}
	return d, bounded(property, d, least, most)
}

func bounded(property string, got, least, most time.Duration) error {
	if got < least || got > most {
		return fmt.Errorf("%s: got %s, want %s to %s", property, got, least, most)
	}
	return nil
}

func (c *client) allows(flow string) bool { return slices.Contains(c.flows, flow) }
