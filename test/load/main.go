// Command load starts the local run as a process, runs simulated users and attacks against it for a time, and checks every
// answer: what is stored is what was sent, each attack gets its expected answer, memory and open files stay flat, and no
// output or refusal has a secret.
//
// usage: load [-time 1h] [-rate 10] [-users 30] [-seed N]
//
// Ctrl-C ends it early, with the same checks. It exits with 1 if one of them fails.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// options are the command line.
type options struct {
	duration time.Duration
	rate     float64 // actions that begin in a second
	users    int
	seed     uint64
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var o options
	flag.DurationVar(&o.duration, "time", time.Hour, "how long to run, at least 30s")
	flag.Float64Var(&o.rate, "rate", 10, "actions that begin in a second")
	flag.IntVar(&o.users, "users", 30, "how many users")
	flag.Uint64Var(&o.seed, "seed", uint64(time.Now().UnixNano()), "of the random choices")
	flag.Parse()
	if err := run(ctx, o); err != nil {
		fmt.Fprintln(os.Stderr, "load:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, o options) error {
	if o.duration < 30*time.Second || o.rate <= 0 || o.users < 2 {
		return fmt.Errorf("-time %v -rate %v -users %d: want at least 30s, more than 0, at least 2", o.duration, o.rate, o.users)
	}
	w, err := newWorld(ctx, o)
	if err != nil {
		return err
	}
	defer w.close()
	fmt.Fprintf(os.Stderr, "load: %v with %d users, %v actions a second, seed %d\n", o.duration, o.users, o.rate, o.seed)
	w.live(ctx)
	w.finish(context.WithoutCancel(ctx))
	return w.publish()
}
