package stage_test

import (
	"strings"
	"testing"
)

func TestOriginsAreExactlyWhatBrowsersSend(t *testing.T) {
	from := func(origin string, production bool) fields {
		return fields{"production": production, "allowedOrigins": []string{origin}}
	}
	testStages(t, []stageTest{
		{from("https://app.example.com", true), ""},
		{from("https://app.example.com:8443", true), ""},
		{from("https://xn--bcher-kva.example", true), ""},
		{from("http://localhost:*", false), ""},
		{from("http://localhost:5173", false), ""},
		{from("https://app.example.com:443", true), "want no :443"},
		{from("http://localhost:80", false), "want no :80"},
		{from("https://app.example.com:", true), "want"},
		{from("https://app.example.com:0443", true), "want"},
		{from("https://app.example.com:80", true), ""},
		{from("http://localhost:*", true), "want https:// origins in production"},
		{from("http://localhost:5173", true), "want https"},
		{from("*", false), "a wildcard lets any page call"},
		{from("*", true), "a wildcard lets any page call"},
		{from("https://*.example.com", true), "a wildcard lets any page call"},
		{from("https://localhost:*", false), "a wildcard lets any page call"},
		{from("http://app.example.com", false), "want https"},
		{from("http://localhost.example.com", false), "want https"},
		{from("https://app.example.com/", true), "without a slash at the end"},
		{from("https://App.example.com", true), "small letters"},
		{from("https://user@app.example.com", true), "scheme, host"},
		{from("https://app.example.com?x", true), "scheme, host"},
		{from("https://bücher.example", true), "punycode"},
		{from(`https://a"b.example`, true), "want"},
		{from("https://a,b.example", true), "want"},
		{from("app.example.com", true), "want https://host"},
		{from("null", true), "want https://host"},
		{from("", true), "want https://host"},
		{from("file:///", true), "want https://host"},
	})
}

func TestAWebhookIsAPublicURLWithASecretInAHeader(t *testing.T) {
	webhook := fields{
		"webhookUrl": "https://api.acme.io/hooks/uploads", "webhookHeader": "X-Webhook-Secret",
		"webhookSecretArn": "arn:aws:secretsmanager:eu-central-1:111122223333:secret:webhook-AbCdEf",
	}
	testStages(t, []stageTest{
		{webhook, ""},
		{with(webhook, fields{"webhookUrl": "https://api.acme.io:8443", "webhookHeader": "Authorization"}), ""},
		{with(webhook, fields{"webhookSecretArn": ""}), `webhookUrl, webhookHeader and webhookSecretArn go together`},
		{with(webhook, fields{"webhookUrl": ""}), `want all three, or none`},
		{with(webhook, fields{"webhookUrl": "http://api.acme.io/uploads"}), `webhookUrl has "http://api.acme.io/uploads": want https://host/path`},
		{with(webhook, fields{"webhookUrl": "https://api.acme.io/uploads#x"}), `want https://host/path`},
		{with(webhook, fields{"webhookUrl": "https://api.acme.io/*"}), `want https://host/path`},
		{with(webhook, fields{"webhookUrl": "https://api.acme.io/" + strings.Repeat("a", 2048)}), `at most 2,048 characters`},
		{with(webhook, fields{"webhookUrl": "https://me:secret@api.acme.io/"}), `webhookUrl has a user or a query`},
		{with(webhook, fields{"webhookUrl": "https://api.acme.io/?token=secret"}), `webhookUrl has a user or a query`},
		{with(webhook, fields{"webhookUrl": "https://me:se cret@api.acme.io/"}), `webhookUrl has a user or a query`},
		{with(webhook, fields{"webhookUrl": "https://me:%secret@api.acme.io/"}), `webhookUrl has a user or a query`},
		{with(webhook, fields{"webhookUrl": "me:secret@api.acme.io"}), `webhookUrl has a user or a query`},
		{with(webhook, fields{"webhookUrl": "https://api.acme.io./"}), `webhookUrl is at "api.acme.io."`},
		{with(webhook, fields{"webhookUrl": "https://localhost/uploads"}), `webhookUrl is at "localhost": want a public domain name`},
		{with(webhook, fields{"webhookUrl": "https://127.0.0.1:9000/"}), `webhookUrl is at "127.0.0.1"`},
		{with(webhook, fields{"webhookUrl": "https://[::1]/"}), `want https://host/path`},
		{with(webhook, fields{"webhookUrl": "https://app.localhost/"}), `webhookUrl is at "app.localhost"`},
		{with(webhook, fields{"webhookUrl": "https://nas.local/"}), `webhookUrl is at "nas.local"`},
		{with(webhook, fields{"webhookUrl": "https://ip-10-0-0-1.ec2.internal/"}), `want a public domain name`},
		{with(webhook, fields{"webhookUrl": "https://2130706433/"}), `webhookUrl is at "2130706433"`},
		{with(webhook, fields{"webhookHeader": "X Secret"}), `webhookHeader has "X Secret": want the name of an HTTP header`},
		{with(webhook, fields{"webhookHeader": "X-Secret\r\nHost"}), `want the name of an HTTP header`},
		{with(webhook, fields{"webhookHeader": "User-Agent"}), `webhookHeader is "User-Agent": EventBridge sets or removes this header`},
		{with(webhook, fields{"webhookHeader": "content-type"}), `EventBridge sets or removes this header`},
		{with(webhook, fields{"webhookSecretArn": "s3cr3t"}), `webhookSecretArn is not the ARN of a secret: want the ARN of a secret in Secrets Manager`},
	})
}
