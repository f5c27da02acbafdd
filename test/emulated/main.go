// Emulated deploys the dev stage to an emulator of AWS with the real CDK CLI, uses it as a user would, deploys a
// changed stage over it and removes it, by the commands that docs/deploy.md, docs/runbook.md and docs/adopt.md tell people to type.
// `make deploy-emulated` runs it:
//
//	go run ./emulated -root ..
//
// The emulator is MiniStack, which we did not write. It runs on loopback, over TLS and with IAM enforced: CloudFormation
// resolves the template, the functions run from their zip, Cognito signs in by SRP, and S3 checks signatures, the
// roles' policies and the bucket policy. What it does not enforce is printed at the end, from notenforced.go.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"syscall"
	"time"
)

// patience is for the whole run, which takes about a minute: a hang must end by itself.
const patience = 30 * time.Minute

func main() {
	root := flag.String("root", ".", "`folder` of the repository, where make has built the programs and the Python packages")
	flag.Parse()
	if err := run(*root); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

func run(root string) error {
	if runtime.GOOS != "linux" {
		return fmt.Errorf("operating system %q: want linux: elsewhere Go takes no certificate from SSL_CERT_FILE", runtime.GOOS)
	}
	root, err := filepath.Abs(root)
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	emulator, err := startEmulator(ctx, root)
	if err != nil {
		return err
	}
	fmt.Printf("MiniStack %s at %s, IAM enforced\n", emulator.version, emulator.url)
	story, err := newStory(ctx, emulator, root)
	if err == nil {
		err = errors.Join(tell(ctx, story), story.shell.close())
	}
	if err := errors.Join(err, emulator.stop()); err != nil {
		return fmt.Errorf("%w\nhint: the logs of the emulator and of the shell are in %s", err, emulator.scratch)
	}
	fmt.Print("deploy-emulated: ok, and nothing is left running\n", notEnforced, notRunList())
	return nil
}

// tell lets the chapters happen one after the other, and prints each that went well.
func tell(ctx context.Context, story *story) error {
	for _, chapter := range story.chapters() {
		start := time.Now()
		if err := chapter.happen(ctx); err != nil {
			return fmt.Errorf("%s: %w", chapter.title, err)
		}
		fmt.Printf("ok %5.1fs  %s\n", time.Since(start).Seconds(), chapter.title)
	}
	return nil
}
