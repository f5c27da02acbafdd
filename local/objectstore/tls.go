package objectstore

import (
	"crypto/tls"
	"crypto/x509"
)

// TLS is how the store serves over TLS, and how it reaches itself.
type TLS struct {
	Certificate tls.Certificate
	Roots       *x509.CertPool
}

// server refuses what S3's own hosts refuse at the handshake: versions below 1.2.
// Source: https://aws.amazon.com/blogs/security/tls-1-2-required-for-aws-endpoints/
func (t *TLS) server() *tls.Config {
	return &tls.Config{Certificates: []tls.Certificate{t.Certificate}, MinVersion: tls.VersionTLS12}
}
