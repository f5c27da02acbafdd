package client_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"example.com/presigned/client"
	"example.com/presigned/client/internal/fakestack"
)

// interruptedDownload interrupts a download after 32 MiB.
func interruptedDownload(t *testing.T, partSize int64) (r *rig, want []byte, d client.Download) {
	t.Helper()
	r = newRig(t, func(c *client.Config) { c.Parallel = 1 })
	r.stack.PartSize = partSize
	want = content(1, 50*mib)
	d = client.Download{Key: put(t, r, want), Target: filepath.Join(t.TempDir(), "out.bin")}
	ctx, cancel := context.WithCancel(t.Context())
	r.stack.Plan("getObject", nil, nil, fakestack.Stop(cancel))
	if _, err := r.DownloadFile(ctx, d); !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v, want the interruption", err)
	}
	return r, want, d
}

func TestAnInterruptedDownloadIsResumed(t *testing.T) {
	t.Parallel()
	for _, partSize := range []int64{5 * mib, 8 * mib} { // hashed at the end; hashed in each range
		for _, corrupted := range []bool{false, true} { // a power cut may lose what was written
			if corrupted && testing.Short() {
				continue
			}
			t.Run(fmt.Sprintf("parts of %d bytes, corrupted %t", partSize, corrupted), func(t *testing.T) {
				t.Parallel()
				r, want, d := interruptedDownload(t, partSize)
				if _, err := os.Stat(d.Target); !errors.Is(err, fs.ErrNotExist) {
					t.Errorf("got %v, want no target before it is complete", err)
				}
				if corrupted {
					corruptPending(t, d.Target)
				}
				var moved atomic.Int64
				d.Progress = func(_, n int64) { moved.Add(n) }
				got, err := r.again(t).DownloadFile(t.Context(), d)
				if err != nil {
					t.Fatal(err)
				}
				fetched(t, d.Target, want)
				if moved.Load() != 50*mib {
					t.Errorf("progress says %d bytes, want each byte once", moved.Load())
				}
				if resumed := map[bool]int64{false: 32 * mib}[corrupted]; got.Resumed != resumed {
					t.Errorf("resumed %d bytes, want %d of those fetched before", got.Resumed, resumed)
				}
			})
		}
	}
}

// corruptPending overwrites part of the temporary file.
func corruptPending(t *testing.T, target string) {
	t.Helper()
	pending, err := filepath.Glob(filepath.Join(filepath.Dir(target), ".*.partial"))
	if err != nil || len(pending) != 1 {
		t.Fatalf("got %v, %v, want one temporary file", pending, err)
	}
	f, err := os.OpenFile(pending[0], os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.WriteAt(make([]byte, 4096), 8192)
	if err = errors.Join(err, f.Close()); err != nil {
		t.Fatal(err)
	}
}

func TestAnObjectReplacedMeanwhileIsNotMixed(t *testing.T) {
	if testing.Short() {
		t.Skip("takes long: make test-long runs it")
	}
	t.Parallel()
	r := newRig(t, func(c *client.Config) { c.Parallel = 1 })
	key := put(t, r, content(1, 50*mib))
	want := content(2, 50*mib)
	r.stack.Plan("getObject", nil, fakestack.First(func() { r.stack.Put(key, fakestack.Object{Content: want}) }))
	target := filepath.Join(t.TempDir(), "out.bin")
	d := client.Download{Key: key, Target: target}
	if _, err := r.DownloadFile(t.Context(), d); err == nil || !strings.Contains(err.Error(), "replaced during the download") {
		t.Errorf("got %v, want that it was replaced", err)
	}
	got, err := r.again(t).DownloadFile(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	fetched(t, target, want)
	if got.Resumed != 0 {
		t.Errorf("resumed %d bytes of another object", got.Resumed)
	}
}
