package wire

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"time"
)

// Broken is a request that got no complete answer: whether the server acted on it is not known.
type Broken struct {
	Method string
	Host   string
	cause  error
}

func (b *Broken) Error() string { return fmt.Sprintf("%s %s: %v", b.Method, b.Host, b.cause) }
func (b *Broken) Unwrap() error { return b.cause }

// Again is true for whatever the network does, and false where the server's certificate is not
// trusted, the URL is not one, or the content cannot be read: no repetition mends that.
func (b *Broken) Again() (bool, time.Duration) {
	var cert *tls.CertificateVerificationError
	var content unreadable
	return !errors.As(b.cause, &cert) && !errors.As(b.cause, &content) && !errors.Is(b.cause, errScheme), 0
}

// MayHaveActed reports whether the server may have done what an attempt asked for, although that failed: neither was
// it refused, nor was there no connection to send it on.
func MayHaveActed(err error) bool {
	var refused *Refusal
	var op *net.OpError
	undialled := errors.As(err, &op) && op.Op == "dial"
	return err != nil && !errors.As(err, &refused) && !undialled
}

var errScheme = errors.New("want a URL with http or https")

// broken names the request without its query, which holds the signature. When the caller's own context
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
