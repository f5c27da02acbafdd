package main

import (
	"encoding/pem"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
)

// A proxy that opens connections has a certificate that this machine does not know.
func TestACertificateIsTrustedThatAWSCABundleHolds(t *testing.T) {
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // of the handshakes that fail
	server.StartTLS()
	t.Cleanup(server.Close)
	p, _ := fakeProgram(t)
	p.file("a.txt", []byte("hello"))
	bundle := filepath.Join(p.dir, "bundle.pem")
	p.file("bundle.pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}))
	p.env = append(p.env, "PRESIGNED_UPLOAD_URL="+server.URL)
	for env, want := range map[string]string{
		"AWS_CA_BUNDLE=":                                 "hint: AWS_CA_BUNDLE names a file of certificates to trust",
		"AWS_CA_BUNDLE=" + bundle:                        "(no code, status 404)",
		"AWS_CA_BUNDLE=" + filepath.Join(p.dir, "none"):  "no such file",
		"AWS_CA_BUNDLE=" + filepath.Join(p.dir, "a.txt"): "want certificates in PEM",
	} {
		c := p.command("upload", "a.txt")
		c.Env = append(c.Env, env)
		if out, err := c.CombinedOutput(); err == nil || !strings.Contains(string(out), want) {
			t.Errorf("%s: got %v: %s, want %q", env, err, out, want)
		}
	}
}

func TestAProxyThatAsksForAPasswordIsNotTriedAgain(t *testing.T) {
	asked := 0
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked++
		w.WriteHeader(http.StatusProxyAuthRequired)
	}))
	t.Cleanup(proxy.Close)
	for _, scheme := range []string{"http", "https"} {
		asked = 0
		p, _ := fakeProgram(t)
		p.file("a.txt", []byte("hello"))
		p.env = append(p.env, "PRESIGNED_UPLOAD_URL="+scheme+"://stack.invalid/", "http_proxy="+proxy.URL, "https_proxy="+proxy.URL)
		out, err := p.command("upload", "a.txt").CombinedOutput()
		if err == nil || !strings.Contains(string(out), "hint: the proxy asks for a password") || asked != 1 {
			t.Errorf("%s: asked %d times, got %v: %s", scheme, asked, err, out)
		}
	}
}
