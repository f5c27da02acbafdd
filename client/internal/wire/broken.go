package wire

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Broken is a request without a complete answer. The server may have acted on it or not.
type Broken struct {
	Method string
	Host   string
	cause  error
}

func (b *Broken) Error() string { return fmt.Sprintf("%s %s: %v", b.Method, b.Host, b.cause) }
func (b *Broken) Unwrap() error { return b.cause }

// UnknownHost reports that no server has the name. A resolver that cannot be reached has another error.
func (b *Broken) UnknownHost() bool {
	dns, ok := errors.AsType[*net.DNSError](b.cause)
	return ok && dns.IsNotFound
}

// Again is true for errors of the network. It is false if no host has the name, the server's certificate is not trusted, a
// proxy asks for a password, the URL is malformed, or the content cannot be read, because then another attempt does not
// help.
func (b *Broken) Again() (bool, time.Duration) {
	_, untrusted := errors.AsType[*tls.CertificateVerificationError](b.cause)
	_, unread := errors.AsType[unreadable](b.cause)
	return !b.UnknownHost() && !untrusted && !unread && !errors.Is(b.cause, errScheme) && !ProxyRefused(b.cause), 0
}

// ProxyRefused reports that a proxy between this machine and the server asks for a password. net/http has
// no error of its own for that, only the text of the status.
func ProxyRefused(err error) bool {
	return err != nil && (HasStatus(err, http.StatusProxyAuthRequired) || strings.Contains(err.Error(), http.StatusText(http.StatusProxyAuthRequired)))
}

// MayHaveActed reports whether the server may have acted although the attempt failed: it was not refused, and there was a
// connection.
func MayHaveActed(err error) bool {
	_, refused := errors.AsType[*Refusal](err)
	op, ok := errors.AsType[*net.OpError](err)
	notDialed := ok && op.Op == "dial"
	return err != nil && !refused && !notDialed
}

var errScheme = errors.New("want a URL with http or https")

// broken names the request without its query, which holds the signature. If the caller's own context has
// ended, that is the error.
func broken(ctx context.Context, req *http.Request, err error) error {
	cause := context.Cause(ctx)
	switch {
	case errors.Is(cause, errStalled):
		err = cause
	case cause != nil:
		return cause
	case req.URL.Scheme != "http" && req.URL.Scheme != "https":
		err = errScheme
	}
	return &Broken{Method: req.Method, Host: req.URL.Host, cause: scrub(err)}
}

// scrub strips the URL that net/http and net/url wrap around an error.
func scrub(err error) error {
	var u *url.Error
	for errors.As(err, &u) {
		err = u.Err
	}
	return err
}
