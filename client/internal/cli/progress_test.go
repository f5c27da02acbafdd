package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestProgressIsInUnitsThatPeopleRead(t *testing.T) {
	for want, got := range map[string]string{
		"0 B":                           progressLine(0, 0),
		"1023 B":                        progressLine(1023, -1),
		"1 B of 1 B (100 %)":            progressLine(1, 1),
		"1.0 KiB of 1.0 MiB (0 %)":      progressLine(1<<10, 1<<20),
		"512.0 MiB of 1.0 GiB (50 %)":   progressLine(1<<29, 1<<30),
		"1.0 TiB of 1.0 PiB (0 %)":      progressLine(1<<40, 1<<50),
		"-1023 B":                       humanBytes(-1023),
		"-1.5 KiB":                      humanBytes(-1536),
		strings.Repeat("é", 24):         shortened(strings.Repeat("é", 24)),
		"..." + strings.Repeat("é", 21): shortened(strings.Repeat("é", 25)),
		"..." + strings.Repeat("x", 21): shortened("a" + strings.Repeat("x", 99)),
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestSourcesHaveTheirSizes(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "a"), make([]byte, 7), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, arg := range []string{dir, filepath.Join(dir, "a")} {
		if got, err := sourcesOf([]string{arg}); err != nil || len(got) != 1 || got[0].bytes != 7 {
			t.Errorf("%s: got %+v, %v, want one file of 7 bytes", arg, got, err)
		}
	}
}
