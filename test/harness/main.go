package harness

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"example.com/presigned/local/stack"
)

// Run serves an assembly with an outputs file, and runs a package's tests beside it. It returns the exit code.
func Run(assembly string, tests func(*Stack) int) int {
	scratch, err := os.MkdirTemp("", "harness-")
	if err == nil {
		defer os.RemoveAll(scratch)
	}
	s, err := Start(assembly, outputsIn(scratch))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	code := tests(s)
	// After all tests, because Close searches the logs of all of them for secrets.
	if err := s.Close(); err != nil {
		fmt.Fprintln(os.Stderr, "FAIL:", err)
		code = 1
	}
	return code
}

// Serve serves an assembly with an outputs file for one test.
func Serve(t *testing.T, assembly string, options ...func(*stack.Config)) *Stack {
	t.Helper()
	s, err := Start(assembly, append(options, outputsIn(t.TempDir()))...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func outputsIn(dir string) func(*stack.Config) {
	return func(c *stack.Config) { c.OutputsFile = filepath.Join(dir, "outputs.json") }
}
