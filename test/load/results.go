package main

import (
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// results are counted while the load runs.
type results struct {
	removed                      atomic.Int64 // objects
	refusals, sentAgain, attacks atomic.Int64 // answers

	mu     sync.Mutex
	kinds  map[string]*kind
	errors []string
}

// kind is one kind of action.
type kind struct {
	milliseconds []float64 // from when it was due
	wrong        int
}

func (r *results) of(name string) *kind {
	if r.kinds == nil {
		r.kinds = map[string]*kind{}
	}
	if r.kinds[name] == nil {
		r.kinds[name] = &kind{}
	}
	return r.kinds[name]
}

func (r *results) add(name string, took time.Duration, err error) {
	r.mu.Lock()
	k := r.of(name)
	k.milliseconds = append(k.milliseconds, float64(took.Microseconds())/1000)
	if err != nil {
		k.wrong++
	}
	r.mu.Unlock()
	if err != nil {
		r.wrong(name, err)
	}
}

// mostErrors bounds how many errors are printed.
const mostErrors = 50

// wrong notes something that must not happen.
func (r *results) wrong(what string, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	text := fmt.Sprintf("%s: %v", what, err)
	if len(r.errors) < mostErrors {
		fmt.Fprintln(os.Stderr, "WRONG:", text)
	}
	r.errors = append(r.errors, text)
}
