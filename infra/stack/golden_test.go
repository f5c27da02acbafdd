package stack_test

import (
	"testing"

	"gotest.tools/v3/golden"
)

// Run with -update after a change that you intended. Read the difference: this is what deploys.
func TestTemplatesAreAsReviewed(t *testing.T) {
	for name, v := range all {
		t.Run(name, func(t *testing.T) {
			golden.Assert(t, string(v.text), name+".template.json")
		})
	}
	golden.Assert(t, string(account.text), "account.template.json")
}
