package client_test

import (
	"os"
	"testing"
)

// A file system may not know the size of a file: that of one in /proc is 0, in /sys too large.
func TestAFileIsReadToItsEndWhateverItsSize(t *testing.T) {
	for _, path := range []string{"/proc/version", "/sys/devices/system/cpu/online", "/proc/kallsyms"} {
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		r := newRig(t)
		got, err := r.Upload(t.Context(), open(t, path))
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		r.stored(t, got.Key, want, 1)
		if got.Size != int64(len(want)) {
			t.Errorf("%s: reported %d bytes, want %d", path, got.Size, len(want))
		}
	}
}
