// Package client measures our CLI beside other S3 tools, all against one S3 server on this machine.
package client

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/prometheus/procfs"

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

	requests float64 // to the API; ours alone
}

// direction is one of a job's two, over a network.
type direction struct {
	job     *job
	name    string // "upload", "download"
	network network
	atLeast float64 // the target: our rate to the best of the others'
	rounds  int
}

func (d direction) String() string {
	if d.network.name == "" {
		return d.name + " of " + d.job.name
	}
	return d.name + " of " + d.job.name + ", " + d.network.name
}

// Section measures one file of 1 GiB and 2,500 of 16 KiB at scale 1; 4 GiB and 10,000 from scale 4 on.
func Section(ctx context.Context, build string, scale float64) (report.Run, error) {
	bench := filepath.Join(build, "bench")
	work := filepath.Join(bench, "client-files")
	defer os.RemoveAll(work) // the next run removes what is left
	if err := errors.Join(os.RemoveAll(work), os.RemoveAll(filepath.Join(bench, "client-home")), os.MkdirAll(filepath.Join(bench, "client-home"), 0o755)); err != nil {
		return report.Run{}, err
	}
	large, errLarge := write(work, "large", 1, int64(min(scale, 4)*gibibyte))
	small, errSmall := write(work, "small", int(min(scale, 4)*2500), 16<<10)
	one, errOne := write(work, "one", 1, 16<<10)
	if err := errors.Join(errLarge, errSmall, errOne); err != nil {
		return report.Run{}, err
	}
	run := report.Run{
		How: fmt.Sprintf("*Large* is one file of %.2g GiB, *small* is %d files of 16 KiB, *one* is a single such file. Each goes up to the local run's S3 server and "+
			"down again, on the same cores. The tools take turns: three times on loopback, twice (*one* five times) through toxiproxy with a round trip "+
			"of 30 ms, but for a connection's first. With resets, each connection is reset after 100 MiB. The tables have medians; CPU is the tool's, memory its maximum.",
			float64(large.bytes)/gibibyte, len(small.files)),
		Notes: []string{
			"A target is our rate, divided by the best of the other tools except curl, which checks no content and splits no file.",
			"Our client asks the API for its URLs, and S3 checks the SHA-256 of every byte. The other tools have the server's root credentials, for which it evaluates no policy. " +
				"Every downloaded file was compared with the uploaded one.",
		},
	}
	far := network{name: "30 ms", roundTrip: 30}
	breaking := network{name: "30 ms and resets", roundTrip: 30, resets: 100 * mebibyte}
	l, err := startLinks()
	if err != nil {
		return report.Run{}, err
	}
	for _, group := range []struct {
		links      links
		directions []direction
	}{
		{links{}, []direction{
			{large, "upload", network{}, 1, 3}, {large, "download", network{}, 1, 3},
			{small, "upload", network{}, 0.9, 3}, {small, "download", network{}, 0.9, 3},
		}},
		{l, []direction{
			{one, "upload", far, 0, 5},
			{small, "upload", far, 1, 2}, {small, "download", far, 1, 2},
			{large, "upload", breaking, 1, 2}, {large, "download", breaking, 1, 2},
		}},
	} {
		if err := measureGroup(ctx, &run, build, work, group.links, group.directions); err != nil {
			return report.Run{}, err
		}
	}
	return run, nil
}

// measureGroup measures what one server is good for.
func measureGroup(ctx context.Context, run *report.Run, build, work string, l links, directions []direction) error {
	s, stop, err := serve(ctx, build, work, l)
	if err != nil {
		return err
	}
	defer stop()
	found, missing := tools(build, s)
	if run.Versions == nil {
		for _, t := range found {
			run.Versions = append(run.Versions, t.version)
		}
		if len(missing) > 0 {
			run.Notes = append(run.Notes, "Not here, so not measured: "+strings.Join(missing, ", ")+".")
		}
	}
	for _, d := range directions {
		fmt.Fprintln(os.Stderr, d)
		if err := l.use(ctx, d.network); err != nil {
			return err
		}
		samples, err := measureOne(ctx, found, d, filepath.Join(work, "down"))
		if err != nil {
			return err
		}
		present(run, found, d, samples)
	}
	return nil
}

// measureOne returns the samples by tool. One that fails where connections break has none.
func measureOne(ctx context.Context, found []tool, d direction, down string) ([][]sample, error) {
	samples := make([][]sample, len(found))
	failed := make([]bool, len(found))
	for round := range d.rounds {
		for k := range found {
			k = (k + round) % len(found)
			if failed[k] || found[k].name == ceiling && d.network.resets > 0 {
				continue
			}
			s, err := once(ctx, found[k], d, down)
			switch {
			case err != nil && d.network.resets > 0 && found[k].name != ours:
				failed[k], samples[k] = true, nil
				fmt.Fprintf(os.Stderr, "  %-26s failed: %v\n", found[k].name, err)
				continue
			case err != nil:
				return nil, fmt.Errorf("%s: %s: %w", found[k].name, d, err)
			}
			samples[k] = append(samples[k], s)
			fmt.Fprintf(os.Stderr, "  %-26s %6.2f s, CPU %6.2f s\n", found[k].name, s.seconds, s.cpu)
		}
	}
	return samples, nil
}

// watch waits until a process has ended, and returns the peak of its memory. What the kernel says of an ended child is
// not less than our own, which the child began with.
func watch(cmd *exec.Cmd) (peak float64, err error) {
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	for {
		select {
		case err := <-ended:
			return peak, err
		case <-time.After(5 * time.Millisecond):
			if p, err := procfs.NewProc(cmd.Process.Pid); err == nil {
				status, _ := p.NewStatus() // nothing is left of one that has ended
				peak = max(peak, float64(status.VmHWM))
			}
		}
	}
}

// once runs a tool, and checks what it did.
func once(ctx context.Context, t tool, d direction, down string) (sample, error) {
	var arguments []string
	if d.name == "download" {
		down = filepath.Join(down, d.job.newName())
		if err := errors.Join(os.RemoveAll(down), os.MkdirAll(down, 0o755)); err != nil {
			return sample{}, err
		}
		arguments = t.download(d.job, down)
	} else {
		if t.name != ours {
			d.job.prefix = d.job.newName()
		}
		arguments = t.upload(d.job)
	}
	cmd := t.command(ctx, arguments)
	var out, problems bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &problems
	start := time.Now()
	if err := cmd.Start(); err != nil {
		return sample{}, err
	}
	peak, err := watch(cmd)
	if err != nil {
		return sample{}, fmt.Errorf("%w: %.2000s", err, problems.String())
	}
	s := sample{
		seconds: time.Since(start).Seconds(), peak: peak,
		cpu: (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds(),
	}
	if t.name == ours {
		if _, err := fmt.Sscanf(lastLine(problems.String()), "%g API requests", &s.requests); err != nil {
			return s, fmt.Errorf("number of API requests in %q: %w", problems.String(), err)
		}
		if d.name == "upload" {
			d.job.remember(out.String())
		}
		if len(d.job.keys) != len(d.job.files) {
			return s, fmt.Errorf("uploaded %d files: want %d", len(d.job.keys), len(d.job.files))
		}
	}
	if d.name == "download" {
		return s, d.job.same(down)
	}
	return s, nil
}

func lastLine(text string) string {
	text = strings.TrimSpace(text)
	return text[strings.LastIndexByte(text, '\n')+1:]
}
