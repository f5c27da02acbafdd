package cognito

import (
	"fmt"
	"strings"
	"time"
)

// passwordPolicy is what a new password must satisfy.
type passwordPolicy struct {
	minimum                      int
	upper, lower, digits, symbol bool
	history                      int           // how many former passwords are refused, the present one included
	temporary                    time.Duration // how long an administrator's temporary password may be used
}

// symbols are the characters that count as special.
// https://docs.aws.amazon.com/cognito/latest/developerguide/managing-users-passwords.html
const symbols = "^$*.[]{}()?-\"!@#%&/\\,><':;|_~`+= "

// set reads the policy. Without one Cognito asks for 8 characters of all four kinds.
func (w *passwordPolicy) set(props *passwordPolicyProperties) error {
	*w = passwordPolicy{minimum: 8, upper: true, lower: true, digits: true, symbol: true, temporary: 7 * 24 * time.Hour}
	if props == nil {
		return nil
	}
	w.upper, w.lower = bool(props.RequireUppercase), bool(props.RequireLowercase)
	w.digits, w.symbol = bool(props.RequireNumbers), bool(props.RequireSymbols)
	w.history = int(props.PasswordHistorySize)
	if props.MinimumLength != nil {
		w.minimum = int(*props.MinimumLength)
	}
	if props.TemporaryPasswordValidityDays != nil {
		w.temporary = time.Duration(*props.TemporaryPasswordValidityDays) * 24 * time.Hour
	}
	if w.minimum < 6 || w.minimum > 99 {
		return fmt.Errorf("Policies.PasswordPolicy.MinimumLength: got %d, want 6 to 99", w.minimum)
	}
	if w.history < 0 || w.history > 24 {
		return fmt.Errorf("Policies.PasswordPolicy.PasswordHistorySize: got %d, want 0 to 24", w.history)
	}
	return nil
}

// check returns Cognito's error for a password that the policy refuses.
func (w passwordPolicy) check(password string) error {
	has := func(set string) bool { return strings.ContainsAny(password, set) }
	rules := []struct {
		wanted, met bool
		message     string
	}{
		{true, len([]rune(password)) >= w.minimum, "Password not long enough"},
		{w.upper, has("ABCDEFGHIJKLMNOPQRSTUVWXYZ"), "Password must have uppercase characters"},
		{w.lower, has("abcdefghijklmnopqrstuvwxyz"), "Password must have lowercase characters"},
		{w.digits, has("0123456789"), "Password must have numeric characters"},
		{w.symbol, has(symbols), "Password must have symbol characters"},
	}
	for _, r := range rules {
		if r.wanted && !r.met {
			return fail("InvalidPasswordException", "Password did not conform with policy: %s", r.message)
		}
	}
	if len([]rune(password)) > 256 || strings.TrimSpace(password) != password {
		return fail("InvalidParameterException", "Value at 'password' failed to satisfy constraint: Member must satisfy regular expression pattern: ^[\\S]+.*[\\S]+$")
	}
	return nil
}
