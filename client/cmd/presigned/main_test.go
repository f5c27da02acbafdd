package main

import (
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// The tests run the real program, with real arguments, as a process of its own. The second name also stores what Linux
// knows of the process at its end.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"presigned": func() { os.Exit(run()) },
		"presigned-status": func() {
			code := run()
			status, _ := os.ReadFile("/proc/self/status")
			_ = os.WriteFile("status", status, 0o600)
			os.Exit(code)
		},
	})
}
