// Command local runs the synthesized stack on this machine: `local run` serves it until Ctrl-C, `local demo` runs
// the main job against it once.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"example.com/presigned/local/command"
)

func main() {
	os.Exit(run())
}

func run() int {
	stdout := os.Stdout
	// The embedded S3 gateway prints notices of its own to standard output, which carries results only.
	if null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0); err == nil {
		os.Stdout = null
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return command.Run(ctx, os.Args[1:], command.IO{In: os.Stdin, Out: stdout, Err: os.Stderr})
}
