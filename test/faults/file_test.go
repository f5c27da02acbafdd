package faults

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"example.com/presigned/client"
)

// small mounts a file system of 2 MiB.
func small(t *testing.T) (dir string, grow func()) {
	t.Helper()
	dir = t.TempDir()
	mount := func(options string) error {
		return exec.CommandContext(t.Context(), "mount", "-t", "tmpfs", "-o", options, "tmpfs", dir).Run()
	}
	if err := mount("size=2m"); err != nil {
		t.Skipf("mounting a small file system needs root: %v", err)
	}
	t.Cleanup(func() {
		if err := exec.Command("umount", dir).Run(); err != nil {
			t.Errorf("umount %s: %v", dir, err)
		}
	})
	return dir, func() {
		if err := mount("remount,size=16m"); err != nil {
			t.Error(err)
		}
	}
}

func TestADiskThatIsFullOnDownloadLeavesNothingHalf(t *testing.T) {
	dir, grow := small(t)
	r := shared.rig(t)
	name, sent := r.sends(partBytes + 1)
	want, err := os.ReadFile(filepath.Join(r.Files, name))
	if err != nil {
		t.Fatal(err)
	}
	d := client.Download{Key: sent.Key, Target: filepath.Join(dir, "got")}
	_, err = r.client().DownloadFile(t.Context(), d)
	if !errors.Is(err, syscall.ENOSPC) || !strings.Contains(err.Error(), sent.Key) {
		t.Errorf("got %v, want that no space is left", err)
	}
	if _, err := os.Stat(d.Target); err == nil {
		t.Error("a half file has the target's name")
	}
	grow()
	got, err := r.client().DownloadFile(t.Context(), d)
	if err != nil || got.Verified != "SHA256" {
		t.Fatalf("got %+v, %v after making room", got, err)
	}
	if b, err := os.ReadFile(d.Target); err != nil || !bytes.Equal(b, want) {
		t.Errorf("got %d bytes, %v, want the %d sent", len(b), err, len(want))
	}
	r.checkStored(1)
}
