package client_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sync/errgroup"

	"example.com/presigned/client"
	"example.com/presigned/client/internal/fakestack"
	"example.com/presigned/client/state"
)

// A long file name, or a cache folder that cannot be written to, does not fail a transfer.
func TestATransferWithoutACacheFolderIsNotResumable(t *testing.T) {
	t.Parallel()
	blocked := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(blocked, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	r := newRig(t, func(c *client.Config) {
		c.Uploads, c.Downloads = state.New(filepath.Join(blocked, "up")), state.New(filepath.Join(blocked, "down"))
	})
	want := content(1, twoParts)
	key := put(t, r, want)
	target := filepath.Join(t.TempDir(), strings.Repeat("n", 255))
	if _, err := r.DownloadFile(t.Context(), client.Download{Key: key, Target: target}); err != nil {
		t.Fatal(err)
	}
	fetched(t, target, want)
	if n := strings.Count(r.said(), "cannot be resumed if it is interrupted"); n != 2 {
		t.Errorf("got the notices %q, want one notice for each transfer", r.said())
	}
}

// Two downloads to one file at once must not write into each other's temporary file.
func TestDownloadsToOneTargetAtOnceAreNotMixed(t *testing.T) {
	t.Parallel()
	for _, size := range []int{100 << 10, 17 * mib} {
		r := newRig(t, func(c *client.Config) { c.Parallel, c.Downloads = 16, nil }) // without a store nothing locks the target
		target := filepath.Join(t.TempDir(), "out.bin")
		var keys []string
		for seed := range 2 {
			keys = append(keys, put(t, r, content(uint64(seed), size)))
		}
		var group errgroup.Group
		for i := range 4 {
			group.Go(func() error {
				_, err := r.DownloadFile(t.Context(), client.Download{Key: keys[i%2], Target: target, Overwrite: true})
				return err
			})
		}
		if err := group.Wait(); err != nil {
			t.Error(err)
		}
		got, err := os.ReadFile(target)
		if err != nil || !bytes.Equal(got, content(0, size)) && !bytes.Equal(got, content(1, size)) {
			t.Errorf("got %d bytes, %v, want one of the two objects", len(got), err)
		}
		beside(t, target, 1)
	}
}

// Another program may make the file while the object is fetched.
func TestATargetThatAppearsMeanwhileIsKept(t *testing.T) {
	for _, size := range []int{100, 600 << 10} {
		r := newRig(t)
		key, target := put(t, r, content(1, size)), filepath.Join(t.TempDir(), "out.bin")
		r.stack.Plan("getObject", fakestack.First(func() {
			if err := os.WriteFile(target, []byte("another's"), 0o600); err != nil {
				t.Error(err)
			}
		}))
		if _, err := r.DownloadFile(t.Context(), client.Download{Key: key, Target: target}); !errors.Is(err, fs.ErrExist) {
			t.Errorf("%d bytes: got %v, want %v", size, err, fs.ErrExist)
		}
		if got, err := os.ReadFile(target); string(got) != "another's" {
			t.Errorf("%d bytes: got %q, %v, want the other program's file", size, got, err)
		}
	}
}
