package stage

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// removedHeaders are those that EventBridge removes from a request to an API destination, and Content-Type, which says
// that the event is JSON.
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-api-destinations.html
var removedHeaders = []string{
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
	if slices.Contains(removedHeaders, strings.ToLower(s.WebhookHeader)) {
		wrong = append(wrong, fmt.Errorf("webhookHeader is %q: EventBridge sets or removes this header; want another, such as X-Webhook-Secret", s.WebhookHeader))
	}
	if err := checkWebhookURL(s.WebhookURL); err != nil {
		wrong = append(wrong, err)
	}
	return append(wrong, checkSecret("webhookSecretArn", s.WebhookSecretArn)...)
}

// checkWebhookURL doesn't repeat the URL if it has credentials.
func checkWebhookURL(raw string) error {
	u, err := url.Parse(raw)
	switch {
	case err == nil && (u.User != nil || u.RawQuery != ""):
		return errors.New("webhookUrl has a user or a query, and everyone who may describe the stack reads it: want https://host/path, and the secret in webhookSecretArn")
	case err != nil || !regexp.MustCompile(`^https://[a-z0-9.-]+(:[1-9][0-9]{0,4})?(/[A-Za-z0-9/._~%-]*)?$`).MatchString(raw) || len(raw) > 2048:
		return fmt.Errorf("webhookUrl has %q: want https://host/path, of at most 2,048 characters", raw)
	}
	// EventBridge reaches public names only, and no top-level domain ends in a digit.
	host := u.Hostname()
	if !regexp.MustCompile(`\.[a-z][a-z0-9-]*$`).MatchString(host) || regexp.MustCompile(`\.(localhost|local|internal|test)$`).MatchString(host) {
		return fmt.Errorf("webhookUrl is at %q: want a public domain name, because EventBridge calls it from outside your network", host)
	}
	return nil
}
