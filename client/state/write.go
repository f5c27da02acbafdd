package state

import (
	"errors"
	"os"
	"path/filepath"
)

// WriteFile writes a file that only its owner can read, whole or not at all: it goes to disk beside
// itself first, under a name with ".new". A kill at any moment leaves the old content or the new. The
// caller sees to it that nobody else writes the same file meanwhile.
func WriteFile(path string, content []byte) (err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	fresh := path + ".new"
	f, err := os.OpenFile(fresh, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600) //nolint:gosec // the caller's own folder
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return errors.Join(err, os.Remove(fresh))
	}
	return os.Rename(fresh, path)
}
