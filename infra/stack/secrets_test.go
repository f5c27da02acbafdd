package stack_test

import (
	"bytes"
	"regexp"
	"strings"
	"testing"
)

// What a template must not hold, because everyone who may describe the stack reads it.
func TestNoTemplateHoldsASecret(t *testing.T) {
	patterns := map[string]*regexp.Regexp{
		"an access key ID":    regexp.MustCompile(`\b(AKIA|ASIA)[A-Z0-9]{16}\b`),
		"a private key":       regexp.MustCompile(`-----BEGIN`),
		"a secret reference":  regexp.MustCompile(`\{\{resolve:`),
		"a token":             regexp.MustCompile(`\beyJ[A-Za-z0-9_-]{10,}`),
		"a presigned URL":     regexp.MustCompile(`X-Amz-Signature`),
		"an account ID":       regexp.MustCompile(`\b[0-9]{12}\b`),
		"a path of a machine": regexp.MustCompile(`"/(home|root|Users|tmp|work)/`),
	}
	for name, v := range all {
		for what, pattern := range patterns {
			// The references that are meant, and AWS's example account, in everything.json.
			content := v.text
			for _, meant := range []string{v.config.OIDCClientSecretArn, v.config.WebhookSecretArn} {
				content = bytes.ReplaceAll(content, []byte("{{resolve:secretsmanager:"+meant+":SecretString:::}}"), nil)
			}
			content = bytes.ReplaceAll(content, []byte("111122223333"), nil)
			if found := pattern.Find(content); found != nil {
				t.Errorf("%s: has %s: %q", name, what, found)
			}
		}
		for _, r := range v.ofType("AWS::Lambda::Function") {
			for key := range at(r.Properties, "Environment", "Variables").(map[string]any) {
				if strings.Contains(key, "SECRET") || strings.Contains(key, "TOKEN") || strings.Contains(key, "PASSWORD") {
					t.Errorf("%s %s: has a variable %s", name, r.id, key)
				}
			}
		}
	}
}

// CloudFormation takes 500 resources and 1 MB; a stage that comes near is to be split.
func TestTemplatesStayFarFromCloudFormationsLimits(t *testing.T) {
	for name, v := range all {
		if got := len(v.Resources); got > 250 {
			t.Errorf("%s: got %d resources, want at most 250 of CloudFormation's 500", name, got)
		}
		if got := len(v.text); got > 500_000 {
			t.Errorf("%s: got %d bytes, want at most 500,000 of CloudFormation's 1 MB", name, got)
		}
	}
}
