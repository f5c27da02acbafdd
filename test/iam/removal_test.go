package iam

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"gotest.tools/v3/golden"
)

// TestEveryPartOfEveryStatementIsNeeded changes the policies one part at a time (each statement removed;
// each action, resource and principal left out; each condition dropped; each grant widened) and wants some
// row to turn red. Which ones do is kept in testdata/removals.golden.
func TestEveryPartOfEveryStatementIsNeeded(t *testing.T) {
	t.Parallel()
	type trial struct {
		stage, change string
		questions     []question
	}
	b := newBatch()
	var trials []trial
	all := deployments(t)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		for _, m := range newWorld(t, all[name]).mutants() {
			try := trial{stage: name, change: m.change}
			for _, r := range rowsFor(all[name].Stage) {
				if m.reaches(r) {
					try.questions = append(try.questions, question{name, r, b.ask(m.request(b, r))})
				}
			}
			trials = append(trials, try)
		}
	}
	results, _ := b.run(t)
	var found removals
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
		found.add(try.stage, try.change, red)
	}
	golden.Assert(t, found.String(), "removals.golden")
}

// removals are the changes that were tried and the rows that they turned red; stages in which the same
// change does the same stand in one entry.
type removals []removal

type removal struct {
	text   string
	stages []string
}

func (list *removals) add(stage, change string, red []string) {
	const most = 3 // a dropped condition can refuse nearly every row
	more := ""
	if len(red) > most+1 {
		more = fmt.Sprintf("\tand %d more\n", len(red)-most)
		red = red[:most]
	}
	text := change + "\n\t" + strings.Join(red, "\n\t") + "\n" + more
	if i := slices.IndexFunc(*list, func(r removal) bool { return r.text == text }); i >= 0 {
		(*list)[i].stages = append((*list)[i].stages, stage)
		return
	}
	*list = append(*list, removal{text, []string{stage}})
}

func (list removals) String() string {
	var all strings.Builder
	for _, r := range list {
		fmt.Fprintf(&all, "%s: %s", strings.Join(r.stages, ", "), r.text)
	}
	return all.String()
}
