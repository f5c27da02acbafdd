// Package atomicfile renames a file to its name when its content is complete. After a kill at any moment, the name has the
// old content or the new.
//
// Only this module may import it.
package atomicfile

import (
	"crypto/rand"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// File is a hidden file beside its target, because a rename works only within one file system.
type File struct {
	*os.File
	target string
	done   bool // committed or discarded
}

// Create opens a file for the target. With a label, it opens the file of an earlier call with this label, and the caller
// ensures that nobody else does so at the same time. Without one the file is new.
//
// The hidden name does not contain the target's, which may have the full 255 bytes of a file name.
func Create(target, label string, perm fs.FileMode) (*File, error) {
	flag := os.O_RDWR | os.O_CREATE
	if label == "" {
		label, flag = rand.Text(), flag|os.O_EXCL
	}
	name := filepath.Join(filepath.Dir(target), ".presigned-"+label+".partial")
	f, err := os.OpenFile(name, flag, perm) //nolint:gosec // the umask decides who reads it
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		p.Path = target // the caller does not know the hidden name
	}
	if err != nil {
		return nil, err
	}
	return &File{File: f, target: target}, nil
}

// Commit closes the file and renames it to the target. It does not call Sync: the file survives a kill, but not a power
// cut.
func (f *File) Commit() error {
	if err := f.Close(); err != nil {
		return err
	}
	err := os.Rename(f.Name(), f.target)
	f.done = err == nil
	return err
}

// Discard closes the file and removes it, unless it was committed.
func (f *File) Discard() error {
	if f.done {
		return nil
	}
	f.done = true
	_ = f.Close() // after a Commit that failed it is closed already
	return os.Remove(f.Name())
}
