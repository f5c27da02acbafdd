package iam

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"example.com/presigned/infra/stage"
)

// rowsFor has the rows for a stage.
func rowsFor(s stage.Stage) []row {
	return slices.DeleteFunc(rows(), func(r row) bool { return r.when != nil && !r.when(s) })
}

// question is a row that is evaluated in one world. result is the index of the evaluator's result.
type question struct {
	stage string
	row
	result int
}

func TestEveryRowHolds(t *testing.T) {
	t.Parallel()
	b := newBatch()
	var questions []question
	all, held, names := deployments(t), map[string]bool{}, map[string]bool{}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		w := newWorld(t, all[name])
		for _, r := range rowsFor(all[name].Stage) {
			questions = append(questions, question{name, r, b.ask(w.request(b, r))})
			held[r.name()] = true
		}
	}
	for _, r := range rows() {
		if names[r.name()] || !held[r.name()] {
			t.Errorf("%s: want one row of this name, and a golden template with the options that it is for", r.name())
		}
		names[r.name()] = true
	}
	results, _ := b.run(t)
	for _, q := range questions {
		if got := results[q.result].String(); got != q.expected() {
			t.Errorf("%s: %s (%s on %s)\n got %s\nwant %s: %s", q.stage, q.name(), q.action, q.on, got, q.expected(), q.guard)
		}
	}
}

// A row that is refused for another reason than its guard proves nothing. So each refused request must be allowed if the
// statements that the row names are removed and the action is granted.
func TestEveryRowTurnsRedWithoutItsGuard(t *testing.T) {
	long(t)
	t.Parallel()
	b := newBatch()
	var granted []question
	all := deployments(t)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		for _, r := range rowsFor(all[name].Stage) {
			if r.want == refused {
				w := newWorld(t, all[name]).without(r, strings.Fields(r.by)...).granting(r)
				granted = append(granted, question{name, r, b.ask(w.request(b, r))})
			}
		}
	}
	results, _ := b.run(t)
	for _, q := range granted {
		if got := results[q.result]; got.Verdict != "Allowed" {
			t.Errorf("%s: %s: without %q and with the action granted still %s", q.stage, q.name(), q.by, got)
		}
	}
}

// without returns a world that lacks the named statements in the policies that apply to the row.
func (w world) without(r row, sids ...string) world {
	for _, ref := range []policyRef{{identity: true, of: r.caller}, {of: owner(r.on)}} {
		if p := w.policy(ref); p != nil {
			w = w.with(ref, p.without(sids...))
		}
	}
	return w
}

// granting returns a world in which the row's request is allowed. The role's policy allows it if the caller is
// a role of the account that doesn't assume another role. Otherwise the resource's policy allows it, also to
// the public.
func (w world) granting(r row) world {
	statement := map[string]any{"Sid": "Granted", "Effect": "Allow", "Action": r.action}
	asks := policyRef{identity: true, of: r.caller}
	if w.policy(asks) != nil && r.caller != otherAccountRole && r.action != "sts:AssumeRole" {
		statement["Resource"] = r.on
		return w.with(asks, w.policy(asks).with(statement))
	}
	w.publicBlocked = false
	owns := policyRef{of: owner(r.on)}
	statement["Principal"] = map[string]any{"AWS": "*"}
	if strings.HasSuffix(r.caller, ".amazonaws.com") {
		statement["Principal"] = map[string]any{"Service": r.caller}
	}
	if r.action != "sts:AssumeRole" { // a trust policy names no resource
		statement["Resource"] = r.on
	}
	return w.with(owns, w.policy(owns).with(statement))
}
