package iam

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// mutant is a world in which one part of one statement is changed.
type mutant struct {
	change string
	world
	reaches func(row) bool // reports whether it can change the row's result
}

// edit is one statement of a world, which mutants change.
type edit struct {
	world
	ref   policyRef
	index int
}

// edits has each statement of each of the template's policies.
func (w world) edits() []edit {
	var found []edit
	for _, ref := range w.policies() {
		for i := range w.policy(ref).statements() {
			found = append(found, edit{w, ref, i})
		}
	}
	return found
}

// mutants changes the statement one part at a time.
func (e edit) mutants() []mutant {
	removed := e.mutant("removed", e.policy(e.ref).without(e.sid()), e.decides)
	found := slices.Concat([]mutant{removed}, e.shorter(), e.unconditional())
	if e.statement()["Effect"] == "Allow" {
		found = append(found, e.wider()...)
	}
	return found
}

func (e edit) statement() map[string]any { return e.policy(e.ref).statements()[e.index] }

func (e edit) sid() string { return sid(e.statement(), e.index) }

func (e edit) mutant(change string, p policy, reaches func(row) bool) mutant {
	judged := func(r row) bool { return r.judgedBy(e.ref) && reaches(r) }
	return mutant{fmt.Sprintf("%s, %s: %s", e.ref, e.sid(), change), e.with(e.ref, p), judged}
}

// decides reports whether the row's result can change if the statement matches fewer requests.
func (e edit) decides(r row) bool { return r.decidedBy(e.sid()) }

// undecided reports whether the row's result can change if the statement matches more requests of its
// service. A Deny can change rows that are allowed, an Allow those that no statement refuses.
func (e edit) undecided(r row) bool {
	if !strings.HasPrefix(r.action, e.service()+":") {
		return false
	}
	if e.statement()["Effect"] == "Deny" {
		return r.want == allowed
	}
	return r.want == refused && r.by == ""
}

// service is the prefix of the statement's actions. All actions of a statement have the same one.
func (e edit) service() string {
	service, _, _ := strings.Cut(fmt.Sprint(list(e.statement()["Action"])[0]), ":")
	return service
}

// shorter leaves out one action, resource, principal or value of a condition at a time.
func (e edit) shorter() []mutant {
	paths := [][]string{{"Action"}, {"Resource"}, {"Principal", "AWS"}}
	conditions, _ := e.statement()["Condition"].(map[string]any)
	for _, operator := range slices.Sorted(maps.Keys(conditions)) {
		for _, key := range slices.Sorted(maps.Keys(conditions[operator].(map[string]any))) {
			paths = append(paths, []string{"Condition", operator, key})
		}
	}
	var found []mutant
	for _, path := range paths {
		values := list(at(e.statement(), path...))
		if len(values) < 2 {
			continue // without its only value the statement is as good as removed
		}
		for i, value := range values {
			p := e.policy(e.ref).copy()
			parent := at(p.statements()[e.index], path[:len(path)-1]...).(map[string]any)
			key := path[len(path)-1]
			parent[key] = slices.Delete(list(parent[key]), i, i+1)
			found = append(found, e.mutant(fmt.Sprintf("%s without %v", strings.Join(path, " "), value), p, e.decides))
		}
	}
	return found
}

// unconditional drops one condition at a time.
func (e edit) unconditional() []mutant {
	var found []mutant
	conditions, _ := e.statement()["Condition"].(map[string]any)
	for _, operator := range slices.Sorted(maps.Keys(conditions)) {
		for _, key := range slices.Sorted(maps.Keys(conditions[operator].(map[string]any))) {
			p := e.policy(e.ref).copy()
			delete(at(p.statements()[e.index], "Condition", operator).(map[string]any), key)
			found = append(found, e.mutant(fmt.Sprintf("without the condition %s %s", operator, key), p, e.undecided))
		}
	}
	return found
}

// wider grants more: every action of the service, every resource, every principal.
func (e edit) wider() []mutant {
	var found []mutant
	for _, part := range []struct {
		name string
		all  any
	}{{"Action", e.service() + ":*"}, {"Resource", "*"}, {"Principal", map[string]any{"AWS": "*"}}} {
		old := e.statement()[part.name]
		if old == nil || reflect.DeepEqual(old, part.all) || e.ref.trusts() && part.name == "Action" {
			continue // sts:* is no wider, because a trust policy allows nothing else
		}
		p := e.policy(e.ref).copy()
		p.statements()[e.index][part.name] = part.all
		found = append(found, e.mutant(part.name+" widened to all", p, e.undecided))
	}
	return found
}

// at follows keys through nested objects; nil where one is missing.
func at(value any, keys ...string) any {
	for _, key := range keys {
		object, ok := value.(map[string]any)
		if !ok {
			return nil
		}
		value = object[key]
	}
	return value
}
