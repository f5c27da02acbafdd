package stack

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"strings"
)

// servePage serves the built page, and /config.json with this stack's addresses and IDs.
func (s *Stack) servePage(context.Context) error {
	if s.listen.page == nil {
		return nil
	}
	config, err := json.Marshal(s.Summary.Addresses)
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /config.json", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Cache-Control", "no-store") // ports may change with each run, IDs with the stage
		_, _ = w.Write(config)                      // an error means that the reader is gone
	})
	mux.Handle("GET /", pages(s.cfg.PageDir))
	headers := s.pageHeaders()
	s.serve(s.listen.page, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		maps.Copy(w.Header(), headers)
		mux.ServeHTTP(w, r)
	}))
	return nil
}

// pageHeaders are the headers that the host of the deployed page should send too. The page may connect to this
// stack's API, bucket and user pool only; it runs its own scripts only, and no page may frame it.
func (s *Stack) pageHeaders() http.Header {
	policy := []string{
		"default-src 'none'",
		"script-src 'self'",
		"style-src 'self'",
		"img-src 'self' blob: data:", // previews of files before they are sent, and the icons in Uppy's style sheet
		"media-src blob:",            // previews of stored files; Chromium shows a PDF in a frame
		"frame-src blob:",
		"connect-src 'self' " + strings.Join([]string{url(s.listen.api), s.Summary.S3URL, s.Summary.CognitoURL}, " "),
		"base-uri 'none'",
		"form-action 'none'",
		"frame-ancestors 'none'",
	}
	return http.Header{
		"Content-Security-Policy":      {strings.Join(policy, "; ")},
		"Cross-Origin-Opener-Policy":   {"same-origin"},
		"Cross-Origin-Resource-Policy": {"same-origin"},
		"Permissions-Policy":           {"camera=(), geolocation=(), microphone=()"},
		"Referrer-Policy":              {"no-referrer"},
		"X-Content-Type-Options":       {"nosniff"},
	}
}

// pages serves the folder of the page. If the page is not built, it answers with an error that says how to build it, because
// the rest of the stack works without Node.
func pages(dir string) http.Handler {
	if _, err := os.Stat(filepath.Join(dir, "index.html")); dir == "" || err != nil {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			http.Error(w, "the page is not built: run `make build`, which needs npm", http.StatusNotFound)
		})
	}
	return http.FileServer(http.Dir(dir))
}
