package cli

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestALongNameKeepsItsEnd(t *testing.T) {
	for name, want := range map[string]string{
		"":                           "",
		strings.Repeat("é", 24):      strings.Repeat("é", 24),
		"abcdefghijklmnopqrstuvwxy":  "...efghijklmnopqrstuvwxy",
		"ééabcdefghijklmnopqrst.jpg": "...defghijklmnopqrst.jpg",
	} {
		if got := shortened(name); got != want {
			t.Errorf("%q: got %q, want %q", name, got, want)
		}
	}
}

func TestProgressIsInBinaryUnits(t *testing.T) {
	for _, tt := range []struct {
		moved, total int64
		want         string
	}{
		{0, -1, "0 B"}, // the total is unknown
		{0, 0, "0 B"},
		{1, 1, "1 B of 1 B (100 %)"},
		{1023, 1024, "1023 B of 1.0 KiB (99 %)"},
		{-1023, 0, "-1023 B"}, // an attempt has failed
		{-1024, 0, "-1.0 KiB"},
		{3 << 19, 3 << 20, "1.5 MiB of 3.0 MiB (50 %)"},
		{5 << 30, 5 << 40, "5.0 GiB of 5.0 TiB (0 %)"},
		{1 << 40, 1 << 50, "1.0 TiB of 1.0 PiB (0 %)"},
		{1000 << 40, 0, "1000.0 TiB"},
	} {
		if got := progressLine(tt.moved, tt.total); got != tt.want {
			t.Errorf("%d of %d: got %q, want %q", tt.moved, tt.total, got, tt.want)
		}
	}
}

func TestTheSummaryHasTheRateOfWhatWasMoved(t *testing.T) {
	b := &bar{files: 1, began: time.Now().Add(-2 * time.Second)}
	b.add(4 << 20)
	b.skip(1 << 20)
	if got, want := b.summary(), "4.0 MiB in 2s, 2.0 MiB/s; 1.0 MiB were there already"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestTheTotalHasTheSizeOfEachObjectOnce(t *testing.T) {
	b := &bar{}
	for range 2 {
		progress := b.grow("a")
		progress(100, 1)
		progress(100, 2)
		progress(100, 3)
	}
	if total, moved := b.total.Load(), b.moved.Load(); total != 200 || moved != 12 {
		t.Errorf("got %d bytes moved of %d, want 12 of 200", moved, total)
	}
}

func TestSourcesHaveTheirSizes(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "a"), make([]byte, 7), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, arg := range []string{dir, filepath.Join(dir, "a")} {
		if got, _, err := sourcesOf([]string{arg}); err != nil || len(got) != 1 || got[0].bytes != 7 {
			t.Errorf("%s: got %+v, %v, want one file of 7 bytes", arg, got, err)
		}
	}
}

// A path that is too long can't be read by root either.
func TestAFolderThatCannotBeReadFailsOnlyItself(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "z"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	deep, err := os.OpenRoot(dir)
	for name := strings.Repeat("a", 200); err == nil && len(deep.Name()) < 5000; {
		parent := deep
		if err = parent.Mkdir(name, 0o700); err == nil {
			deep, err = parent.OpenRoot(name)
		}
		_ = parent.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	_ = deep.Close()
	got, _, err := sourcesOf([]string{dir})
	if err != nil || len(got) != 2 || got[0].err == nil || got[1].path != filepath.Join(dir, "z") || got[1].err != nil {
		t.Fatalf("got %+v, %v, want the error of a folder, and a file", got, err)
	}
	o := &options{}
	if _, err := o.send(t.Context(), nil, uploadFlags{}, got[0], nil, nil); !errors.Is(err, got[0].err) {
		t.Errorf("got %v, want %v", err, got[0].err)
	}
}
