package cognito

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"

	"example.com/presigned/local/template"
)

// poolSettings are a user pool's properties, checked and with CloudFormation's defaults filled in.
type poolSettings struct {
	id, arn       string
	password      passwordPolicy
	adminOnly     bool // only administrators create users
	caseSensitive bool
	mfa           string   // OFF, OPTIONAL or ON
	autoVerified  []string // attributes that a code confirms at sign-up
	domain        bool     // has a domain, hence OAuth endpoints
}

// name is the pool's ID without the region: what SRP hashes.
func (s poolSettings) name() string { return s.id[len(s.id)-poolNameLength:] }

const poolNameLength = 9

// load registers the IDs of all pools, so that every reference resolves, then reads one and what belongs to it.
func (p *Pool) load(t *template.Template, logicalID string) error {
	for _, r := range t.Resources("AWS::Cognito::UserPool") {
		registerPool(t, r)
	}
	r, err := findPool(t, logicalID)
	if err != nil {
		return err
	}
	p.settings.id, p.settings.arn = registerPool(t, r)
	var props userPoolProperties
	if err := t.Decode(r, &props); err != nil {
		return err
	}
	if err := p.settings.set(props); err != nil {
		return fmt.Errorf("%s: %w", r.LogicalID, err)
	}
	return errors.Join(p.loadResourceServers(t), p.loadDomains(t), p.loadClients(t))
}

// registerPool makes up what CloudFormation would know of a pool. The provider's name and URL are those that AWS would
// give; the local issuer is another one, see the package doc.
func registerPool(t *template.Template, r template.Resource) (id, arn string) {
	id = t.Region() + "_" + stableID(mixedCase, poolNameLength, t.StackName, r.LogicalID)
	arn = fmt.Sprintf("arn:%s:cognito-idp:%s:%s:userpool/%s", t.Pseudo("AWS::Partition"), t.Region(), t.AccountID(), id)
	provider := "cognito-idp." + t.Region() + ".amazonaws.com/" + id
	t.SetID(r.LogicalID, id, map[string]string{
		"Arn": arn, "UserPoolId": id, "ProviderName": provider, "ProviderURL": "https://" + provider,
	})
	return id, arn
}

func findPool(t *template.Template, logicalID string) (template.Resource, error) {
	pools := t.Resources("AWS::Cognito::UserPool")
	if logicalID == "" && len(pools) == 1 {
		return pools[0], nil
	}
	for _, r := range pools {
		if r.LogicalID == logicalID {
			return r, nil
		}
	}
	if logicalID == "" {
		return template.Resource{}, fmt.Errorf("the template has %d, want exactly 1", len(pools))
	}
	return template.Resource{}, fmt.Errorf("no AWS::Cognito::UserPool %q in the template", logicalID)
}

func (s *poolSettings) set(props userPoolProperties) error {
	s.adminOnly = bool(props.AdminCreateUserConfig.AllowAdminCreateUserOnly)
	s.caseSensitive = props.UsernameConfiguration.CaseSensitive == nil || bool(*props.UsernameConfiguration.CaseSensitive)
	s.autoVerified = props.AutoVerifiedAttributes
	s.mfa = props.MfaConfiguration
	if s.mfa == "" {
		s.mfa = "OFF"
	}
	return errors.Join(
		oneOf("MfaConfiguration", s.mfa, "OFF", "OPTIONAL", "ON"),
		allOf("EnabledMfas", props.EnabledMfas, "SOFTWARE_TOKEN_MFA"),
		allOf("AutoVerifiedAttributes", props.AutoVerifiedAttributes, "email"),
		allOf("Policies.SignInPolicy.AllowedFirstAuthFactors", props.Policies.SignInPolicy.AllowedFirstAuthFactors, "PASSWORD"),
		s.mfaPossible(props.EnabledMfas),
		s.password.set(props.Policies.PasswordPolicy),
	)
}

func (s *poolSettings) mfaPossible(enabled []string) error {
	if s.mfa != "OFF" && len(enabled) == 0 {
		return fmt.Errorf("MfaConfiguration is %s and EnabledMfas empty: want SOFTWARE_TOKEN_MFA in it", s.mfa)
	}
	return nil
}

func (p *Pool) loadResourceServers(t *template.Template) error {
	for _, r := range t.Resources("AWS::Cognito::UserPoolResourceServer") {
		var props resourceServerProperties
		if err := t.Decode(r, &props); err != nil {
			return err
		}
		t.SetID(r.LogicalID, props.Identifier, nil) // whichever pool's: clients of all are decoded
		for _, s := range props.Scopes {
			if props.UserPoolId == p.settings.id {
				p.scopes[props.Identifier+"/"+s.ScopeName] = true
			}
		}
	}
	return nil
}

func (p *Pool) loadDomains(t *template.Template) error {
	for _, r := range t.Resources("AWS::Cognito::UserPoolDomain") {
		var props domainProperties
		if err := t.Decode(r, &props); err != nil {
			return err
		}
		if props.UserPoolId != p.settings.id {
			continue
		}
		p.settings.domain = true
		t.SetID(r.LogicalID, props.Domain, map[string]string{"CloudFrontDistribution": "local"})
	}
	return nil
}

func oneOf(property, got string, want ...string) error {
	if slices.Contains(want, got) {
		return nil
	}
	return fmt.Errorf("%s: %q is not modelled by the local run, want one of %v", property, got, want)
}

func allOf(property string, got []string, want ...string) error {
	for _, v := range got {
		if err := oneOf(property, v, want...); err != nil {
			return err
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
