package client

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
)

// write makes count files of size bytes each, random, so that nothing in them can be compressed.
func write(dir, name string, count int, size int64) (*job, error) {
	j := &job{name: name, dir: filepath.Join(dir, name), bytes: int64(count) * size}
	if err := os.MkdirAll(j.dir, 0o755); err != nil {
		return nil, err
	}
	random := rand.NewChaCha8([32]byte([]byte(fmt.Sprintf("%-32s", name))))
	for i := range count {
		file := fmt.Sprintf("%05d.bin", i)
		if err := writeFile(filepath.Join(j.dir, file), io.LimitReader(random, size)); err != nil {
			return nil, err
		}
		j.files = append(j.files, file)
	}
	return j, nil
}

func writeFile(path string, content io.Reader) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	if _, err := io.CopyBuffer(f, content, make([]byte, 1<<20)); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}

// remember keeps the keys that our CLI printed, one for each file, in the files' order.
func (j *job) remember(printed string) {
	keys := map[string]string{}
	for line := range strings.Lines(printed) {
		key, name, _ := strings.Cut(strings.TrimSpace(line), "\t")
		keys[filepath.Base(name)] = key
	}
	j.keys = nil
	for _, name := range j.files {
		if keys[name] != "" {
			j.keys = append(j.keys, keys[name])
		}
	}
}

// same compares what came back with what went up.
func (j *job) same(into string) error {
	for _, name := range j.files {
		if err := sameFile(filepath.Join(j.dir, name), filepath.Join(into, name)); err != nil {
			return err
		}
	}
	return nil
}

func sameFile(a, b string) error {
	x, err := os.Open(a)
	if err != nil {
		return err
	}
	defer x.Close()
	y, err := os.Open(b)
	if err != nil {
		return err
	}
	defer y.Close()
	p, q := make([]byte, 1<<20), make([]byte, 1<<20)
	for {
		n, errA := io.ReadFull(x, p)
		m, errB := io.ReadFull(y, q)
		if !bytes.Equal(p[:n], q[:m]) || (errA == nil) != (errB == nil) {
			return fmt.Errorf("%s is not what was uploaded", b)
		}
		if errA != nil {
			return nil
		}
	}
}
