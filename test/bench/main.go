// Command bench measures the project beside its peers, on this machine, and writes docs/benchmarks.md.
//
// usage: bench [-scale N] [-root DIR] SECTION...
//
// `make bench` prepares what it needs below build/ and runs it.
package main

import (
	"context"
	"flag"
	"fmt"
	"maps"
	"os"
	"os/signal"
	"path/filepath"
	"slices"

	"example.com/presigned/test/bench/client"
	"example.com/presigned/test/bench/function"
	"example.com/presigned/test/bench/minute"
	"example.com/presigned/test/bench/report"
)

// section is a part of the benchmark.
type section struct {
	title   string
	measure func(ctx context.Context, build string, scale float64) (report.Run, error)
}

var sections = map[string]section{
	"function": {"The function", function.Section},
	"client":   {"The command-line client", client.Section},
	"minute":   {"The developer's minute", minute.Section},
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	scale := flags.Float64("scale", 1, "how often things are measured, times the usual")
	root := flags.String("root", "..", "the repository")
	if err := flags.Parse(args); err != nil {
		return err
	}
	dir, err := filepath.Abs(*root)
	if err != nil {
		return err
	}
	for _, name := range flags.Args() {
		s, known := sections[name]
		if !known {
			return fmt.Errorf("unknown section %q: want some of %q", name, slices.Sorted(maps.Keys(sections)))
		}
		fmt.Fprintf(os.Stderr, "== %s\n", s.title)
		measured, err := s.measure(ctx, filepath.Join(dir, "build"), *scale)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		fmt.Println(measured.Markdown(s.title, ""))
		if err := report.Update(filepath.Join(dir, "docs", "benchmarks.md"), name, s.title, measured); err != nil {
			return err
		}
	}
	return nil
}
