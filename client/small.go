package client

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
)

// fetchSmall fetches an object that fits into memory, and writes it once it is verified: there is
// nothing to resume, so nothing is remembered and no lock is taken. The file gets its name when it is
// whole; of a kill between the two a hidden file of a name of its own may be left.
func (g *getter) fetchSmall(ctx context.Context) (Downloaded, error) {
	var content bytes.Buffer
	content.Grow(int(g.o.Size))
	got, err := g.fetchTo(ctx, &content)
	if err != nil {
		return got, err
	}
	got.File = g.d.Target
	if err := vacant(g.d); err != nil {
		return got, err
	}
	return got, writeWhole(g.d.Target, content.Bytes())
}

func writeWhole(target string, content []byte) (err error) {
	f, err := createTemporary(target)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), target)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}

// createTemporary makes a file of its own beside the target, hidden in a listing, with the permissions
// that any program would give the target: the umask decides who reads it.
func createTemporary(target string) (*os.File, error) {
	for {
		name := filepath.Join(filepath.Dir(target), fmt.Sprintf(".%s.%08x.partial", filepath.Base(target), rand.Uint32())) //nolint:gosec // no secret rests on it
		f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o666)                                                //nolint:gosec // as above
		if !errors.Is(err, fs.ErrExist) {
			return f, err
		}
	}
}
