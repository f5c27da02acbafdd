// Package bucketpolicy evaluates the conditions of a bucket policy's Deny statements against one request.
//
// It exists because the embedded S3 gateway knows neither s3:signatureAge, s3:authType, s3:signatureversion,
// s3:if-none-match, s3:ObjectCreationOperation nor s3:TlsVersion, and those are the keys that our policy stands on.
// Principals, actions and resources are left to the gateway, which matches them exactly: [Policy.Holding] answers
// with the statements whose conditions hold for a request, stripped of those conditions.
//
// Anything that it cannot evaluate exactly is an error when the policy is parsed, never a guess when it is used.
// It imports the standard library only, needs no IAM action, and serves local/objectstore.
package bucketpolicy

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// Policy is a bucket policy whose every condition can be evaluated.
type Policy struct {
	statements []statement
}

type statement struct {
	sid        string
	conditions []condition
	bare       json.RawMessage // the statement without Condition, as the gateway reads it
}

// elements are the statement's elements that the gateway and this package understand together. NotPrincipal,
// NotAction and NotResource are missing on purpose: the gateway ignores them silently.
func elements() []string {
	return []string{"Sid", "Effect", "Principal", "Action", "Resource", "Condition"}
}

// Parse reads a policy document with all intrinsic functions evaluated.
//
// Only Deny statements are taken: with all public access blocked and the account's own roles granted by their own
// policies, an Allow here could only widen what the template's roles say.
func Parse(document map[string]any) (*Policy, error) {
	raw, err := list(document["Statement"])
	if err != nil {
		return nil, fmt.Errorf("bucket policy: %w", err)
	}
	p := &Policy{}
	for i, v := range raw {
		m, ok := v.(map[string]any)
		if !ok {
			return nil, fmt.Errorf("bucket policy: statement %d: got %v, want an object", i+1, v)
		}
		s, err := parseStatement(m)
		if err != nil {
			return nil, fmt.Errorf("bucket policy: statement %d %q: %w", i+1, m["Sid"], err)
		}
		p.statements = append(p.statements, s)
	}
	return p, nil
}

func parseStatement(m map[string]any) (statement, error) {
	for _, name := range slices.Sorted(maps.Keys(m)) {
		if !slices.Contains(elements(), name) {
			return statement{}, fmt.Errorf("element %s not modelled by the local run, want one of %v", name, elements())
		}
	}
	if m["Effect"] != "Deny" {
		return statement{}, fmt.Errorf("effect %v not modelled by the local run, want Deny", m["Effect"])
	}
	conditions, err := parseConditions(m["Condition"])
	if err != nil {
		return statement{}, err
	}
	bare := maps.Clone(m)
	delete(bare, "Condition")
	data, err := json.Marshal(bare)
	if err != nil {
		return statement{}, err
	}
	sid, _ := m["Sid"].(string)
	return statement{sid: sid, conditions: conditions, bare: data}, nil
}

// Holding returns a policy document of the statements whose conditions all hold in c, without those conditions.
// The list may be empty, and the document is valid all the same.
func (p *Policy) Holding(c Context) ([]byte, error) {
	holding := []json.RawMessage{}
	for _, s := range p.statements {
		if s.holds(c) {
			holding = append(holding, s.bare)
		}
	}
	return json.Marshal(map[string]any{"Version": "2012-10-17", "Statement": holding})
}

// Using returns the Sids of the statements that have a condition on the key.
func (p *Policy) Using(key string) []string {
	var sids []string
	for _, s := range p.statements {
		if slices.ContainsFunc(s.conditions, func(c condition) bool { return c.key == key }) {
			sids = append(sids, s.sid)
		}
	}
	return sids
}

// Without returns the policy less the statements that have a condition on one of the keys.
func (p *Policy) Without(keys ...string) *Policy {
	return &Policy{statements: slices.DeleteFunc(slices.Clone(p.statements), func(s statement) bool {
		return slices.ContainsFunc(s.conditions, func(c condition) bool { return slices.Contains(keys, c.key) })
	})}
}

// holds reports whether every condition holds: conditions of a statement are joined by AND.
func (s statement) holds(c Context) bool {
	for _, cond := range s.conditions {
		if !cond.holds(c) {
			return false
		}
	}
	return true
}

// list gives a JSON value that may be single or a list as a list.
func list(v any) ([]any, error) {
	switch v := v.(type) {
	case nil:
		return nil, fmt.Errorf("no statement")
	case []any:
		return v, nil
	default:
		return []any{v}, nil
	}
}
