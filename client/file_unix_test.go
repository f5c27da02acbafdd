//go:build unix

package client_test

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"example.com/presigned/client"
)

func TestWhatIsNoFileIsRefusedAtOnce(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{pipe, t.TempDir(), os.DevNull} {
		if _, err := client.OpenFile(path); err == nil || !strings.Contains(err.Error(), "is not a regular file") {
			t.Errorf("%s: got %v, want that it is not a regular file", path, err)
		}
		_, err := newRig(t).DownloadFile(t.Context(), client.Download{Key: "johndoe/1", Target: path, Overwrite: true})
		if err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: got %v, want that it is no target", path, err)
		}
	}
}
