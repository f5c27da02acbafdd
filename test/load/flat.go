package main

import (
	"fmt"
	"time"

	"example.com/presigned/test/bench/measure"
	"example.com/presigned/test/bench/report"
)

// quantity is something that must not grow.
type quantity struct {
	name   string
	unit   string
	times  float64 // what it may be at the end, of what it was after warming up,
	plus   float64 // and so much more, in its unit
	of     func(sample) float64
	digits int
}

// quantities: memory may move by a tenth and 8 MiB, as a garbage collector lets it; open files by 8, since connections
// are open at one moment and not at another.
func quantities() []quantity {
	largest := func(of func(process) float64) func(sample) float64 {
		return func(s sample) (most float64) {
			for _, f := range s.Functions {
				most = max(most, of(f))
			}
			return most
		}
	}
	resident, files := func(p process) float64 { return p.Resident }, func(p process) float64 { return p.Files }
	return []quantity{
		{"memory of the local run", "MiB", 1.1, 8, func(s sample) float64 { return s.Local.Resident }, 1},
		{"memory of the largest function process", "MiB", 1.1, 8, largest(resident), 1},
		{"open files of the local run", "", 1, 8, func(s sample) float64 { return s.Local.Files }, 0},
		{"open files of a function process", "", 1, 8, largest(files), 0},
	}
}

// long is from when a tenth of a run has enough in it to be compared with another. Of a shorter run it is a quarter, and
// what is added is doubled: the first minute does not warm up the functions' heaps.
const long = 10 * time.Minute

// share is the part of a run that is compared with another of the same length: the second, when the first has
// warmed it up, with the last.
func share(run time.Duration) float64 {
	if run < long {
		return 0.25
	}
	return 0.1
}

// fewest is how many samples a median needs to mean something.
const fewest = 5

// flat judges a quantity over a run: the median over its last part against that over its second part.
func flat(q quantity, samples []sample, run time.Duration) (report.Target, error) {
	part := time.Duration(share(run) * float64(run))
	before, after := values(q, samples, part, 2*part), values(q, samples, run-part, run+part)
	if len(before) < fewest || len(after) < fewest {
		return report.Target{}, fmt.Errorf("%s: got %d and %d samples, want at least %d each", q.name, len(before), len(after), fewest)
	}
	plus := q.plus
	if run < long {
		plus *= 2
	}
	limit := q.times*measure.Median(before) + plus
	return report.Target{
		Text: fmt.Sprintf("%s, at the end: at most %.*f", q.name, q.digits, limit), Unit: q.unit, Limit: limit, Got: measure.Median(after),
	}, nil
}

// values are those of a part of the run.
func values(q quantity, samples []sample, from, to time.Duration) []float64 {
	var list []float64
	for _, s := range samples {
		if s.At >= from && s.At < to {
			list = append(list, q.of(s))
		}
	}
	return list
}
