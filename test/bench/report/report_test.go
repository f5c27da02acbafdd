package report

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestATargetIsComparedWithItsLimit(t *testing.T) {
	for _, tt := range []struct {
		target Target
		want   string
	}{
		{Target{Unit: "x", Limit: 2, Got: 2}, "2x, met"},
		{Target{Unit: "x", Limit: 2, Got: 2.01}, "2.01x, **missed**"},
		{Target{Unit: "s", Limit: 50, AtLeast: true, Got: 50}, "50 s, met"},
		{Target{Unit: "s", Limit: 50, AtLeast: true, Got: 49.9}, "49.9 s, **missed**"},
	} {
		if got := tt.target.String(); got != tt.want {
			t.Errorf("got %q, want %q", got, tt.want)
		}
	}
}

func TestAnUpdateReplacesItsSectionAndKeepsTheRunBefore(t *testing.T) {
	path := filepath.Join(t.TempDir(), "page.md")
	if err := os.WriteFile(path, []byte("before\n<!-- a: begin -->\nold\n<!-- a: end -->\nafter\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, got := range []float64{1, 3} {
		if err := Update(path, "a", "Title", Run{How: "how", Targets: []Target{{Text: "at most 2", Unit: "x", Limit: 2, Got: got}}}); err != nil {
			t.Fatal(err)
		}
	}
	page, err := os.ReadFile(path)
	for _, want := range []string{"before\n<!-- a: begin -->\n\n## Title\n", "| at most 2 | 3x, **missed** | 1x, met |\n", "\n<!-- a: end -->\nafter\n"} {
		if err != nil || !strings.Contains(string(page), want) || strings.Contains(string(page), "old") {
			t.Errorf("got %s, %v, want %q and nothing old", page, err, want)
		}
	}
	if err := Update(path, "b", "Title", Run{}); err == nil {
		t.Error("a page without the section: want an error")
	}
}
