package iam

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"gotest.tools/v3/golden"
)

// mutant is a world in which one thing about one policy is wrong.
type mutant struct {
	change string
	policyRef
	sid string
	// narrows says that the statement then matches less: only rows that it decides can change. Otherwise
	// it matches more, and only the others can.
	narrows bool
	world
}

// TestEveryPartOfEveryStatementIsNeeded changes the policies one part at a time (each statement removed;
// each action, resource and principal left out; each condition dropped; each grant widened) and wants some
// row to turn red. Which ones do is kept in testdata/removals.golden.
func TestEveryPartOfEveryStatementIsNeeded(t *testing.T) {
	t.Parallel()
	b := newBatch()
	var report strings.Builder
	all := deployments(t)
	type trial struct {
		mutant
		stage     string
		questions []question
	}
	var trials []trial
	for _, name := range slices.Sorted(maps.Keys(all)) {
		for _, m := range newWorld(t, all[name]).mutants() {
			try := trial{mutant: m, stage: name}
			for _, r := range rowsFor(all[name].Stage) {
				if r.judgedBy(m.policyRef) && r.decidedBy(m.sid) == m.narrows {
					try.questions = append(try.questions, question{name, r, b.ask(m.request(b, r))})
				}
			}
			trials = append(trials, try)
		}
	}
	results, _ := b.run(t)
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
		writeTrial(&report, try.stage, try.change, red)
	}
	golden.Assert(t, report.String(), "removals.golden")
}

// writeTrial lists all the rows that a removal turns red, and of a wider change the first.
func writeTrial(report *strings.Builder, stage, change string, red []string) {
	fmt.Fprintf(report, "%s: %s\n", stage, change)
	const most = 3 // a dropped condition refuses nearly every row
	for i, line := range red {
		if i == most && len(red) > most+1 {
			fmt.Fprintf(report, "\tand %d more\n", len(red)-most)
			return
		}
		fmt.Fprintf(report, "\t%s\n", line)
	}
}

// policies names the template's policies, in stable order: not those that we gave the other callers.
func (w world) policies() []policyRef {
	var refs []policyRef
	for _, caller := range []string{uploadSigner, downloadSigner} {
		if _, ok := w.identity[caller]; ok {
			refs = append(refs, policyRef{identity: true, of: caller})
		}
	}
	for _, arn := range slices.Sorted(maps.Keys(w.resource)) {
		refs = append(refs, policyRef{of: arn})
	}
	return refs
}

func (ref policyRef) String() string {
	switch {
	case ref.identity:
		return callerName(ref.of) + "'s policy"
	case ref.of == bucket:
		return "bucket policy"
	default:
		return "trust of " + ref.of[strings.LastIndex(ref.of, "/")+1:]
	}
}

func (w world) mutants() []mutant {
	var found []mutant
	for _, ref := range w.policies() {
		for i, s := range w.policy(ref).statements() {
			id := sid(s, i)
			add := func(narrows bool, p policy, format string, args ...any) {
				change := fmt.Sprintf("%s, %s: %s", ref, id, fmt.Sprintf(format, args...))
				found = append(found, mutant{change, ref, id, narrows, w.with(ref, p)})
			}
			add(true, w.policy(ref).without(id), "removed")
			w.shorten(ref, i, add)
			w.unconditional(ref, i, add)
			w.widen(ref, i, add)
		}
	}
	return found
}

type adder func(narrows bool, p policy, format string, args ...any)

// shorten leaves out one action, resource or principal at a time.
func (w world) shorten(ref policyRef, i int, add adder) {
	for _, part := range []string{"Action", "Resource", "Principal"} {
		holder := func(p policy) (map[string]any, string) { return p.statements()[i], part }
		if part == "Principal" {
			holder = func(p policy) (map[string]any, string) {
				principal, _ := p.statements()[i]["Principal"].(map[string]any)
				return principal, "AWS"
			}
		}
		object, key := holder(w.policy(ref))
		for j, left := range list(object[key]) {
			if len(list(object[key])) == 1 {
				continue // leaving out the only one is removing the statement
			}
			p := w.policy(ref).copy()
			object, key := holder(p)
			object[key] = slices.Delete(list(object[key]), j, j+1)
			add(true, p, "%s without %v", part, left)
		}
	}
}

// unconditional drops one condition at a time.
func (w world) unconditional(ref policyRef, i int, add adder) {
	conditions, _ := w.policy(ref).statements()[i]["Condition"].(map[string]any)
	for _, operator := range slices.Sorted(maps.Keys(conditions)) {
		for _, key := range slices.Sorted(maps.Keys(conditions[operator].(map[string]any))) {
			p := w.policy(ref).copy()
			delete(p.statements()[i]["Condition"].(map[string]any)[operator].(map[string]any), key)
			add(false, p, "without the condition %s %s", operator, key)
		}
	}
}

// widen makes a grant reach further: every action of the service, every resource, every principal.
func (w world) widen(ref policyRef, i int, add adder) {
	s := w.policy(ref).statements()[i]
	if s["Effect"] != "Allow" {
		return
	}
	wider := map[string]any{"Resource": "*", "Principal": map[string]any{"AWS": "*"}}
	if ref.identity {
		service, _, _ := strings.Cut(fmt.Sprint(list(s["Action"])[0]), ":")
		wider["Action"] = service + ":*"
	}
	for _, part := range slices.Sorted(maps.Keys(wider)) {
		if s[part] == nil || s[part] == "*" {
			continue
		}
		p := w.policy(ref).copy()
		p.statements()[i][part] = wider[part]
		add(false, p, "%s widened to %v", part, wider[part])
	}
}
