//go:build !race

// The race detector keeps several times the memory that the program uses.

package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The content is four times the memory bound, so a client that keeps its parts, or the stream, fails.
const (
	movedBytes  = 256 << 20
	memoryBytes = 64 << 20
)

func TestMemoryStaysBoundedWhateverTheSize(t *testing.T) {
	if testing.Short() {
		t.Skip("takes long: make test-long runs it")
	}
	l := startLocalRun(t)
	p := newProgram(t, "PRESIGNED_OUTPUTS="+l.OutputsFile)
	p.logIn(l)
	large := filepath.Join(p.dir, "large")
	p.file("large", nil)
	if err := os.Truncate(large, movedBytes); err != nil { // a sparse file: no disk to fill
		t.Fatal(err)
	}
	stdin, err := os.Open(large)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = stdin.Close() }()
	p.peak(nil, "upload", "large")
	key, _, _ := strings.Cut(p.peak(stdin, "upload", "-"), "\t")
	p.peak(nil, "download", key, "-o", "back")
}

// peak runs the program, checks the kernel's high-water mark of its memory, and returns its output.
func (p *program) peak(stdin io.Reader, args ...string) string {
	p.t.Helper()
	c := p.exec("presigned-status", args...)
	c.Stdin = stdin
	out, err := c.Output()
	if err != nil {
		p.t.Fatalf("%v: %v%s", args, err, stderrOf(err))
	}
	status, _ := os.ReadFile(filepath.Join(p.dir, "status"))
	_, after, _ := strings.Cut(string(status), "VmHWM:")
	var kib int64
	if _, err := fmt.Sscan(after, &kib); err != nil {
		p.t.Fatal(err)
	}
	p.t.Logf("%v: %.1f MiB", args, float64(kib)/(1<<10))
	if kib > memoryBytes>>10 {
		p.t.Errorf("%v: got %d KiB at the peak, want at most %d", args, kib, memoryBytes>>10)
	}
	return string(out)
}
