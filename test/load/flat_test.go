package main

import (
	"context"
	"strings"
	"testing"
	"time"
)

// run is an hour's samples, 5 s apart, of a local run whose memory (MiB) and open files are of the time.
func run1h(memory, files func(at time.Duration) float64) []sample {
	var samples []sample
	for at := time.Duration(0); at < time.Hour; at += 5 * time.Second {
		samples = append(samples, sample{At: at, Local: process{Resident: memory(at), Files: files(at)},
			Functions: []process{{Resident: 5}, {Resident: memory(at) / 2, Files: files(at)}}})
	}
	return samples
}

func constant(v float64) func(time.Duration) float64 {
	return func(time.Duration) float64 { return v }
}

// growing begins at 50 and grows by so much an hour.
func growing(by float64) func(time.Duration) float64 {
	return func(at time.Duration) float64 { return 50 + by*at.Hours() }
}

func TestWhatGrowsIsNotFlat(t *testing.T) {
	for _, tt := range []struct {
		name          string
		memory, files func(time.Duration) float64
		missed        string // a target, "" if none
	}{
		{"constant", constant(50), constant(100), ""},
		{"memory within what a garbage collector lets it", growing(14), constant(100), ""},
		{"memory that leaks 1 MiB in two minutes", growing(30), constant(100), "memory of the local run"},
		{"a file left open every six minutes", constant(50), growing(10.5), "open files of the local run"},
		{"a warming-up that ends", func(at time.Duration) float64 { return min(20+at.Minutes()*10, 60) }, constant(100), ""},
		{"one moment with much more", func(at time.Duration) float64 {
			if at == 58*time.Minute {
				return 500
			}
			return 50
		}, constant(100), ""},
		{"what is given back", growing(-30), growing(-30), ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			o := outcome{}
			for _, q := range quantities() {
				target, err := flat(q, run1h(tt.memory, tt.files), time.Hour)
				if err != nil {
					t.Fatal(err)
				}
				o.Targets = append(o.Targets, target)
			}
			o.Targets = append(o.Targets, o.Targets[0]) // stands for "no wrong answer"
			err := o.failures()
			if (err != nil) != (tt.missed != "") || err != nil && !strings.Contains(err.Error(), tt.missed) {
				t.Errorf("got %v, want %q missed", err, tt.missed)
			}
		})
	}
}

func TestALeakOfOneFunctionProcessAmongManyShows(t *testing.T) {
	samples := run1h(constant(50), constant(100))
	for i := range samples {
		samples[i].Functions[1].Resident = growing(30)(samples[i].At)
	}
	target, err := flat(quantities()[1], samples, time.Hour)
	if err != nil || target.Met() {
		t.Errorf("got %+v, %v, want it missed", target, err)
	}
}

func TestARunTooShortToJudgeIsNotCalledFlat(t *testing.T) {
	samples := run1h(constant(50), constant(100))[:12]
	if target, err := flat(quantities()[0], samples, time.Minute); err == nil {
		t.Errorf("got %+v of three samples each, want an error", target)
	}
	if err := (outcome{}).failures(); err == nil {
		t.Error("an outcome without a judgement: want an error")
	}
}

func TestWhatWasWrongFailsTheRun(t *testing.T) {
	w := &world{ended: time.Hour, samples: run1h(constant(50), constant(100))}
	if err := w.outcome().failures(); err != nil {
		t.Errorf("nothing was wrong: got %v", err)
	}
	w.results.add("list", time.Second, context.Canceled)
	if err := w.outcome().failures(); err == nil || !strings.Contains(err.Error(), "list: context canceled") {
		t.Errorf("got %v, want the wrong answer", err)
	}
}
