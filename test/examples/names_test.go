package examples

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"example.com/presigned/test/harness"
)

// oddNames are what a shell, curl or a URL reads something else into. Beside the first lies the file that curl would take.
var oddNames = []string{"{a}.json", "a.json", "[1-3].json", "a*?.json", "50%25 #&+=;.json", ` it's "$HOME" \n.json`, "žluťoučký ☺.json", "empty.json"}

// quotedType has to be quoted once more in JSON and in a configuration of curl.
const quotedType = `text/plain; charset="utf-8"`

// names uploads files whose names are hard to pass on, and an empty one: each program sends the file that it was given.
func names(t *testing.T, r reader, accessToken string) {
	folder := t.TempDir()
	for _, name := range oddNames {
		text := "the content of " + name
		if name == "empty.json" {
			text = ""
		}
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for program, args := range uploads {
		for _, name := range oddNames {
			t.Run(program+", "+name, func(t *testing.T) {
				path := filepath.Join(folder, name)
				got := r.run(t, append(args[:len(args):len(args)], path, quotedType), "PRESIGNED_ACCESS_TOKEN="+accessToken)
				if got.code != 0 || got.stderr != "" {
					t.Fatalf("got %+v, want a key alone", got)
				}
				want, err := os.ReadFile(path)
				if err != nil {
					t.Fatal(err)
				}
				key := strings.TrimSuffix(got.stdout, "\n")
				get, err := harness.Presign(t.Context(), r.DownloadURL, accessToken, `{"key":"`+key+`"}`)
				if err != nil {
					t.Fatal(err)
				}
				stored := get.Request(nil).Send(t)
				if got := stored.Header.Get("Content-Type"); stored.Status != 200 || string(stored.Body) != string(want) || got != quotedType {
					t.Errorf("the bucket has %d %q (%s), want %q", stored.Status, stored.Body, got, want)
				}
			})
		}
	}
}
