package stage

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// reservedHeaders are the headers that EventBridge removes from a request to an API destination, and Content-Type, which it
// sets itself.
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-api-destinations.html
var reservedHeaders = []string{
	"a-im", "accept-charset", "accept-datetime", "accept-encoding", "cache-control", "connection", "content-encoding",
	"content-length", "content-md5", "content-type", "date", "expect", "forwarded", "from", "host", "http2-settings", "if-match",
	"if-modified-since", "if-none-match", "if-range", "if-unmodified-since", "max-forwards", "origin", "pragma",
	"proxy-authorization", "range", "referer", "te", "trailer", "transfer-encoding", "upgrade", "user-agent", "via", "warning",
}

func (s Stage) checkWebhook() []error {
	webhook := []string{s.WebhookURL, s.WebhookHeader, s.WebhookSecretArn}
	switch {
	case !anySet(webhook):
		return nil
	case slices.Contains(webhook, ""):
		return []error{errors.New("webhookUrl, webhookHeader and webhookSecretArn go together: want all three, or none")}
	}
	// Names of HTTP fields: RFC 9110, 5.6.2.
	wrong := matches("webhookHeader", s.WebhookHeader, "^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,512}$", "the name of an HTTP header, such as X-Webhook-Secret")
	if slices.Contains(reservedHeaders, strings.ToLower(s.WebhookHeader)) {
		wrong = append(wrong, fmt.Errorf("webhookHeader is %q: EventBridge sets or removes this header; want another, such as X-Webhook-Secret", s.WebhookHeader))
	}
	if err := checkWebhookURL(s.WebhookURL); err != nil {
		wrong = append(wrong, err)
	}
	return append(wrong, checkSecret("webhookSecretArn", s.WebhookSecretArn)...)
}

// checkWebhookURL doesn't repeat a URL that may have credentials, even if the URL is malformed.
func checkWebhookURL(raw string) error {
	if strings.ContainsAny(raw, "@?") {
		return errors.New("webhookUrl has a user or a query, which everyone who may describe the stack can read: want https://host/path, and the secret in webhookSecretArn")
	}
	u, err := url.Parse(raw)
	if err != nil || !regexp.MustCompile(`^https://[a-z0-9.-]+(:[1-9][0-9]{0,4})?(/[A-Za-z0-9/._~%-]*)?$`).MatchString(raw) || len(raw) > 2048 {
		return fmt.Errorf("webhookUrl has %q: want https://host/path, with the host in small letters, of at most 2,048 characters", raw)
	}
	// EventBridge calls public domain names only. The last label of one begins with a letter, so this refuses IP addresses too.
	host := u.Hostname()
	if !regexp.MustCompile(`\.[a-z][a-z0-9-]*$`).MatchString(host) || regexp.MustCompile(`\.(localhost|local|internal|test)$`).MatchString(host) {
		return fmt.Errorf("webhookUrl is at %q: want a public domain name, because EventBridge calls it from outside your network", host)
	}
	return nil
}
