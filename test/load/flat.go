package main

import (
	"fmt"
	"slices"
	"time"

	"example.com/presigned/test/bench/report"
	"example.com/presigned/test/measure"
)

// quantity is something that must not grow.
type quantity struct {
	name   string
	unit   string
	times  float64 // at the end it may be this times its value after the warm-up,
	plus   float64 // plus this, in its unit
	of     func(sample) float64
	among  func([]float64) float64 // the value that stands for a part of the run
	digits int
}

// quantities are checked. Memory may grow by 10 % and 8 MiB, because of the garbage collector. Open files may grow by 8,
// because connections open and close. A busy machine has more of them at once, so the least is compared: a leak raises it.
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
		{"memory of the local run", "MiB", 1.1, 8, func(s sample) float64 { return s.Local.Resident }, measure.Median, 1},
		{"memory of the largest function process", "MiB", 1.1, 8, largest(resident), measure.Median, 1},
		{"open files of the local run", "", 1, 8, func(s sample) float64 { return s.Local.Files }, slices.Min[[]float64], 0},
		{"open files of a function process", "", 1, 8, largest(files), slices.Min[[]float64], 0},
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

// fewest is how many samples a part of the run needs.
const fewest = 5

// flat compares a quantity in the last part of a run with that in the second part.
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
	limit := q.times*q.among(before) + plus
	return report.Target{
		Text: fmt.Sprintf("%s, at the end: at most %.*f", q.name, q.digits, limit), Unit: q.unit, Limit: limit, Got: q.among(after),
	}, nil
}

// values are the quantity's values in a part of the run.
func values(q quantity, samples []sample, from, to time.Duration) []float64 {
	var list []float64
	for _, s := range samples {
		if s.At >= from && s.At < to {
			list = append(list, q.of(s))
		}
	}
	return list
}
