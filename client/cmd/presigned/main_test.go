package main

import (
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// The tests run the real program, with real arguments, as a process of its own.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"presigned": func() { os.Exit(run()) }})
}
