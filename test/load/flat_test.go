package main

import (
	"context"
	"strings"
	"testing"
	"time"
)

// quantityAt is the memory in MiB, or the open files, after a time.
type quantityAt func(at time.Duration) float64

func constant(v float64) quantityAt { return func(time.Duration) float64 { return v } }

// growing starts at 50 and grows by this each hour.
func growing(by float64) quantityAt {
	return func(at time.Duration) float64 { return 50 + by*at.Hours() }
}

// hour is an hour's samples, 5 s apart: the memory and open files of the local run, and the memory of one of its functions.
func hour(memory, files, function quantityAt) []sample {
	var samples []sample
	for at := time.Duration(0); at < time.Hour; at += 5 * time.Second {
		samples = append(samples, sample{At: at, Local: process{Resident: memory(at), Files: files(at)},
			Functions: []process{{Resident: 5}, {Resident: function(at), Files: files(at)}}})
	}
	return samples
}

func TestWhatGrowsIsNotFlat(t *testing.T) {
	still := constant(50)
	for _, tt := range []struct {
		name                    string
		memory, files, function quantityAt
		missed                  string // a target, "" if none
	}{
		{"constant", still, still, still, ""},
		{"memory within what a garbage collector lets it", growing(14), still, still, ""},
		{"memory that leaks 1 MiB in two minutes", growing(30), still, still, "memory of the local run"},
		{"a leak of one function among many", still, still, growing(30), "memory of the largest function process"},
		{"a file left open every six minutes", still, growing(10.5), still, "open files of the local run"},
		{"a warming-up that ends", func(at time.Duration) float64 { return min(20+at.Minutes()*10, 60) }, still, still, ""},
		{"connections of a busy machine", still, func(at time.Duration) float64 { return 50 + 40*float64(int(at.Minutes())/30*(int(at.Seconds())%4)) }, still, ""},
		{"what is given back", growing(-30), growing(-30), still, ""},
	} {
		w := &world{ended: time.Hour, samples: hour(tt.memory, tt.files, tt.function)}
		err := w.outcome().failures()
		if (err != nil) != (tt.missed != "") || err != nil && !strings.Contains(err.Error(), tt.missed) {
			t.Errorf("%s: got %v, want %q missed", tt.name, err, tt.missed)
		}
	}
}

func TestARunThatIsTooShortOrHadAWrongAnswerFails(t *testing.T) {
	samples := hour(constant(50), constant(50), constant(50))
	short := &world{ended: time.Minute, samples: samples[:12]}
	if err := short.outcome().failures(); err == nil {
		t.Error("parts of three samples were compared: want an error")
	}
	wrong := &world{ended: time.Hour, samples: samples}
	wrong.results.add("list", context.Canceled)
	if err := wrong.outcome().failures(); err == nil || !strings.Contains(err.Error(), "list: context canceled") {
		t.Errorf("got %v, want the wrong answer", err)
	}
}
