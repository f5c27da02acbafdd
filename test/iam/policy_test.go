package iam

import (
	"encoding/json"
	"slices"
	"strconv"
)

// policy is an IAM policy document as decoded JSON, without intrinsic functions.
type policy map[string]any

// statements returns the policy's statements, to look at or to change.
func (p policy) statements() []map[string]any {
	var found []map[string]any
	for _, s := range list(p["Statement"]) {
		found = append(found, s.(map[string]any))
	}
	return found
}

// without returns a copy of the policy that lacks the statements with these Sids.
func (p policy) without(sids ...string) policy {
	kept := []any{}
	for i, s := range p.statements() {
		if !slices.Contains(sids, sid(s, i)) {
			kept = append(kept, s)
		}
	}
	return policy{"Version": p["Version"], "Statement": kept}
}

// with returns a copy of the policy that has one statement more.
func (p policy) with(statement map[string]any) policy {
	more := []any{statement}
	for _, s := range p.statements() {
		more = append(more, s)
	}
	return policy{"Version": p["Version"], "Statement": more}
}

// copy shares nothing with the policy.
func (p policy) copy() policy {
	text, err := json.Marshal(p)
	if err != nil {
		panic(err) // it was decoded from JSON
	}
	var c policy
	if err := json.Unmarshal(text, &c); err != nil {
		panic(err)
	}
	return c
}

// sid names a statement as the evaluator does: by its number, from 1, if it has no Sid.
func sid(statement map[string]any, index int) string {
	if s, ok := statement["Sid"].(string); ok {
		return s
	}
	return "#" + strconv.Itoa(index+1)
}

// list makes a value that a policy may write as one or as many into many.
func list(value any) []any {
	switch v := value.(type) {
	case nil:
		return nil
	case []any:
		return v
	default:
		return []any{v}
	}
}
