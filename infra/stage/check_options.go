package stage

import (
	"errors"
	"fmt"
	"net/url"
	"reflect"
	"regexp"
	"slices"
	"strings"
)

// OwnPoolFields returns the set fields that configure the stack's own pool and app clients.
func (s Stage) OwnPoolFields() []string {
	least := reflect.ValueOf(Least())
	var set []string
	for _, name := range []string{
		"SignInWithEmail", "SelfSignUp", "UserPoolPlan", "PasswordAuth", "MFA", "AccessTokenMinutes", "RefreshTokenDays",
		"SignInDomain", "ManagedLogin", "CallbackURLs", "LogoutURLs", "MachineClients",
		"SAMLProvider", "SAMLMetadataURL", "OIDCProvider", "OIDCIssuer", "OIDCClientID", "OIDCClientSecretArn",
	} {
		if !reflect.DeepEqual(reflect.ValueOf(s).FieldByName(name).Interface(), least.FieldByName(name).Interface()) {
			field, _ := least.Type().FieldByName(name)
			set = append(set, field.Tag.Get("json"))
		}
	}
	return set
}

func (s Stage) checkUserPool() []error {
	if s.UserPoolARN == "" {
		if len(s.AppClientIDs)+len(s.AuthorizationScopes) > 0 {
			return []error{errors.New("appClientIds and authorizationScopes are those of an existing user pool: name it with userPoolArn, or leave them out")}
		}
		return nil
	}
	wrong := matches("userPoolArn", s.UserPoolARN, `^arn:aws[a-z-]*:cognito-idp:[a-z0-9-]+:[0-9]{12}:userpool/[a-z0-9-]+_[A-Za-z0-9]+$`, "the ARN of a user pool")
	if len(s.AppClientIDs) < 1 || len(s.AppClientIDs) > 20 {
		wrong = append(wrong, fmt.Errorf("appClientIds has %d entries: want 1 to 20 app clients of the pool %s", len(s.AppClientIDs), s.UserPoolARN))
	}
	for _, id := range s.AppClientIDs {
		wrong = append(wrong, matches("appClientIds", id, `^[A-Za-z0-9_+]{1,128}$`, "the ID of an app client, not its name")...)
	}
	wrong = append(wrong, CheckScopes(s.AuthorizationScopes)...)
	if unused := s.OwnPoolFields(); len(unused) > 0 {
		wrong = append(wrong, fmt.Errorf("userPoolArn names an existing pool, so these fields have no effect: %s; leave them out", strings.Join(unused, ", ")))
	}
	return wrong
}

// CheckScopes reports what is wrong with the scopes that authorize a call.
func CheckScopes(scopes []string) []error {
	var wrong []error
	for _, scope := range scopes {
		wrong = append(wrong, matches("authorizationScopes", scope, `^[\x21\x23-\x5B\x5D-\x7E]{1,512}$`, `a scope of an access token, such as "files/write"`)...)
	}
	for _, scope := range []string{"openid", "email", "phone", "profile"} {
		if slices.Contains(scopes, scope) {
			wrong = append(wrong, fmt.Errorf("authorizationScopes has %q: every sign-in may ask for it, so it doesn't restrict who uploads; want a scope of a resource server", scope))
		}
	}
	return wrong
}

func (s Stage) checkDomain() []error {
	parts := []string{s.DomainName, s.CertificateArn, s.HostedZoneID, s.HostedZoneName}
	switch {
	case !anySet(parts):
		return nil
	case slices.Contains(parts, ""):
		return []error{errors.New("domainName, certificateArn, hostedZoneId and hostedZoneName go together: want all four, or none")}
	}
	return slices.Concat(
		matches("domainName", s.DomainName, `^[a-z0-9-]+(\.[a-z0-9-]+)+$`, "a host such as uploads.example.com"),
		matches("certificateArn", s.CertificateArn, `^arn:aws[a-z-]*:acm:[a-z0-9-]+:[0-9]{12}:certificate/[0-9a-f-]+$`, "the ARN of an ACM certificate"),
		matches("hostedZoneId", s.HostedZoneID, `^Z[A-Z0-9]+$`, "an ID such as Z1D633PJN98FT9"),
		s.checkZone(),
	)
}

func (s Stage) checkZone() []error {
	if s.DomainName == s.HostedZoneName || strings.HasSuffix(s.DomainName, "."+s.HostedZoneName) {
		return nil
	}
	return []error{fmt.Errorf("domainName %q is not in the zone hostedZoneName %q", s.DomainName, s.HostedZoneName)}
}

func (s Stage) checkSignInDomain() []error {
	needed := s.ManagedLogin || len(s.MachineClients) > 0
	switch {
	case s.SignInDomain == "" && needed:
		return []error{fmt.Errorf("managedLogin and machineClients need signInDomain, whose endpoint issues their tokens: want a prefix, or %q while you change it", NoSignInDomain)}
	case s.SignInDomain != "" && !needed:
		return []error{errors.New("signInDomain is set and nothing uses it: switch managedLogin on, name machineClients, or leave it out")}
	case s.SignInDomain == "" || s.SignInDomain == NoSignInDomain:
		return nil
	case regexp.MustCompile(`aws|amazon|cognito`).MatchString(s.SignInDomain):
		return []error{fmt.Errorf(`signInDomain is %q: Cognito refuses a prefix with "aws", "amazon" or "cognito"`, s.SignInDomain)}
	}
	return matches("signInDomain", s.SignInDomain, `^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`, "1 to 63 of a-z, 0-9 and \"-\"")
}

func (s Stage) checkManagedLogin() []error {
	urls := slices.Concat(s.CallbackURLs, s.LogoutURLs)
	switch {
	case !s.ManagedLogin && len(urls) > 0:
		return []error{errors.New("callbackUrls and logoutUrls do nothing with managedLogin off")}
	case s.ManagedLogin && s.UserPoolPlan == PlanLite:
		return []error{fmt.Errorf("managedLogin is on and userPoolPlan is %q: want %q or %q", PlanLite, PlanEssentials, PlanPlus)}
	case s.ManagedLogin && len(s.CallbackURLs) == 0:
		return []error{errors.New("managedLogin needs at least one of callbackUrls")}
	}
	var wrong []error
	for _, raw := range urls {
		u, err := url.Parse(raw)
		local := err == nil && u.Scheme == "http" && u.Hostname() == "localhost" && !s.Production
		if err != nil || u.Hostname() == "" || u.Fragment != "" || strings.Contains(raw, "*") || (u.Scheme != "https" && !local) {
			wrong = append(wrong, fmt.Errorf("callbackUrls or logoutUrls has %q: want https://..., or http://localhost outside production, without * and #", raw))
		}
	}
	return wrong
}

func (s Stage) checkMachineClients() []error {
	var wrong []error
	for i, name := range s.MachineClients {
		wrong = append(wrong, matches("machineClients", name, `^[A-Za-z][A-Za-z0-9]{0,30}$`, "a letter, then letters and digits, 31 at most")...)
		if slices.Contains(s.MachineClients[:i], name) {
			wrong = append(wrong, fmt.Errorf("machineClients has %q twice", name))
		}
	}
	return wrong
}

func (s Stage) checkFirewallAndAlarms() []error {
	var wrong []error
	if s.WAFRateLimit != 0 {
		wrong = within("wafRateLimit", s.WAFRateLimit, 10, 2_000_000_000)
	}
	if s.AlarmTopicArn == "" {
		return wrong
	}
	if !s.Alarms {
		wrong = append(wrong, errors.New("alarmTopicArn does nothing with alarms off"))
	}
	return append(wrong, matches("alarmTopicArn", s.AlarmTopicArn, `^arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,256}$`, "the ARN of a standard SNS topic")...)
}

func matches(field, got, pattern, want string) []error {
	if regexp.MustCompile(pattern).MatchString(got) {
		return nil
	}
	return []error{fmt.Errorf("%s has %q: want %s", field, got, want)}
}
