package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/prometheus/procfs"

	"example.com/presigned/test/bench/report"
	"example.com/presigned/test/measure"
)

// quantity is something that must not grow.
type quantity struct {
	name, unit string
	times      float64                 // at the end it may be this times its value after the warm-up,
	plus       float64                 // plus this, in its unit
	among      func([]float64) float64 // the value that stands for a part of the run
}

// quantities are checked. Memory may grow by 10 % and 8 MiB, because of the garbage collector. Open files may grow by 8,
// because connections open and close. A busy machine has more of them at once, so the least is compared: a leak raises it.
// In a short run on a busy machine even the least rises, because actions queue. So a short run checks memory alone.
func quantities(run time.Duration) []quantity {
	all := []quantity{
		{"memory of the local run", "MiB", 1.1, 8, measure.Median},
		{"memory of the largest function process", "MiB", 1.1, 8, measure.Median},
		{"open files of the local run", "", 1, 8, slices.Min[[]float64]},
		{"open files of a function process", "", 1, 8, slices.Min[[]float64]},
	}
	if run < long {
		return all[:2]
	}
	return all
}

// sample has the values of the quantities at a moment.
type sample struct {
	at     time.Duration // since the load began
	values [4]float64
}

// look samples the local run and its child processes, the functions, and learns their credentials.
func (w *world) look(at time.Duration) (sample, error) {
	s := sample{at: at}
	local, err := procfs.NewProc(w.server.Process.Pid)
	if err == nil {
		err = s.add(local, 0)
	}
	for _, child := range measure.Children(w.server.Process.Pid) {
		_ = s.add(child, 1) // it may have ended meanwhile
		w.search.KnowEnvironment(child)
	}
	return s, err
}

// add keeps the largest memory and number of open files, at an index and two further.
func (s *sample) add(p procfs.Proc, at int) error {
	status, err := p.NewStatus()
	if err != nil {
		return err
	}
	files, err := p.FileDescriptorsLen()
	s.values[at] = max(s.values[at], float64(status.VmRSS)/(1<<20))
	s.values[at+2] = max(s.values[at+2], float64(files))
	return err
}

// watch samples until ctx ends: a hundred times in the run, and at least every 5 s.
func (w *world) watch(ctx context.Context) {
	ticks := time.NewTicker(min(w.options.duration/100, 5*time.Second))
	defer ticks.Stop()
	for {
		s, err := w.look(time.Since(w.began))
		if err != nil {
			w.results.wrong("watch", fmt.Errorf("the local run is gone: %w", err))
			return
		}
		w.samples = append(w.samples, s)
		select {
		case <-ticks.C:
		case <-ctx.Done():
			return
		}
	}
}

// long is the shortest run whose tenths have enough samples to compare. A shorter run compares quarters, and doubles
// quantity.plus, because its first quarter does not warm up the functions' heaps.
const long = 10 * time.Minute

// share is the length of the two parts that are compared, as a fraction of the run: the second part, after the warm-up, and
// the last.
func share(run time.Duration) float64 {
	if run < long {
		return 0.25
	}
	return 0.1
}

// flat compares the i-th quantity in the last part of a run with that in the second part.
func flat(i int, samples []sample, run time.Duration) (report.Target, error) {
	const fewest = 5 // samples of a part
	q, part := quantities(run)[i], time.Duration(share(run)*float64(run))
	values := func(from, to time.Duration) (list []float64) {
		for _, s := range samples {
			if s.at >= from && s.at < to {
				list = append(list, s.values[i])
			}
		}
		return list
	}
	before, after := values(part, 2*part), values(run-part, run+part)
	if len(before) < fewest || len(after) < fewest {
		return report.Target{}, fmt.Errorf("%s: got %d and %d samples, want at least %d each", q.name, len(before), len(after), fewest)
	}
	plus := q.plus
	if run < long {
		plus *= 2
	}
	limit := q.times*q.among(before) + plus
	return report.Target{Text: fmt.Sprintf("%s, at the end: at most %.3g", q.name, limit), Unit: q.unit, Limit: limit, Got: q.among(after)}, nil
}
