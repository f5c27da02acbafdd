// Package users simulates people who use the client, and checks that nothing was lost or doubled. The soak (test/faults)
// adds faults; the load program (test/load) runs many users at the same time.
package users

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"example.com/presigned/client"
	"example.com/presigned/client/state"
)

// User has files, and remembers what the client reported of each upload. It does one action at a time.
type User struct {
	Config client.Config // of the client; each call makes a new client, as a new process does
	Files  string        // the folder of the user's files
	memory string        // the folder where the client remembers uploads

	mu       sync.Mutex
	uploads  []Upload
	pending  []string // files whose upload can be continued
	notices  []string // of the client
	wrong    []string // what Check reports besides the differences
	files    int      // made so far
	compared int      // objects
}

// Upload is what the client reported of one upload.
type Upload struct {
	Name   string // of the file
	Size   int64  // bytes
	SHA256 [sha256.Size]byte
	Key    string // empty if the upload failed
	Err    error
}

// mayBeStored reports whether the object may exist after an error, because no answer came or the user stopped the upload.
// After any other error it must not exist.
func (u Upload) mayBeStored() bool {
	var broken *client.Broken
	var kept *client.Resumable
	return errors.As(u.Err, &broken) || errors.As(u.Err, &kept) || errors.Is(u.Err, client.ErrUnsure) || errors.Is(u.Err, context.Canceled)
}

// New makes a user's folders below dir.
func New(dir string, config client.Config) (*User, error) {
	u := &User{Config: config, Files: filepath.Join(dir, "files"), memory: filepath.Join(dir, "uploads")}
	u.Config.Uploads, u.Config.Downloads = state.New(u.memory), state.New(filepath.Join(dir, "downloads"))
	u.Config.Notice = func(text string) {
		u.mu.Lock()
		defer u.mu.Unlock()
		u.notices = append(u.notices, text)
	}
	return u, os.MkdirAll(u.Files, 0o700)
}

// Write makes a file of random bytes with a name of its own.
func (u *User) Write(r *rand.Rand, size int64) (name string, err error) {
	u.mu.Lock()
	u.files++
	name = fmt.Sprintf("file%d.%s", u.files, []string{"bin", "png", "txt"}[u.files%3])
	u.mu.Unlock()
	var seed [32]byte
	for i := range seed {
		seed[i] = byte(r.Uint32())
	}
	content := make([]byte, size)
	_, _ = rand.NewChaCha8(seed).Read(content) // never fails
	return name, os.WriteFile(filepath.Join(u.Files, name), content, 0o600)
}

// Upload sends a file, and remembers what the client reported. progress may be nil.
func (u *User) Upload(ctx context.Context, name string, progress func(int64)) (client.Result, error) {
	path := filepath.Join(u.Files, name)
	content, err := os.ReadFile(path)
	if err != nil {
		return client.Result{}, err
	}
	c, err := client.New(u.Config)
	if err != nil {
		return client.Result{}, err
	}
	f, err := client.OpenFile(path)
	if err != nil {
		return client.Result{}, err
	}
	f.Progress = progress
	got, err := c.Upload(ctx, f)
	u.told(Upload{Name: name, Size: int64(len(content)), SHA256: sha256.Sum256(content), Key: got.Key, Err: err})
	if err == nil && got.Size != int64(len(content)) {
		u.complain("upload %s was reported with %d bytes, want %d", name, got.Size, len(content))
	}
	return got, errors.Join(err, f.Close())
}

// told remembers an upload.
func (u *User) told(one Upload) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.uploads = append(u.uploads, one)
}

// Forget drops an object that was removed.
func (u *User) Forget(key string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.uploads = slices.DeleteFunc(u.uploads, func(o Upload) bool { return o.Err == nil && o.Key == key })
}

// Objects are the uploads that were reported as done, the oldest first.
func (u *User) Objects() []Upload {
	return slices.DeleteFunc(u.all(), func(o Upload) bool { return o.Err != nil })
}

func (u *User) all() []Upload {
	u.mu.Lock()
	defer u.mu.Unlock()
	return slices.Clone(u.uploads)
}

// Said are the client's notices, a line each.
func (u *User) Said() string {
	u.mu.Lock()
	defer u.mu.Unlock()
	return strings.Join(u.notices, "\n")
}

// Compared is how many objects were downloaded and compared.
func (u *User) Compared() int {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.compared
}

// complain notes something that must not happen, even under faults.
func (u *User) complain(format string, values ...any) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.wrong = append(u.wrong, fmt.Sprintf(format, values...))
}

// String lists what the client reported of the uploads.
func (u *User) String() string {
	var b strings.Builder
	for _, o := range u.all() {
		_, _ = fmt.Fprintf(&b, "told of %s, %d bytes: %q, %v\n", o.Name, o.Size, o.Key, o.Err)
	}
	return b.String()
}
