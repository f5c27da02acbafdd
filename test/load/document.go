package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"example.com/presigned/test/bench/report"
	"example.com/presigned/test/measure"
)

// outcome is the result of a run, as it is written to a file.
type outcome struct {
	report.Run
	Seconds float64
	Seed    uint64
	Errors  []string
	Samples []sample
}

func (w *world) outcome() outcome {
	r := &w.results
	compared, left := 0, 0
	for _, u := range w.users {
		compared += u.Compared()
		left += len(u.Objects())
	}
	run := report.Run{
		Versions: []string{measure.Output("go", "env", "GOVERSION")},
		How: fmt.Sprintf("%v with %d users, who also attack; %v actions begin in a second, even if earlier ones are not done; seed %d.",
			w.ended.Round(time.Second), w.options.users, w.options.rate, w.options.seed),
		Tables: []report.Table{w.actionTable()},
		Notes: []string{
			fmt.Sprintf("%d objects were downloaded and compared by their SHA-256, some more than once; %d were removed after that, %d were left at the end.",
				compared, r.removed.Load(), left),
			fmt.Sprintf("%d rows of the attack table, each with its expected answer. %d refusals and %d lines of output were searched for secrets. "+
				"%d requests were throttled or met a taken key, and the clients sent them again.",
				r.attacks.Load(), r.refusals.Load(), w.search.Lines(), r.sentAgain.Load()),
		},
	}
	run.Targets = append(run.Targets, report.Target{Text: "no wrong answer", Got: float64(len(r.errors))})
	for _, q := range quantities() {
		target, err := flat(q, w.samples, w.ended)
		if err != nil {
			r.wrong("the comparison", err)
			continue
		}
		run.Targets = append(run.Targets, target)
	}
	return outcome{Run: run, Seconds: w.ended.Seconds(), Seed: w.options.seed, Errors: r.errors, Samples: w.samples}
}

func (w *world) actionTable() report.Table {
	t := report.Table{Head: "action", Columns: []report.Column{{Name: "done"}, {Name: "wrong"}}}
	for _, a := range (&user{}).actions() {
		k := w.results.kinds[a.Name]
		t.Rows = append(t.Rows, report.Row{Name: a.Name, Values: map[string]float64{"done": float64(k.done), "wrong": float64(k.wrong)}})
	}
	return t
}

// publish prints a run and writes it to files, a long one into docs/reliability.md too. It fails if anything was wrong or grew.
func publish(o options, run outcome) error {
	const title = "The last load run"
	fmt.Println(run.Markdown(title, ""))
	encoded, err := json.MarshalIndent(run, "", " ")
	if err != nil {
		return err
	}
	path := filepath.Join(o.root, "build", "load", "result.json")
	if err := os.WriteFile(path, append(encoded, '\n'), 0o644); err != nil { // readable by everybody, because it has no secret
		return err
	}
	fmt.Fprintln(os.Stderr, "load: the result with its samples is in", path)
	failed := run.failures()
	if failed == nil && run.Seconds >= long.Seconds() {
		return report.Update(filepath.Join(o.root, "docs", "reliability.md"), "load", title, run.Run)
	}
	return failed
}

// failures has the missed targets with their values, and what was wrong.
func (run outcome) failures() error {
	var failed []error
	for _, t := range run.Targets {
		if !t.Met() {
			failed = append(failed, fmt.Errorf("%s: got %.1f %s", t.Text, t.Got, t.Unit))
		}
	}
	if len(run.Targets) != 1+len(quantities()) {
		failed = append(failed, errors.New("the run was too short to compare its parts"))
	}
	for _, text := range run.Errors[:min(len(run.Errors), mostErrors)] {
		failed = append(failed, errors.New(text))
	}
	return errors.Join(failed...)
}
