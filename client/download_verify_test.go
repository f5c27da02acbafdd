package client_test

import (
	"encoding/base64"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"example.com/presigned/client"
	"example.com/presigned/client/internal/fakestack"
)

func TestContentThatDoesNotMatchIsNotKept(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	zeros := base64.StdEncoding.EncodeToString(make([]byte, 32))
	for _, checksum := range []string{zeros, zeros + "-3", zeros + "-0", zeros + "--1", zeros + "-x"} {
		r.stack.Put("johndoe/1", fakestack.Object{Content: content(1, 300<<10), Checksum: checksum})
		target := filepath.Join(t.TempDir(), "out.bin")
		_, err := r.DownloadFile(t.Context(), client.Download{Key: "johndoe/1", Target: target})
		if !errors.Is(err, client.ErrCorrupt) || !strings.Contains(err.Error(), checksum) {
			t.Errorf("got %v, want that %s does not match", err, checksum)
		}
		if inParts := strings.Contains(err.Error(), "usual sizes"); inParts != (checksum == zeros+"-3") {
			t.Errorf("got %v, want what was tried", err)
		}
		beside(t, target, 0)
		if _, err := r.DownloadFile(t.Context(), client.Download{Key: "johndoe/1", Target: target, Unverified: true}); err != nil {
			t.Errorf("got %v, want it kept unverified", err)
		}
	}
}
