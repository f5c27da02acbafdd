package main

import (
	"context"
	"strings"
	"testing"
	"time"
)

// quantityAt is a quantity's value after a time.
type quantityAt func(at time.Duration) float64

func constant(v float64) quantityAt { return func(time.Duration) float64 { return v } }

// growing starts at 50 and grows by this each hour.
func growing(by float64) quantityAt {
	return func(at time.Duration) float64 { return 50 + by*at.Hours() }
}

// worldAfter has run for a time, with samples 5 s apart: the memory and open files of the local run, and the memory of a function.
func worldAfter(run time.Duration, memory, files, function quantityAt) *world {
	w := &world{ended: run, results: results{kinds: map[string]kind{}}}
	for at := time.Duration(0); at < run; at += 5 * time.Second {
		w.samples = append(w.samples, sample{at, [4]float64{memory(at), function(at), files(at), files(at)}})
	}
	return w
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
		{"a leak of a function", still, still, growing(30), "memory of the largest function process"},
		{"a file left open every six minutes", still, growing(10.5), still, "open files of the local run"},
		{"a warming-up that ends", func(at time.Duration) float64 { return min(20+at.Minutes()*10, 60) }, still, still, ""},
		{"connections of a busy machine", still, func(at time.Duration) float64 { return 50 + 40*float64(int(at.Minutes())/30*(int(at.Seconds())%4)) }, still, ""},
		{"what is given back", growing(-30), growing(-30), still, ""},
	} {
		_, err := worldAfter(time.Hour, tt.memory, tt.files, tt.function).report()
		if (err != nil) != (tt.missed != "") || err != nil && !strings.Contains(err.Error(), tt.missed) {
			t.Errorf("%s: got %v, want %q missed", tt.name, err, tt.missed)
		}
	}
}

func TestAShortRunChecksMemoryAlone(t *testing.T) {
	still, queued := constant(50), func(at time.Duration) float64 { return 50 + at.Seconds() }
	if _, err := worldAfter(2*time.Minute, still, queued, still).report(); err != nil {
		t.Errorf("got %v, want no comparison of open files", err)
	}
	if _, err := worldAfter(2*time.Minute, queued, still, still).report(); err == nil {
		t.Error("memory that grows by 1 MiB each second was not noticed")
	}
}

func TestARunThatIsTooShortOrHadAWrongAnswerFails(t *testing.T) {
	still := constant(50)
	if _, err := worldAfter(time.Minute, still, still, still).report(); err == nil {
		t.Error("parts of three samples were compared: want an error")
	}
	wrong := worldAfter(time.Hour, still, still, still)
	wrong.results.add("list", context.Canceled)
	if _, err := wrong.report(); err == nil || !strings.Contains(err.Error(), "list: context canceled") {
		t.Errorf("got %v, want the wrong answer", err)
	}
}
