// Command presigned moves files to and from a private S3 bucket by presigned URLs.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"time"

	"example.com/presigned/client/internal/cli"
)

func main() {
	os.Exit(run())
}

func run() int {
	// The first signal stops the work in good order; a second one kills as usual.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop)

	return machine().Run(ctx, os.Args[1:])
}

// machine is what the program uses of the machine it runs on.
func machine() *cli.App {
	// A working directory may be deleted, and a user may have no home. Only what needs them fails.
	dir, _ := os.Getwd()
	config, configErr := os.UserConfigDir()
	cache, _ := os.UserCacheDir()
	return &cli.App{
		In: os.Stdin, Out: os.Stdout, Err: os.Stderr,
		Env: os.Getenv, Dir: dir, ConfigDir: config, ConfigErr: configErr, CacheDir: cache,
		Clock: time.Now,
	}
}
