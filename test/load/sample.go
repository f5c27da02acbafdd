package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"example.com/presigned/test/measure"
)

// process is what one process uses at a moment.
type process struct {
	PID      int
	Resident float64 // MiB
	Files    float64 // open descriptors
}

// sample is what the local run and its child processes, the functions, use at a moment.
type sample struct {
	At        time.Duration // since the load began
	Local     process
	Functions []process
}

// look reads /proc. A child that has ended meanwhile is left out.
func look(pid int, at time.Duration) (sample, error) {
	s := sample{At: at}
	var err error
	if s.Local, err = processOf(pid); err != nil {
		return s, err
	}
	for _, child := range measure.Children(pid) {
		if p, err := processOf(child); err == nil {
			s.Functions = append(s.Functions, p)
		}
	}
	return s, nil
}

func processOf(pid int) (process, error) {
	memory, err := measure.MemoryOf(pid)
	if err != nil {
		return process{}, err
	}
	files, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", pid))
	if err != nil {
		return process{}, err
	}
	return process{pid, float64(memory.Resident) / (1 << 20), float64(len(files))}, nil
}

// interval is the time between samples: a hundredth of the run, and at most 5 s.
func interval(run time.Duration) time.Duration { return min(run/100, 5*time.Second) }

// watch samples until ctx ends.
func (w *world) watch(ctx context.Context) {
	ticks := time.NewTicker(interval(w.options.duration))
	defer ticks.Stop()
	for {
		s, err := look(w.server.Process.Pid, time.Since(w.began))
		if err != nil {
			w.results.wrong("watch", fmt.Errorf("the local run is gone: %w", err))
			return
		}
		w.noteFunctions(s)
		w.samples = append(w.samples, s)
		select {
		case <-ticks.C:
		case <-ctx.Done():
			return
		}
	}
}

// noteFunctions reads the credentials of new function processes, to search for them.
func (w *world) noteFunctions(s sample) {
	for _, f := range s.Functions {
		if !w.functions[f.PID] {
			w.functions[f.PID] = true
			w.search.KnowEnvironment(f.PID)
		}
	}
}
