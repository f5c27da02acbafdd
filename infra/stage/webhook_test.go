package stage_test

import (
	"maps"
	"strings"
	"testing"
)

// webhook is an entry with a webhook, some of it changed.
func webhook(change map[string]any) map[string]any {
	entry := map[string]any{
		"webhookUrl": "https://api.acme.io/hooks/uploads", "webhookHeader": "X-Webhook-Secret",
		"webhookSecretArn": "arn:aws:secretsmanager:eu-central-1:111122223333:secret:webhook-AbCdEf",
	}
	maps.Copy(entry, change)
	return entry
}

func TestAWebhookIsAPublicURLWithASecretInAHeader(t *testing.T) {
	for _, tt := range []struct {
		entry map[string]any
		want  string // part of the refusal; "" for none
	}{
		{webhook(nil), ""},
		{webhook(map[string]any{"webhookUrl": "https://api.acme.io:8443", "webhookHeader": "Authorization"}), ""},
		{webhook(map[string]any{"webhookSecretArn": ""}), `webhookUrl, webhookHeader and webhookSecretArn go together`},
		{webhook(map[string]any{"webhookUrl": ""}), `want all three, or none`},
		{webhook(map[string]any{"webhookUrl": "http://api.acme.io/uploads"}), `webhookUrl has "http://api.acme.io/uploads": want https://host/path`},
		{webhook(map[string]any{"webhookUrl": "https://api.acme.io/uploads#x"}), `want https://host/path`},
		{webhook(map[string]any{"webhookUrl": "https://api.acme.io/*"}), `want https://host/path`},
		{webhook(map[string]any{"webhookUrl": "https://api.acme.io/" + strings.Repeat("a", 2048)}), `at most 2,048 characters`},
		{webhook(map[string]any{"webhookUrl": "https://me:secret@api.acme.io/"}), `webhookUrl has a user or a query`},
		{webhook(map[string]any{"webhookUrl": "https://api.acme.io/?token=secret"}), `webhookUrl has a user or a query`},
		{webhook(map[string]any{"webhookUrl": "https://me:se cret@api.acme.io/"}), `webhookUrl has a user or a query`},
		{webhook(map[string]any{"webhookUrl": "https://me:%secret@api.acme.io/"}), `webhookUrl has a user or a query`},
		{webhook(map[string]any{"webhookUrl": "me:secret@api.acme.io"}), `webhookUrl has a user or a query`},
		{webhook(map[string]any{"webhookUrl": "https://api.acme.io./"}), `webhookUrl is at "api.acme.io."`},
		{webhook(map[string]any{"webhookUrl": "https://localhost/uploads"}), `webhookUrl is at "localhost": want a public domain name`},
		{webhook(map[string]any{"webhookUrl": "https://127.0.0.1:9000/"}), `webhookUrl is at "127.0.0.1"`},
		{webhook(map[string]any{"webhookUrl": "https://[::1]/"}), `want https://host/path`},
		{webhook(map[string]any{"webhookUrl": "https://app.localhost/"}), `webhookUrl is at "app.localhost"`},
		{webhook(map[string]any{"webhookUrl": "https://nas.local/"}), `webhookUrl is at "nas.local"`},
		{webhook(map[string]any{"webhookUrl": "https://ip-10-0-0-1.ec2.internal/"}), `want a public domain name`},
		{webhook(map[string]any{"webhookUrl": "https://2130706433/"}), `webhookUrl is at "2130706433"`},
		{webhook(map[string]any{"webhookHeader": "X Secret"}), `webhookHeader has "X Secret": want the name of an HTTP header`},
		{webhook(map[string]any{"webhookHeader": "X-Secret\r\nHost"}), `want the name of an HTTP header`},
		{webhook(map[string]any{"webhookHeader": "User-Agent"}), `webhookHeader is "User-Agent": EventBridge sets or removes this header`},
		{webhook(map[string]any{"webhookHeader": "content-type"}), `EventBridge sets or removes this header`},
		{webhook(map[string]any{"webhookSecretArn": "s3cr3t"}), `webhookSecretArn is not the ARN of a secret: want the ARN of a secret in Secrets Manager`},
	} {
		_, err := parsed(tt.entry)
		switch {
		case tt.want == "" && err != nil:
			t.Errorf("%v: %v", tt.entry, err)
		case tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)):
			t.Errorf("%v:\n got %v\nwant %q", tt.entry, err, tt.want)
		case err != nil && (strings.Contains(err.Error(), "cret@") || strings.Contains(err.Error(), "s3cr3t")):
			t.Errorf("%v: the refusal %q repeats the secret", tt.entry, err)
		}
	}
}
