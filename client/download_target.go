package client

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"example.com/presigned/client/internal/atomicfile"
)

// target returns the file that will be written, and whether it exists. It refuses anything but a regular file, because a
// rename would replace a device or a pipe.
func target(d Download) (path string, exists bool, err error) {
	path, err = filepath.EvalSymlinks(d.Target)
	if errors.Is(err, fs.ErrNotExist) {
		if info, err := os.Lstat(d.Target); err == nil && info.Mode()&fs.ModeSymlink != 0 {
			if _, err := os.Stat(d.Target); err == nil { // /dev/fd/63, a shell's >(command)
				return "", false, fmt.Errorf("%q is not a regular file", d.Target)
			}
			return "", false, fmt.Errorf("%q is a symbolic link to nothing", d.Target)
		}
		return d.Target, false, nil
	}
	if err != nil {
		return "", false, err
	}
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return "", false, err
	case info.IsDir():
		return "", false, fmt.Errorf("%q is a folder", d.Target)
	case !info.Mode().IsRegular():
		return "", false, fmt.Errorf("%q is not a regular file", d.Target)
	}
	return path, true, nil
}

// compareFile checks whether the target already has the object from an earlier download. A target with other content is not
// replaced.
func (o *object) compareFile(d Download) (got Downloaded, err error) {
	f, err := os.Open(d.Target)
	if err != nil {
		return got, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	got = o.downloaded()
	got.Resumed = o.size
	v := o.verifier(d)
	if n, err := io.Copy(v, io.NewSectionReader(f, 0, o.size+1)); err != nil || n != o.size {
		return got, errors.Join(err, fmt.Errorf("%q: %w", d.Target, fs.ErrExist))
	}
	if got.Verified, err = v.check(); got.Verified == "" {
		return got, fmt.Errorf("%q: %w", d.Target, fs.ErrExist)
	}
	o.onDisk.add(o.size)
	return got, err
}

// commit renames the file to the target, unless that exists now.
func commit(d Download, f *atomicfile.File) error {
	_, exists, err := target(d)
	if err == nil && exists && !d.Overwrite {
		err = fmt.Errorf("%q: %w", d.Target, fs.ErrExist)
	}
	if err != nil {
		return err
	}
	return f.Commit()
}
