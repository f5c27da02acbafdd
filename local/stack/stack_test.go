package stack

import (
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/presigned/local/cognito"
)

// assembly is what `make build` synthesizes for this machine, so these tests serve what deploys.
const assembly = "../../build/local-assembly"

// keys are shared, because making RSA keys for each start would take most of the time.
var keys = sync.OnceValue(cognito.NewKeys)

func config(t *testing.T) Config {
	return Config{
		Keys:     keys(),
		Assembly: assembly, API: "127.0.0.1:0", S3: "127.0.0.1:0", Cognito: "127.0.0.1:0", Page: "127.0.0.1:0",
		OutputsFile: filepath.Join(t.TempDir(), "outputs.json"), Log: io.Discard, Now: time.Now,
	}
}

// start starts a stack that ends with the test.
func start(t *testing.T, cfg Config) *Stack {
	t.Helper()
	s, err := Start(t.Context(), cfg)
	if err != nil {
		t.Fatalf("%v\nhint: `make build` writes %s", err, assembly)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func TestThePageGetsItsStacksAddressesAndMayConnectToNoOthers(t *testing.T) {
	cfg := config(t)
	cfg.PageDir = t.TempDir()
	if err := os.WriteFile(filepath.Join(cfg.PageDir, "index.html"), []byte("<title>page</title>"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := start(t, cfg)
	m := s.Summary
	api := strings.Join(strings.Split(m.APIURL, "/")[:3], "/")
	for path, want := range map[string]string{
		"/": "<title>page</title>", "/config.json": `"uploadUrl":"` + m.UploadURL + `"`,
	} {
		response, err := http.Get(m.PageURL + path)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(response.Body)
		response.Body.Close()
		if err != nil || !strings.Contains(string(body), want) {
			t.Errorf("%s: got %s, %v, want %s", path, body, err, want)
		}
		policy := response.Header.Get("Content-Security-Policy")
		connect := "connect-src 'self' " + strings.Join([]string{api, m.S3URL, m.CognitoURL}, " ") + ";"
		if !strings.HasPrefix(policy, "default-src 'none'; script-src 'self'; style-src 'self'; ") || !strings.Contains(policy, connect) ||
			!strings.Contains(policy, "frame-ancestors 'none'") || strings.Contains(policy, "unsafe") {
			t.Errorf("%s: got policy %q", path, policy)
		}
	}
}

func TestCloseLeavesNothingBehind(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	s, err := Start(t.Context(), config(t))
	if err != nil {
		t.Fatal(err)
	}
	addresses := []net.Listener{s.listen.api, s.listen.s3, s.listen.cognito, s.listen.page}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	for _, l := range addresses {
		if conn, err := net.Dial("tcp", l.Addr().String()); err == nil {
			conn.Close()
			t.Errorf("%s still listens", l.Addr())
		}
	}
	if left, err := os.ReadDir(os.Getenv("TMPDIR")); err != nil || len(left) != 0 {
		t.Errorf("temporary folder: got %v, %v, want it empty", left, err)
	}
}

func TestOnlyLoopbackIsListenedOn(t *testing.T) {
	for address, want := range map[string]string{
		"0.0.0.0:0": "want a loopback address", ":0": "want a loopback address", "192.0.2.1:0": "want a loopback address",
		"8080": "want host:port",
	} {
		cfg := config(t)
		cfg.Cognito = address
		if _, err := Start(t.Context(), cfg); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want an error with %q", address, err, want)
		}
	}
}
