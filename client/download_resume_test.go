package client_test

import (
	"bytes"
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

// rangesBytes is the size of an object that takes three ranges.
const rangesBytes = 32*mib + 100

// interruptedDownload interrupts a download after 32 MiB.
func interruptedDownload(t *testing.T, partSize int64) (r *rig, want []byte, d client.Download) {
	t.Helper()
	r = newRig(t, func(c *client.Config) { c.Parallel = 1 })
	r.stack.PartSize = partSize
	want = content(1, rangesBytes)
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
		for damage, test := range map[string]struct {
			change  func(pending string) error
			resumed int64
			again   bool // it finds wrong content at the end, and fetches the object again
		}{
			"none":      {func(string) error { return nil }, 32 * mib, false},
			"removed":   {func(pending string) error { return os.Remove(pending) }, 0, false},
			"corrupted": {corrupt, 0, true}, // as after a power cut
		} {
			if damage != "none" && testing.Short() {
				continue
			}
			t.Run(fmt.Sprintf("parts of %d bytes, damage %s", partSize, damage), func(t *testing.T) {
				t.Parallel()
				r, want, d := interruptedDownload(t, partSize)
				if _, err := os.Stat(d.Target); !errors.Is(err, fs.ErrNotExist) {
					t.Errorf("got %v, want no target before it is complete", err)
				}
				pending, err := filepath.Glob(filepath.Join(filepath.Dir(d.Target), ".*.partial"))
				if err != nil || len(pending) != 1 {
					t.Fatalf("got %v, %v, want one temporary file", pending, err)
				}
				if err := test.change(pending[0]); err != nil {
					t.Fatal(err)
				}
				var moved atomic.Int64
				d.Progress = func(_, n int64) { moved.Add(n) }
				got, err := r.again(t).DownloadFile(t.Context(), d)
				if err != nil {
					t.Fatal(err)
				}
				fetched(t, d.Target, want)
				if moved.Load() != rangesBytes {
					t.Errorf("progress says %d bytes, want each byte once", moved.Load())
				}
				if got.Resumed != test.resumed || strings.Contains(r.said(), "fetching it again") != test.again {
					t.Errorf("resumed %d bytes, notices %q, want %d and fetched again %t", got.Resumed, r.said(), test.resumed, test.again)
				}
			})
		}
	}
}

// A line of the journal counts only if the object has such a range.
func TestARangeThatTheObjectDoesNotHaveIsNotResumed(t *testing.T) {
	t.Parallel()
	r, want, d := interruptedDownload(t, 8*mib)
	journal := r.document(t, "down")
	text, err := os.ReadFile(journal)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range []string{"-1", "3"} {
		text = append(text, bytes.Replace(text[:bytes.IndexByte(text, '\n')+1], []byte(`"range":0`), []byte(`"range":`+n), 1)...)
	}
	if err := os.WriteFile(journal, text, 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := r.again(t).DownloadFile(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	fetched(t, d.Target, want)
	if got.Resumed != 32*mib {
		t.Errorf("resumed %d bytes, want 32 MiB", got.Resumed)
	}
}

// corrupt overwrites part of a file.
func corrupt(path string) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = f.WriteAt(make([]byte, 4096), 8192)
	return errors.Join(err, f.Close())
}

func TestAnObjectReplacedMeanwhileIsNotMixed(t *testing.T) {
	if testing.Short() {
		t.Skip("takes long: make test-long runs it")
	}
	t.Parallel()
	r := newRig(t, func(c *client.Config) { c.Parallel = 1 })
	key := put(t, r, content(1, rangesBytes))
	want := content(2, rangesBytes)
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
