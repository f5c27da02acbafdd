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

// The same command again, after some of its files have come: those count as done.
func TestAFileThatHoldsTheObjectAlreadyCountsAsDownloaded(t *testing.T) {
	t.Parallel()
	for _, size := range []int{0, 10, 12 * mib} {
		r := newRig(t)
		want := content(1, size)
		d := client.Download{Key: put(t, r, want), Target: filepath.Join(t.TempDir(), "out.bin")}
		if _, err := r.DownloadFile(t.Context(), d); err != nil {
			t.Fatal(err)
		}
		got, err := r.DownloadFile(t.Context(), d)
		if err != nil || got.Resumed != int64(size) || got.Verified != "SHA256" {
			t.Errorf("%d bytes: got %+v, %v, want it done", size, got, err)
		}
		for _, other := range [][]byte{append(content(1, size), 'x'), content(2, size)} {
			if bytes.Equal(other, want) {
				continue // nothing is like nothing
			}
			if err := os.WriteFile(d.Target, other, 0o600); err != nil {
				t.Fatal(err)
			}
			if _, err := r.DownloadFile(t.Context(), d); !errors.Is(err, fs.ErrExist) {
				t.Errorf("%d bytes: got %v, want that the file exists", size, err)
			}
			fetched(t, d.Target, other)
		}
	}
}

func TestAFileIsNotTakenForAnObjectWithoutAChecksum(t *testing.T) {
	r := newRig(t)
	r.stack.Put("johndoe/1", fakestack.Object{Content: []byte("new")})
	d := client.Download{Key: "johndoe/1", Target: filepath.Join(t.TempDir(), "out.bin")}
	if err := os.WriteFile(d.Target, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := r.DownloadFile(t.Context(), d); !errors.Is(err, fs.ErrExist) {
		t.Errorf("got %v, want that the file exists", err)
	}
}

func TestADownloadFollowsASymbolicLink(t *testing.T) {
	r := newRig(t)
	want := []byte("new")
	dir := t.TempDir()
	link, file := filepath.Join(dir, "link"), filepath.Join(dir, "file")
	if err := errors.Join(os.WriteFile(file, []byte("old"), 0o600), os.Symlink("file", link)); err != nil {
		t.Fatal(err)
	}
	if _, err := r.DownloadFile(t.Context(), client.Download{Key: put(t, r, want), Target: link, Overwrite: true}); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(file); err != nil || !bytes.Equal(got, want) {
		t.Errorf("got %q, %v behind the link, want %q", got, err, want)
	}
	if info, err := os.Lstat(link); err != nil || info.Mode()&fs.ModeSymlink == 0 {
		t.Errorf("got %v, %v, want the link kept", info, err)
	}
}

// Neither the name of the temporary file nor a cache folder that cannot be written to costs a transfer.
func TestWhatATransferCanDoWithoutDoesNotFailIt(t *testing.T) {
	blocked := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(blocked, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	r := newRig(t, func(c *client.Config) {
		c.Uploads, c.Downloads = state.New(filepath.Join(blocked, "up")), state.New(filepath.Join(blocked, "down"))
	})
	want := content(1, 20*mib)
	key := put(t, r, want)
	target := filepath.Join(t.TempDir(), strings.Repeat("n", 255))
	if _, err := r.DownloadFile(t.Context(), client.Download{Key: key, Target: target}); err != nil {
		t.Fatal(err)
	}
	fetched(t, target, want)
	if n := strings.Count(r.said(), "cannot be resumed if it is interrupted"); n != 2 {
		t.Errorf("said %q, want a word about each transfer", r.said())
	}
}

// Two processes that download to one file at once must not write into each other's: both end well.
func TestSmallDownloadsToOneTargetAtOnceAreNotMixed(t *testing.T) {
	r := newRig(t, func(c *client.Config) { c.Parallel = 16 })
	dir := t.TempDir()
	target := filepath.Join(dir, "out.bin")
	var keys []string
	for seed := range 4 {
		keys = append(keys, put(t, r, content(uint64(seed), 100<<10)))
	}
	var group errgroup.Group
	for i := range 16 {
		group.Go(func() error {
			_, err := r.DownloadFile(t.Context(), client.Download{Key: keys[i%4], Target: target, Overwrite: true})
			return err
		})
	}
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(target)
	whole := false
	for seed := range 4 {
		whole = whole || bytes.Equal(got, content(uint64(seed), 100<<10))
	}
	if err != nil || !whole {
		t.Errorf("got %d bytes, %v, want one of the four objects", len(got), err)
	}
	beside(t, target, 1)
}

// Without a memory nothing says who writes to a temporary file: each download has its own.
func TestLargeDownloadsToOneTargetAtOnceAreNotMixed(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(c *client.Config) { c.Downloads = nil })
	want := content(1, 20*mib)
	key := put(t, r, want)
	target := filepath.Join(t.TempDir(), "out.bin")
	var group errgroup.Group
	for range 4 {
		group.Go(func() error {
			_, err := r.DownloadFile(t.Context(), client.Download{Key: key, Target: target, Overwrite: true})
			return err
		})
	}
	if err := group.Wait(); err != nil {
		t.Error(err)
	}
	fetched(t, target, want)
	beside(t, target, 1)
}
