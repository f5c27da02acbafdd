// Package atomicfile gives a file its name only once its content is whole. A kill at any moment leaves
// what was there before, or the new content.
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

// File is content that has no name yet. It is a hidden file beside its target, because a rename works
// only within one file system.
type File struct {
	*os.File
	target string
	done   bool // committed or discarded
}

// Create begins a file. With a label, it continues the file that an earlier call with this label has
// begun, and the caller sees to it that nobody else does so at the same time. Without one the file is new.
//
// The target's own name is no part of it: a name may have 255 bytes, and one that long leaves no room.
func Create(target, label string, perm fs.FileMode) (*File, error) {
	flag := os.O_RDWR | os.O_CREATE
	if label == "" {
		label, flag = rand.Text(), flag|os.O_EXCL
	}
	name := filepath.Join(filepath.Dir(target), ".presigned-"+label+".partial")
	f, err := os.OpenFile(name, flag, perm) //nolint:gosec // the umask decides who reads it
	var p *fs.PathError
	if errors.As(err, &p) {
		p.Path = target // which the caller knows
	}
	if err != nil {
		return nil, err
	}
	return &File{File: f, target: target}, nil
}

// Commit closes the file and gives it its name. It does not wait for the disk, as no other tool does: a
// kill loses nothing by that. Whoever fears a power cut calls Sync before.
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
