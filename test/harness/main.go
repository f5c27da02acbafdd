package harness

import (
	"fmt"
	"os"
	"testing"
)

// Main runs a package's tests beside one stack, which they share: it is the last line of a TestMain.
func Main(m *testing.M, assembly string, shared **Stack) {
	var err error
	if *shared, err = Start(assembly); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	// After every test has run: none of them put a secret into a log.
	if err := (*shared).Close(); err != nil {
		fmt.Fprintln(os.Stderr, "FAIL:", err)
		code = 1
	}
	os.Exit(code)
}
