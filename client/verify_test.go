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
		r.stack.Put("johndoe/1", fakestack.Object{Content: content(1, 12*mib), Checksum: checksum})
		target := filepath.Join(t.TempDir(), "out.bin")
		_, err := r.DownloadFile(t.Context(), client.Download{Key: "johndoe/1", Target: target})
		if !errors.Is(err, client.ErrCorrupt) || !strings.Contains(err.Error(), checksum) {
			t.Errorf("got %v, want that %s does not match", err, checksum)
		}
		beside(t, target, 0)
		if _, err := r.DownloadFile(t.Context(), client.Download{Key: "johndoe/1", Target: target, Unverified: true}); err != nil {
			t.Errorf("got %v, want it kept unverified", err)
		}
	}
}

func TestAPartSizeThatNobodyUsesCanBeNamed(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(c *client.Config) { c.PartBytes = 5*mib + 12345 })
	want := content(1, 40*mib)
	key := put(t, r, want)
	d := client.Download{Key: key, Target: filepath.Join(t.TempDir(), "out.bin")}
	r.cfg.PartBytes = 0
	if _, err := r.again(t).DownloadFile(t.Context(), d); !errors.Is(err, client.ErrCorrupt) {
		t.Errorf("got %v, want no guess", err)
	}
	d.PartBytes = 5*mib + 12345
	if _, err := r.again(t).DownloadFile(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	fetched(t, d.Target, want)
}

func TestAnObjectWithoutChecksumIsSaidToBeUnverified(t *testing.T) {
	r := newRig(t)
	r.stack.Put("johndoe/1", fakestack.Object{Content: []byte("old")})
	got, err := r.DownloadFile(t.Context(), client.Download{Key: "johndoe/1", Target: filepath.Join(t.TempDir(), "out")})
	if err != nil || got.Verified != "" {
		t.Errorf("got %+v, %v, want unverified", got, err)
	}
}

// Parts of 7 MiB are hashed as parts of 8 MiB first, which give as many.
func TestAWrongGuessOfThePartSizeIsMadeGood(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(c *client.Config) { c.PartBytes = 7 * mib })
	want := content(1, 21*mib)
	key := put(t, r, want)
	target := filepath.Join(t.TempDir(), "out.bin")
	got, err := r.DownloadFile(t.Context(), client.Download{Key: key, Target: target, PartBytes: 8 * mib})
	if err != nil || got.Verified != "SHA256" {
		t.Errorf("got %+v, %v, want it verified", got, err)
	}
	fetched(t, target, want)
}
