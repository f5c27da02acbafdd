// Package client measures our CLI beside other S3 tools, all against one S3 server on this machine.
package client

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"example.com/presigned/test/bench/measure"
	"example.com/presigned/test/bench/report"
)

const (
	gibibyte = 1 << 30
	mebibyte = 1 << 20
)

// sample is one run of a tool.
type sample struct {
	seconds float64
	cpu     float64 // seconds, user and system
	peak    float64 // bytes resident
}

// direction is one of a job's two.
type direction struct {
	job  *job
	name string // "upload", "download"
}

func (d direction) String() string { return d.name + " of " + d.job.name }

// roundsAt is how often each tool has its turn: what takes minutes is steady enough to be measured once.
func roundsAt(scale float64) int {
	if scale >= 10 {
		return 1
	}
	return 3
}

// Section measures 256 MiB in one file and 500 files of 16 KiB at scale 1; 4 GiB and 10,000 from scale 20 on.
func Section(ctx context.Context, build string, scale float64, progress func(string)) (report.Run, error) {
	bench := filepath.Join(build, "bench")
	work := filepath.Join(bench, "client-files")
	defer os.RemoveAll(work) // the next run removes what is left
	if err := errors.Join(os.RemoveAll(work), os.RemoveAll(filepath.Join(bench, "client-home")), os.MkdirAll(filepath.Join(bench, "client-home"), 0o755)); err != nil {
		return report.Run{}, err
	}
	large, err := write(work, "large", 1, min(int64(scale*gibibyte/4), 4*gibibyte))
	if err != nil {
		return report.Run{}, err
	}
	small, err := write(work, "small", min(int(scale*500), 10_000), 16<<10)
	if err != nil {
		return report.Run{}, err
	}
	s, stop, err := serve(ctx, build, work)
	if err != nil {
		return report.Run{}, err
	}
	defer stop()
	found, missing := tools(build, s)
	run := report.Run{
		How: fmt.Sprintf("One file of %.2g GiB, and %d of 16 KiB, up to the local run's S3 server and down again, rounds: %d, the tools in turn. Server and "+
			"tools share the cores. Medians; CPU is the tool's own, memory the most that it held.", float64(large.bytes)/gibibyte, len(small.files), roundsAt(scale)),
		Notes: []string{
			"Ours asks the API for each URL, as a signed-in user without AWS credentials, and has S3 check the SHA-256 of every byte. The others use " +
				"the server's root credentials. curl checks no content and splits no file: it is the ceiling.",
			"What every download wrote was compared with what was uploaded.",
		},
	}
	if len(missing) > 0 {
		run.Notes = append(run.Notes, "Not here, so not measured: "+strings.Join(missing, ", ")+".")
	}
	for _, t := range found {
		run.Versions = append(run.Versions, t.version)
	}
	directions := []direction{{large, "upload"}, {large, "download"}, {small, "upload"}, {small, "download"}}
	samples, err := measureAll(ctx, found, directions, roundsAt(scale), filepath.Join(work, "down"), progress)
	if err != nil {
		return report.Run{}, err
	}
	run.Tables, run.Targets = present(found, directions, samples)
	return run, nil
}

// measureAll returns the samples by direction and tool.
func measureAll(ctx context.Context, found []tool, directions []direction, rounds int, down string, progress func(string)) ([][][]sample, error) {
	samples := make([][][]sample, len(directions))
	for i, d := range directions {
		progress(d.String())
		samples[i] = make([][]sample, len(found))
		for round := range rounds {
			for k := range found {
				k = (k + round) % len(found)
				s, err := once(ctx, found[k], d, down)
				if err != nil {
					return nil, fmt.Errorf("%s: %s: %w", found[k].name, d, err)
				}
				samples[i][k] = append(samples[i][k], s)
				progress(fmt.Sprintf("  %-26s %6.2f s, CPU %6.2f s", found[k].name, s.seconds, s.cpu))
			}
		}
	}
	return samples, nil
}

// watch looks at a process's peak of memory until it is asked for it. What the kernel says of an ended child is not
// less than our own, which the child began with.
func watch(pid int) (peak func() float64) {
	stop, result := make(chan struct{}), make(chan float64)
	go func() {
		tick := time.NewTicker(5 * time.Millisecond)
		defer tick.Stop()
		most := 0.0
		for {
			select {
			case <-stop:
				result <- most
				return
			case <-tick.C:
				if m, err := measure.MemoryOf(pid); err == nil {
					most = max(most, float64(m.Peak)) // nothing is left of one that has ended
				}
			}
		}
	}()
	return func() float64 {
		close(stop)
		return <-result
	}
}

// once runs a tool, and checks what it did.
func once(ctx context.Context, t tool, d direction, down string) (sample, error) {
	if err := errors.Join(os.RemoveAll(down), os.MkdirAll(down, 0o755)); err != nil {
		return sample{}, err
	}
	arguments := t.upload(d.job)
	if d.name == "download" {
		arguments = t.download(d.job, down)
	}
	cmd := t.command(ctx, arguments)
	var out, problems bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &problems
	start := time.Now()
	if err := cmd.Start(); err != nil {
		return sample{}, err
	}
	peak := watch(cmd.Process.Pid)
	if err := cmd.Wait(); err != nil {
		return sample{}, fmt.Errorf("%w: %.2000s", err, problems.String())
	}
	s := sample{
		seconds: time.Since(start).Seconds(), peak: peak(),
		cpu: (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds(),
	}
	names := d.job.files
	if t.name == ours {
		if d.name == "upload" {
			d.job.remember(out.String())
		}
		names = nil
		for _, key := range d.job.keys {
			names = append(names, path.Base(key))
		}
	}
	if len(names) != len(d.job.files) {
		return s, fmt.Errorf("moved %d files: want %d", len(names), len(d.job.files))
	}
	if d.name == "download" {
		return s, d.job.same(down, names)
	}
	return s, nil
}
