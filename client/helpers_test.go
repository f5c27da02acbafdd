package client_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/presigned/client"
	"example.com/presigned/client/internal/fakestack"
	"example.com/presigned/client/state"
)

const mib = 1 << 20

// rig is a client of a fake stack, and what it said.
type rig struct {
	*client.Client
	stack  *fakestack.Stack
	cfg    client.Config
	memory string // the folder of interrupted transfers

	mu      sync.Mutex
	notices []string
}

func newRig(t *testing.T, adjust ...func(*client.Config)) *rig {
	t.Helper()
	r := &rig{stack: fakestack.Start(t), memory: t.TempDir()}
	r.cfg = client.Config{
		UploadURL: r.stack.UploadURL, DownloadURL: r.stack.DownloadURL, DeleteURL: r.stack.DeleteURL,
		Token:     func(context.Context) (string, error) { return fakestack.Token, nil },
		FirstWait: time.Millisecond, MultipartAbove: 5 * mib, Parallel: 4, Tries: 5,
		Uploads: state.New(filepath.Join(r.memory, "up")), Downloads: state.New(filepath.Join(r.memory, "down")),
		Notice: func(text string) {
			r.mu.Lock()
			defer r.mu.Unlock()
			r.notices = append(r.notices, text)
		},
	}
	for _, a := range adjust {
		a(&r.cfg)
	}
	r.Client = r.again(t)
	return r
}

// again is the same user's next process.
func (r *rig) again(t *testing.T) *client.Client {
	t.Helper()
	c, err := client.New(r.cfg)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// document is the file of the one interrupted transfer: "up" or "down".
func (r *rig) document(t *testing.T, direction string) string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(r.memory, direction, "*.json"))
	if err != nil || len(found) != 1 {
		t.Fatalf("got %v, %v, want one interrupted transfer", found, err)
	}
	return found[0]
}

func (r *rig) said() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return strings.Join(r.notices, "\n")
}

// Sizes of files that take two and three parts of S3's least size. Tests are quick if the last part is small.
const (
	twoParts   = 5*mib + 100
	threeParts = 10*mib + 100
)

func content(seed uint64, size int) []byte { return fakestack.Content(seed, size) }

// onDisk writes a file, and opens it for upload.
func onDisk(t *testing.T, b []byte) (string, client.File) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file.bin")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return path, open(t, path)
}

func open(t *testing.T, path string) client.File {
	t.Helper()
	f, err := client.OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

// stored checks that the bucket holds the content under the key, so many objects in all, and no multipart upload.
func (r *rig) stored(t *testing.T, key string, want []byte, objects int) {
	t.Helper()
	all := r.stack.Objects()
	if got := all[key]; !bytes.Equal(got.Content, want) {
		t.Errorf("object %q: got %d bytes, want %d of the content sent", key, len(got.Content), len(want))
	}
	if len(all) != objects {
		t.Errorf("got %d objects, want %d", len(all), objects)
	}
	if n := r.stack.Uploads(); n != 0 {
		t.Errorf("got %d multipart uploads left at S3, want 0", n)
	}
}

// uploads uploads a file, and checks that it is the only object.
func (r *rig) uploads(t *testing.T, f client.File) client.Result {
	t.Helper()
	return r.uploadsBy(t, r.Client, f)
}

func (r *rig) uploadsBy(t *testing.T, c *client.Client, f client.File) client.Result {
	t.Helper()
	got, err := c.Upload(t.Context(), f)
	if err != nil {
		t.Fatal(err)
	}
	want := make([]byte, f.Size)
	if n, err := f.Content.ReadAt(want, 0); n < len(want) {
		t.Fatal(err)
	}
	r.stored(t, got.Key, want, 1)
	if checksum := r.stack.Objects()[got.Key].Checksum; checksum != got.ChecksumSHA256 {
		t.Errorf("got checksum %q, S3 has %q", got.ChecksumSHA256, checksum)
	}
	return got
}

// discreet checks that neither the error nor the notices contain a secret.
func (r *rig) discreet(t *testing.T, err error) {
	t.Helper()
	text := r.said()
	for ; err != nil; err = errors.Unwrap(err) {
		text += "\n" + err.Error()
	}
	for _, secret := range []string{fakestack.Secret, fakestack.Token, "arn:"} {
		if strings.Contains(text, secret) {
			t.Errorf("a secret was shown: %s", text)
		}
	}
}
