package client_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sync/errgroup"

	"example.com/presigned/client"
)

func TestASmallDownloadTakesOneRequestToEachServer(t *testing.T) {
	r := newRig(t)
	want := content(1, 16<<10)
	key := put(t, r, want)
	before := len(r.stack.Log())
	target := filepath.Join(t.TempDir(), "out.bin")
	if _, err := r.DownloadFile(t.Context(), client.Download{Key: key, Target: target}); err != nil {
		t.Fatal(err)
	}
	fetched(t, target, want)
	if got := strings.Join(r.stack.Log()[before:], ", "); got != "ask getObject, getObject" {
		t.Errorf("got requests %q, want one to each server", got)
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
