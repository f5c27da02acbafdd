package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
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
		How: fmt.Sprintf("%v with %d users, who also attack; %v actions begin in a second, even if earlier ones are not done; seed %d. "+
			"Times are measured from when an action was due. They are for information.", w.ended.Round(time.Second), w.options.users, w.options.rate, w.options.seed),
		Tables: []report.Table{w.actionTable(), w.processTable()},
		Notes: []string{
			fmt.Sprintf("%d objects were downloaded and compared by their SHA-256, some more than once; %d were removed after that, %d were left at the end.",
				compared, r.removed.Load(), left),
			fmt.Sprintf("%d rows of the attack table, each with its expected answer. %d refusals and %d lines of output were searched for secrets. "+
				"%d requests were throttled or met a taken key, and the clients sent them again.",
				r.attacks.Load(), r.refusals.Load(), w.search.Lines(), r.sentAgain.Load()),
			fmt.Sprintf("The local run used %.2f of a core, without its functions; there were %d function processes.", w.cores, len(w.functions)),
			fmt.Sprintf("Flat means: the median of the last %.0f %% of the run is compared with that of the second %.0f %%, because the first warms up. "+
				"The table has the bounds.", 100*share(w.ended), 100*share(w.ended)),
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
	t := report.Table{Head: "action", Columns: []report.Column{
		{Name: "done"}, {Name: "wrong"}, {Name: "p50", Unit: "ms", Digits: 1}, {Name: "p99", Unit: "ms", Digits: 1},
	}}
	for _, a := range (&user{}).actions() {
		k := w.results.of(a.Name)
		values := map[string]float64{"done": float64(len(k.milliseconds)), "wrong": float64(k.wrong)}
		if len(k.milliseconds) > 0 {
			values["p50"], values["p99"] = measure.Median(k.milliseconds), measure.Percentile(k.milliseconds, 99)
		}
		t.Rows = append(t.Rows, report.Row{Name: a.Name, Values: values})
	}
	return t
}

// processTable shows the medians of the second, the middle and the last part of the run, and the maximum.
func (w *world) processTable() report.Table {
	t := report.Table{Head: "of the stack's processes", Columns: []report.Column{
		{Name: "start", Digits: 1}, {Name: "middle", Digits: 1}, {Name: "end", Digits: 1}, {Name: "most", Digits: 1},
	}}
	part := time.Duration(share(w.ended) * float64(w.ended))
	for _, q := range shown() {
		row := report.Row{Name: q.name, Values: map[string]float64{}}
		for name, from := range map[string]time.Duration{"start": part, "middle": (w.ended - part) / 2, "end": w.ended - part} {
			if list := values(q, w.samples, from, from+part); len(list) > 0 {
				row.Values[name] = measure.Median(list)
			}
		}
		if all := values(q, w.samples, 0, math.MaxInt64); len(all) > 0 {
			row.Values["most"] = slices.Max(all)
		}
		if q.unit != "" {
			row.Name += ", " + q.unit
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// shown has the quantities that are checked, and others for information.
func shown() []quantity {
	return append(quantities(),
		quantity{name: "threads of the local run", of: func(s sample) float64 { return s.Local.Threads }},
		quantity{name: "function processes", of: func(s sample) float64 { return float64(len(s.Functions)) }},
		quantity{name: "memory of all processes together", unit: "MiB", of: func(s sample) float64 {
			total := s.Local.Resident
			for _, f := range s.Functions {
				total += f.Resident
			}
			return total
		}})
}

// publish prints a run and writes it to files. It fails if anything was wrong or grew.
func publish(o options, run outcome) error {
	const title = "The last run"
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
	if failed == nil && run.Seconds >= o.writeFrom.Seconds() {
		return report.Update(filepath.Join(o.root, "docs", "load.md"), "load", title, run.Run)
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
