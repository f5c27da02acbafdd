package client_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"example.com/presigned/client"
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
		if err != nil || got.Size != int64(len(want)) {
			t.Errorf("%s: got %d bytes, %v, want %d", path, got.Size, err, len(want))
			continue
		}
		r.stored(t, got.Key, want, 1)
	}
}

// A shell's >(command) is a link to a pipe that has no path (aws/aws-cli#2217).
func TestAPipeOfTheShellIsNoTarget(t *testing.T) {
	r := newRig(t)
	key := put(t, r, []byte("bananas"))
	_, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = w.Close() }()
	_, err = r.DownloadFile(t.Context(), client.Download{Key: key, Target: fmt.Sprintf("/dev/fd/%d", w.Fd()), Overwrite: true})
	if err == nil || !strings.Contains(err.Error(), "is not a regular file") {
		t.Errorf("got %v, want that it is not a regular file", err)
	}
}
