package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"example.com/presigned/test/bench/report"
	"example.com/presigned/test/harness"
	"example.com/presigned/test/measure"
)

// results are counted while the load runs.
type results struct {
	removed                      atomic.Int64 // objects
	refusals, sentAgain, attacks atomic.Int64 // answers
	searched                     int          // lines

	mu     sync.Mutex
	kinds  map[string]kind // by the action's name
	errors []error
}

// kind counts the actions of one kind.
type kind struct{ done, wrong int }

func (r *results) add(name string, err error) {
	r.mu.Lock()
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
	err = fmt.Errorf("%s: %w", what, err)
	if r.errors = append(r.errors, err); len(r.errors) <= mostErrors {
		fmt.Fprintln(os.Stderr, "WRONG:", err)
	}
}

// report has the run as a document, and an error if a target was missed or anything was wrong.
func (w *world) report() (report.Run, error) {
	r := &w.results
	compared, left := 0, 0
	for _, u := range w.users {
		compared += u.Compared()
		left += len(u.Objects())
	}
	actions := report.Table{Head: []string{"action", "done", "wrong"}}
	for _, a := range (&user{}).actions() {
		k := r.kinds[a.Name]
		actions.Rows = append(actions.Rows, []string{a.Name, fmt.Sprint(k.done), fmt.Sprint(k.wrong)})
	}
	run := report.Run{
		Versions: []string{measure.Output("go", "env", "GOVERSION")},
		How: fmt.Sprintf("%v with %d users, who also attack; %v actions begin in a second, even if earlier ones are not done; seed %d.",
			w.ended.Round(time.Second), w.options.users, w.options.rate, w.options.seed),
		Tables:  []report.Table{actions},
		Targets: []report.Target{{Text: "no wrong answer", Got: float64(len(r.errors))}},
		Notes: []string{
			fmt.Sprintf("%d objects were downloaded and compared by their SHA-256, some more than once; %d were removed after that, %d were left at the end.",
				compared, r.removed.Load(), left),
			fmt.Sprintf("%d rows of the attack table, each with its expected answer. %d refusals and %d lines of output were searched for secrets. "+
				"%d requests were throttled or met a taken key, and the clients sent them again.",
				r.attacks.Load(), r.refusals.Load(), r.searched, r.sentAgain.Load()),
		},
	}
	failed := slices.Clone(r.errors[:min(len(r.errors), mostErrors)])
	for i := range quantities(w.ended) {
		target, err := flat(i, w.samples, w.ended)
		if err != nil {
			failed = append(failed, err)
			continue
		}
		if run.Targets = append(run.Targets, target); !target.Met() {
			failed = append(failed, fmt.Errorf("%s: got %.1f %s", target.Text, target.Got, target.Unit))
		}
	}
	return run, errors.Join(failed...)
}

// publish prints the run, and writes a long one into docs/reliability.md. It fails if anything was wrong or grew.
func (w *world) publish() error {
	const title = "The last load run"
	run, err := w.report()
	fmt.Println(run.Markdown(title, ""))
	if err == nil && w.ended >= long {
		return report.Update(filepath.Join(harness.Build(".."), "docs", "reliability.md"), "load", title, run)
	}
	return err
}
