package stack

import (
	"context"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
)

// servePage serves the built page, and /config.json with what it needs to know of this stack.
// Beside it stands the contract document.
func (s *Stack) servePage(context.Context) error {
	if s.listen.page == nil {
		return nil
	}
	config, err := json.Marshal(map[string]string{
		"apiUrl": s.Summary.APIURL, "uploadUrl": s.Summary.UploadURL, "downloadUrl": s.Summary.DownloadURL,
		"cognitoUrl": s.Summary.CognitoURL, "userPoolId": s.Summary.UserPoolID, "appClientId": s.Summary.AppClientID,
		"region": s.Summary.Region,
	})
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /config.json", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Cache-Control", "no-store") // ports and IDs are of this run
		_, _ = w.Write(config)                      // the reader is gone: nobody to tell
	})
	if s.cfg.Contract != "" {
		mux.HandleFunc("GET /openapi.json", func(w http.ResponseWriter, r *http.Request) { http.ServeFile(w, r, s.cfg.Contract) })
	}
	mux.Handle("GET /", pages(s.cfg.PageDir))
	s.serve(s.listen.page, mux)
	return nil
}

// pages serves the folder, or says what is missing: without Node the rest of the stack works all the same.
func pages(dir string) http.Handler {
	if _, err := os.Stat(filepath.Join(dir, "index.html")); dir == "" || err != nil {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			http.Error(w, "the page is not built: run `make build`, which needs npm", http.StatusNotFound)
		})
	}
	return http.FileServer(http.Dir(dir))
}
