//go:build !race

// The race detector keeps several times the memory that the program uses.

package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
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
	p.peak("upload", "large")
	stdin, err := os.Open(large)
	if err != nil {
		t.Fatal(err)
	}
	defer stdin.Close()
	key := p.peakFrom(stdin, "upload", "-")
	p.peak("download", key, "-o", "back")
}

func (p *program) peak(args ...string) { p.t.Helper(); p.peakFrom(nil, args...) }

// peakFrom runs the program, checks its peak of memory, and returns the key that it prints first.
func (p *program) peakFrom(stdin *os.File, args ...string) (key string) {
	p.t.Helper()
	c := p.command(args...)
	var out, errs bytes.Buffer
	c.Stdout, c.Stderr = &out, &errs
	if stdin != nil {
		c.Stdin = stdin
	}
	if err := c.Start(); err != nil {
		p.t.Fatal(err)
	}
	most := watch(c)
	if err := c.Wait(); err != nil {
		p.t.Fatalf("%v: %v: %s", args, err, errs.String())
	}
	peak := <-most
	p.t.Logf("%v: %.1f MiB", args, float64(peak)/(1<<20))
	if peak == 0 || peak > memoryBytes {
		p.t.Errorf("%v: got %d bytes at the peak, want at most %d", args, peak, memoryBytes)
	}
	key, _, _ = strings.Cut(out.String(), "\t")
	return key
}

// watch reads the kernel's high-water mark until the process ends. (The one that wait4 reports would
// count this test's own memory too, which the child shares until it execs.)
func watch(c *exec.Cmd) <-chan int64 {
	status := fmt.Sprintf("/proc/%d/status", c.Process.Pid)
	most := make(chan int64, 1)
	go func() {
		ticks := time.NewTicker(10 * time.Millisecond)
		defer ticks.Stop()
		peak := int64(0)
		for range ticks.C {
			text, err := os.ReadFile(status)
			_, after, ok := bytes.Cut(text, []byte("VmHWM:"))
			if err != nil || !ok { // gone, or a zombie
				most <- peak
				return
			}
			var kib int64
			if _, err := fmt.Sscan(string(after), &kib); err == nil {
				peak = max(peak, kib<<10)
			}
		}
	}()
	return most
}
