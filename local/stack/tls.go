package stack

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"

	"example.com/presigned/local/objectstore"
)

// certificateLife is how long a run's certificate is good for: longer than any run, shorter than it could be misused.
const certificateLife = 24 * time.Hour

// authority is the certificate of this run: its own authority, for loopback only, its key never written anywhere.
type authority struct {
	certificate tls.Certificate
	roots       *x509.CertPool
}

// newAuthority makes the certificate and writes it, for clients to trust, to caFile.
func newAuthority(now time.Time, caFile string) (*authority, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return nil, err
	}
	der, err := x509.CreateCertificate(rand.Reader, &x509.Certificate{
		SerialNumber:          serial,
		Subject:               pkix.Name{CommonName: "presigned local run"},
		NotBefore:             now.Add(-time.Minute),
		NotAfter:              now.Add(certificateLife),
		KeyUsage:              x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		IsCA:                  true,
		BasicConstraintsValid: true,
		DNSNames:              []string{"localhost"},
		IPAddresses:           []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback},
	}, &x509.Certificate{Subject: pkix.Name{CommonName: "presigned local run"}}, &key.PublicKey, key)
	if err != nil {
		return nil, err
	}
	encoded := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	a := &authority{certificate: tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, roots: x509.NewCertPool()}
	a.roots.AppendCertsFromPEM(encoded)
	if caFile == "" {
		return nil, fmt.Errorf("TLS without a file for its certificate: clients could not trust it")
	}
	if err := os.MkdirAll(filepath.Dir(caFile), 0o750); err != nil {
		return nil, err
	}
	return a, os.WriteFile(caFile, encoded, 0o600)
}

// forStore gives the object store what it needs to speak TLS by itself; nil for a nil authority.
func (a *authority) forStore() *objectstore.TLS {
	if a == nil {
		return nil
	}
	return &objectstore.TLS{Certificate: a.certificate, Roots: a.roots}
}

// wrap puts TLS on a listener; a nil authority leaves it plain.
func (a *authority) wrap(l net.Listener) net.Listener {
	if a == nil {
		return l
	}
	return tls.NewListener(l, &tls.Config{
		Certificates: []tls.Certificate{a.certificate}, MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"},
	})
}
