// Package state keeps small documents on disk. They survive a kill at any moment, because each write is atomic. Only
// their owner can read them, and one process at a time holds a document.
//
// Anything may import it. Its callers decide what a document contains.
package state

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"

	"example.com/presigned/client/internal/atomicfile"
)

// ErrBusy is returned for a document that another process, or another goroutine, holds.
var ErrBusy = errors.New("in use by another process")

// Store is a folder of documents.
type Store struct{ dir string }

// New names the folder. It is created when the first document is locked.
func New(dir string) *Store { return &Store{dir: dir} }

// In returns the part of the store that belongs to one owner.
func (s *Store) In(owner string) *Store {
	return &Store{dir: filepath.Join(s.dir, hashed(owner))}
}

// waitEvery is how often Wait tries. A session, the document that is waited for most, is held for one request to the user pool.
const waitEvery = 20 * time.Millisecond

// With calls use with the document of that name, and releases it afterwards.
func (s *Store) With(ctx context.Context, name string, timeout time.Duration, use func(*Slot) error) (err error) {
	slot, err := s.Wait(ctx, name, timeout)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, slot.Release()) }()
	return use(slot)
}

// Wait locks the document of that name, which may be any string, until Release. It does not create the document. It waits up
// to that long for the document to become free: a process that was just killed may take a moment to die.
func (s *Store) Wait(ctx context.Context, name string, timeout time.Duration) (*Slot, error) {
	if err := os.MkdirAll(s.dir, 0o700); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeoutCause(ctx, timeout, ErrBusy)
	defer cancel()
	slot := &Slot{path: s.path(name)}
	for {
		slot.lock = flock.New(slot.path+".lock", flock.SetPermissions(0o600))
		_, err := slot.lock.TryLockContext(ctx, waitEvery)
		switch {
		case err != nil && ctx.Err() != nil:
			return nil, context.Cause(ctx)
		case err != nil:
			return nil, fmt.Errorf("lock %q: %w", slot.lock.Path(), err)
		case slot.lockIsNamed():
			return slot, nil
		}
		if err := slot.lock.Unlock(); err != nil {
			return nil, err
		}
	}
}

func (s *Store) path(name string) string { return filepath.Join(s.dir, hashed(name)+".json") }

func hashed(name string) string {
	sum := sha256.Sum256([]byte(name))
	return hex.EncodeToString(sum[:16])
}

// Slot is a document while it is held. A nil Slot never has content.
type Slot struct {
	path string
	lock *flock.Flock
}

// lockIsNamed reports whether the locked file still has its name. Release removes the lock file, so another process may have
// replaced it.
func (s *Slot) lockIsNamed() bool {
	locked, err := s.lock.Stat()
	if err != nil {
		return false
	}
	named, err := os.Stat(s.lock.Path())
	return err == nil && os.SameFile(locked, named)
}

// Load reads the document into v and reports whether there was one. One that is not JSON counts as none, because only a
// later version of this program writes that.
func (s *Slot) Load(v any) (bool, error) {
	if s == nil {
		return false, nil
	}
	text, err := os.ReadFile(s.path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return json.Unmarshal(text, v) == nil, nil
}

// Save replaces the document completely, or not at all.
func (s *Slot) Save(v any) (err error) {
	if s == nil {
		return nil
	}
	text, err := json.Marshal(v)
	if err != nil {
		return err
	}
	f, err := atomicfile.Create(s.path, filepath.Base(s.path), 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Discard()) }()
	if err := f.Truncate(0); err != nil {
		return err
	}
	if _, err := f.Write(text); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	return f.Commit()
}

// Append adds a line of JSON, so that the document is a journal instead. Unlike Save it does not wait for the disk.
func (s *Slot) Append(v any) (err error) {
	if s == nil {
		return nil
	}
	line, err := json.Marshal(v)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(s.path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	_, err = f.Write(append(line, '\n'))
	return err
}

// Lines calls each for every line of a journal.
func (s *Slot) Lines(each func(line []byte)) error {
	if s == nil {
		return nil
	}
	text, err := os.ReadFile(s.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	for line := range bytes.Lines(text) {
		each(line)
	}
	return err
}

// Clear removes the document.
func (s *Slot) Clear() error {
	if s == nil {
		return nil
	}
	if err := os.Remove(s.path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// Release unlocks the document.
func (s *Slot) Release() error {
	if s == nil {
		return nil
	}
	return errors.Join(os.Remove(s.path+".lock"), s.lock.Unlock())
}
