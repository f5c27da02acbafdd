package architecture

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// maxLines bounds a file: one that has more has more than one reason to exist. (Functions are golangci-lint's: 60.)
const maxLines = 250

func TestNoFileIsTooLongToRead(t *testing.T) {
	root := filepath.Join("..", "..")
	list := exec.Command("git", "ls-files", "-z", "*.go", "*.js", "*.mjs", "*.py", "*.sh")
	list.Dir = root
	names, err := list.Output()
	if err != nil {
		t.Fatalf("git ls-files: %v", err)
	}
	files := strings.Split(strings.TrimSuffix(string(names), "\x00"), "\x00")
	if len(files) < 100 {
		t.Fatalf("git lists %d files: want all of the repository", len(files))
	}
	for _, name := range files {
		text, err := os.ReadFile(filepath.Join(root, name))
		if os.IsNotExist(err) {
			continue // removed, and not committed yet
		}
		if err != nil {
			t.Fatal(err)
		}
		if lines := bytes.Count(text, []byte("\n")); lines > maxLines {
			t.Errorf("%s has %d lines: want at most %d; split it where its second reason to exist begins", name, lines, maxLines)
		}
	}
}
