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

// An object of another client may have parts of any size. The client tries the usual ones.
func TestThePartSizeIsFoundOrNamed(t *testing.T) {
	t.Parallel()
	const unusual = 5*mib + 12345
	for name, test := range map[string]struct {
		uploaded, named int64 // bytes of a part
		verified        bool
	}{
		"unusual":                {unusual, 0, false},
		"unusual, and named":     {unusual, unusual, true},
		"usual, and named wrong": {7 * mib, 8 * mib, true}, // both give the same number of parts
	} {
		r := newRig(t, func(c *client.Config) { c.PartBytes = test.uploaded })
		want := content(1, 11*mib)
		d := client.Download{Key: put(t, r, want), Target: filepath.Join(t.TempDir(), "out.bin"), PartBytes: test.named}
		r.cfg.PartBytes = 0
		got, err := r.again(t).DownloadFile(t.Context(), d)
		switch {
		case !test.verified && !errors.Is(err, client.ErrCorrupt):
			t.Errorf("%s: got %v, want no guess", name, err)
		case test.verified && (err != nil || got.Verified != "SHA256"):
			t.Errorf("%s: got %+v, %v, want it verified", name, got, err)
		case test.verified:
			fetched(t, d.Target, want)
		}
	}
}
