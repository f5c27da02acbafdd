package stack

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestThePageMayTalkToItsStackOnly(t *testing.T) {
	cfg := config(t)
	cfg.PageDir = t.TempDir()
	if err := os.WriteFile(filepath.Join(cfg.PageDir, "index.html"), []byte("<title>page</title>"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := start(t, cfg)
	for _, path := range []string{"/", "/config.json", "/missing"} {
		header := headers(t, s.Summary.PageURL+path)
		policy := header.Get("Content-Security-Policy")
		api := strings.Join(strings.Split(s.Summary.APIURL, "/")[:3], "/")
		want := "connect-src 'self' " + strings.Join([]string{api, s.Summary.S3URL, s.Summary.CognitoURL}, " ") + ";"
		if !strings.HasPrefix(policy, "default-src 'none'; script-src 'self'; style-src 'self'; ") || !strings.Contains(policy, want) {
			t.Errorf("%s: got policy %q, want %q in it", path, policy, want)
		}
		if !strings.Contains(policy, "frame-ancestors 'none'") || strings.Contains(policy, "unsafe") {
			t.Errorf("%s: got policy %q", path, policy)
		}
		if got := header.Get("X-Content-Type-Options"); got != "nosniff" {
			t.Errorf("%s: got X-Content-Type-Options %q", path, got)
		}
	}
}

func headers(t *testing.T, url string) http.Header {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodHead, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	return response.Header
}
