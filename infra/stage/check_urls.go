package stage

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// LocalOrigin is the only origin with a wildcard: a page that a developer serves on any port.
const LocalOrigin = "http://localhost:*"

func (s Stage) checkOrigins(r *refusals) {
	for _, origin := range s.AllowedOrigins {
		err := s.checkOrigin(origin)
		r.when(err != nil, "allowedOrigins has %q: %w", origin, err)
	}
}

// checkOrigin requires an origin exactly as a browser sends it, because it is compared byte by byte.
func (s Stage) checkOrigin(origin string) error {
	if origin == LocalOrigin && !s.Production {
		return nil
	}
	u, err := url.Parse(origin)
	switch {
	case origin == LocalOrigin:
		return errors.New("want https:// origins in production")
	case strings.Contains(origin, "*"):
		return errors.New("a wildcard lets any page call with a user's token; want https://host or https://host:port")
	case err != nil || u.Hostname() == "":
		return errors.New("want https://host or https://host:port")
	case u.Scheme != "https" && !s.onThisMachine(u):
		return errors.New("want https; plain http is for http://localhost, outside production")
	case origin != u.Scheme+"://"+strings.ToLower(u.Host):
		return errors.New("want scheme, host in small letters and port only, without a slash at the end: that is what browsers send")
	case u.Port() == map[string]string{"http": "80", "https": "443"}[u.Scheme]:
		return fmt.Errorf("want no :%s, because browsers leave out the default port", u.Port())
	case !matches(u.Host, `^[a-z0-9.-]+(:[1-9][0-9]{0,4})?$`):
		return errors.New("want a host of a-z, 0-9, \".\" and \"-\", in punycode where it has other letters")
	}
	return nil
}

// returnsTo reports whether managed login may return to a URL.
func (s Stage) returnsTo(raw string) bool {
	u, err := url.Parse(raw)
	return err == nil && u.Hostname() != "" && u.Fragment == "" && !strings.Contains(raw, "*") && (u.Scheme == "https" || s.onThisMachine(u))
}

// onThisMachine reports whether a URL is the one of a developer's own page, which needs no TLS.
func (s Stage) onThisMachine(u *url.URL) bool {
	return u.Scheme == "http" && u.Hostname() == "localhost" && !s.Production
}

// reservedHeaders are the headers that EventBridge removes from a request to an API destination, and Content-Type, which it
// sets itself.
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-api-destinations.html
var reservedHeaders = []string{
	"a-im", "accept-charset", "accept-datetime", "accept-encoding", "cache-control", "connection", "content-encoding",
	"content-length", "content-md5", "content-type", "date", "expect", "forwarded", "from", "host", "http2-settings", "if-match",
	"if-modified-since", "if-none-match", "if-range", "if-unmodified-since", "max-forwards", "origin", "pragma",
	"proxy-authorization", "range", "referer", "te", "trailer", "transfer-encoding", "upgrade", "user-agent", "via", "warning",
}

func (s Stage) checkWebhook(r *refusals) {
	r.together("webhookUrl, webhookHeader and webhookSecretArn go together: want all three, or none", s.WebhookURL, s.WebhookHeader, s.WebhookSecretArn)
	// Names of HTTP fields: RFC 9110, 5.6.2.
	r.match("webhookHeader", ifSet(s.WebhookHeader), "^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,512}$", "the name of an HTTP header, such as X-Webhook-Secret")
	r.when(slices.Contains(reservedHeaders, strings.ToLower(s.WebhookHeader)),
		"webhookHeader is %q: EventBridge sets or removes this header; want another, such as X-Webhook-Secret", s.WebhookHeader)
	r.secretARN("webhookSecretArn", s.WebhookSecretArn)
	u, err := url.Parse(s.WebhookURL)
	switch {
	case s.WebhookURL == "":
	case strings.ContainsAny(s.WebhookURL, "@?"): // the refusal doesn't repeat a URL that may have credentials, even if it is malformed
		r.when(true, "webhookUrl has a user or a query, which everyone who may describe the stack can read: want https://host/path, and the secret in webhookSecretArn")
	case err != nil || !matches(s.WebhookURL, `^https://[a-z0-9.-]+(:[1-9][0-9]{0,4})?(/[A-Za-z0-9/._~%-]*)?$`) || len(s.WebhookURL) > 2048:
		r.when(true, "webhookUrl has %q: want https://host/path, with the host in small letters, of at most 2,048 characters", s.WebhookURL)
	default:
		// EventBridge calls public domain names only. The last label of one begins with a letter, so this refuses IP addresses too.
		public := matches(u.Hostname(), `\.[a-z][a-z0-9-]*$`) && !matches(u.Hostname(), `\.(localhost|local|internal|test)$`)
		r.when(!public, "webhookUrl is at %q: want a public domain name, because EventBridge calls it from outside your network", u.Hostname())
	}
}
