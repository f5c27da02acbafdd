package cli

import (
	"context"
	"slices"
	"strings"
	"testing"
)

// person types one line, and remembers what was shown.
type person struct{ shown []string }

func (p *person) ask(_ context.Context, prompt string, _ bool) (string, error) {
	p.shown = append(p.shown, prompt)
	return "123456", nil
}

func (p *person) say(text string) { p.shown = append(p.shown, text) }

func TestTheKeyOfANewAuthenticatorAppIsShownOnce(t *testing.T) {
	for secret, want := range map[string]bool{"": false, "ABCD2345": true} {
		p := &person{}
		code, err := answers{asker: p}.Code(t.Context(), secret)
		if err != nil || code != "123456" {
			t.Errorf("got %q, %v, want the code", code, err)
		}
		shows := func(text string) bool {
			return strings.Contains(text, "Add this key") && strings.HasSuffix(text, secret)
		}
		if got := slices.ContainsFunc(p.shown, shows); got != want {
			t.Errorf("secret %q: got %q, want the key shown: %t", secret, p.shown, want)
		}
	}
}
