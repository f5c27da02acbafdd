package main

import (
	"fmt"
	"os"
	"sync"
	"sync/atomic"
)

// results are counted while the load runs.
type results struct {
	removed                      atomic.Int64 // objects
	refusals, sentAgain, attacks atomic.Int64 // answers

	mu     sync.Mutex
	kinds  map[string]kind // by the action's name
	errors []string
}

// kind counts the actions of one kind.
type kind struct{ done, wrong int }

func (r *results) add(name string, err error) {
	r.mu.Lock()
	if r.kinds == nil {
		r.kinds = map[string]kind{}
	}
	k := r.kinds[name]
	k.done++
	if err != nil {
		k.wrong++
	}
	r.kinds[name] = k
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
