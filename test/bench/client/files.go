package client

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
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
	_, err = io.CopyBuffer(f, content, make([]byte, 1<<20))
	return errors.Join(err, f.Close())
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
	if text, err := exec.Command("diff", "--recursive", "--brief", j.dir, into).CombinedOutput(); err != nil {
		return fmt.Errorf("the downloaded files differ from the uploaded ones: %w: %.2000s", err, text)
	}
	return nil
}
