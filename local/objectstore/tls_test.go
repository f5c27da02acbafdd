package objectstore

import (
	"crypto/x509"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestOverTLSThePolicyRefusesPlainHTTP(t *testing.T) {
	borrowed := httptest.NewTLSServer(nil) // for its certificate
	borrowed.Close()
	roots := x509.NewCertPool()
	roots.AddCert(borrowed.Certificate())
	s := start(t, &TLS{Certificate: borrowed.TLS.Certificates[0], Roots: roots})

	body := []byte("x")
	s.send(s.presignPut("a/1", body, nil), body).want(t, "over TLS", 200, "")
	plain := s.presignPut("a/2", body, nil)
	plain.URL = strings.Replace(plain.URL, "https://", "http://", 1)
	s.send(plain, body).want(t, "the same without TLS", 403, "AccessDenied")
	if list := s.NotEnforced(); len(list) != 0 {
		t.Errorf("not enforced: got %v, want nothing", list)
	}
}

func TestWithoutTLSTheStatementsAboutItAreListed(t *testing.T) {
	s := start(t, nil)
	var got []string
	for _, n := range s.NotEnforced() {
		got = append(got, strings.TrimPrefix(n.Property, "PolicyDocument.Statement "))
	}
	if strings.Join(got, " ") != "DenyPlainHTTP DenyOldTLS" {
		t.Errorf("not enforced: got %v", got)
	}
}
