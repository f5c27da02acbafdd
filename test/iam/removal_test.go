package iam

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"gotest.tools/v3/golden"
)

// trial is one change of the policies, and the rows that it can turn red.
type trial struct {
	stage, change string
	questions     []question
}

// TestEveryPartOfEveryStatementIsNeeded changes the policies one part at a time (each statement removed;
// each action, resource and principal left out; each condition dropped; each grant widened) and requires some
// row to turn red. Which ones do is kept in testdata/removals.golden.
func TestEveryPartOfEveryStatementIsNeeded(t *testing.T) {
	long(t)
	t.Parallel()
	b := newBatch()
	trials := b.trials(t)
	results, _ := b.run(t)
	var report removals
	for _, try := range trials {
		var red []string
		for _, q := range try.questions {
			if got := results[q.result]; got.Error == "" && got.String() != q.expected() {
				red = append(red, q.name()+": "+got.String())
			}
		}
		if len(red) == 0 {
			t.Errorf("%s: %s: no row turns red", try.stage, try.change)
		}
		report.add(try.change, red)
	}
	golden.Assert(t, report.String(), "removals.golden")
}

// trials makes the mutants of each stage. A statement that two stages share is tried in the first of them.
func (b *batch) trials(t *testing.T) []trial {
	t.Helper()
	var found []trial
	tried := map[string]bool{}
	all := deployments(t)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		for _, e := range newWorld(t, all[name]).edits() {
			statement, err := json.Marshal(e.statement())
			if err != nil {
				t.Fatal(err)
			}
			id := e.ref.String() + string(statement)
			if tried[id] {
				continue
			}
			tried[id] = true
			for _, m := range e.mutants() {
				found = append(found, trial{name, m.change, b.questions(name, m, rowsFor(all[name].Stage))})
			}
		}
	}
	return found
}

// questions asks a mutant about the rows whose result it can change.
func (b *batch) questions(stage string, m mutant, rows []row) []question {
	var found []question
	for _, r := range rows {
		if m.reaches(r) {
			found = append(found, question{stage, r, b.ask(m.request(b, r))})
		}
	}
	return found
}

// In each stage each statement needs a row that names it; otherwise no row fails without the statement.
func TestEveryStatementIsNamedByARow(t *testing.T) {
	for name, d := range deployments(t) {
		rows := rowsFor(d.Stage)
		for _, e := range newWorld(t, d).edits() {
			if !slices.ContainsFunc(rows, func(r row) bool { return r.judgedBy(e.ref) && r.decidedBy(e.sid()) }) {
				t.Errorf("%s: %s: no row is decided by %s", name, e.ref, e.sid())
			}
		}
	}
}

// removals are the changes that were tried, in order, and the rows that they turned red in some stage.
type removals []removal

type removal struct {
	change string
	red    []string
}

func (list *removals) add(change string, red []string) {
	i := slices.IndexFunc(*list, func(r removal) bool { return r.change == change })
	if i < 0 {
		i = len(*list)
		*list = append(*list, removal{change: change})
	}
	r := &(*list)[i]
	for _, line := range red {
		if !slices.Contains(r.red, line) {
			r.red = append(r.red, line)
		}
	}
}

func (list removals) String() string {
	const most = 3 // a dropped condition can refuse nearly every row
	var all strings.Builder
	for _, r := range list {
		red, more := r.red, 0
		if len(red) > most+1 {
			red, more = red[:most], len(red)-most
		}
		fmt.Fprintf(&all, "%s\n\t%s\n", r.change, strings.Join(red, "\n\t"))
		if more > 0 {
			fmt.Fprintf(&all, "\tand %d more\n", more)
		}
	}
	return all.String()
}
