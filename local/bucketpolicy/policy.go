// Package bucketpolicy evaluates the conditions of a bucket policy's Deny statements against one request.
//
// It exists because the embedded S3 gateway knows neither s3:signatureAge, s3:authType, s3:signatureversion,
// s3:if-none-match, s3:ObjectCreationOperation nor s3:TlsVersion, and our policy relies on those keys. Principals, actions
// and resources are left to the gateway, which matches them exactly: [Policy.Holding] answers with the statements whose
// conditions hold for a request, stripped of those conditions.
//
// Anything that it cannot evaluate exactly is an error when the policy is parsed, never a guess when it is used.
// It imports the standard library only, needs no IAM action, and serves local/objectstore.
package bucketpolicy

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Policy is a bucket policy whose every condition can be evaluated.
type Policy struct {
	statements []statement
}

type statement struct {
	conditions []condition
	bare       json.RawMessage // the statement without Condition, as the gateway reads it
}

// condition is one key of a Condition block under one operator.
type condition struct {
	operator, key string
	values        []string // it holds if any of them matches
}

// elements are the statement's elements that the gateway and this package understand together. NotPrincipal,
// NotAction and NotResource are missing on purpose: the gateway ignores them silently.
func elements() []string {
	return []string{"Sid", "Effect", "Principal", "Action", "Resource", "Condition"}
}

// Parse reads a policy document with all intrinsic functions evaluated. Statements about an AWS service, such as S3's log
// delivery, are left out: no service calls the local run.
//
// Only Deny statements are taken: with all public access blocked and the account's own roles granted by their own
// policies, an Allow here could only widen what the template's roles say.
func Parse(document map[string]any) (*Policy, error) {
	p := &Policy{}
	for i, v := range list(document["Statement"]) {
		m, ok := v.(map[string]any)
		if !ok {
			return nil, fmt.Errorf("bucket policy: statement %d: got %v, want an object", i+1, v)
		}
		if principal, _ := m["Principal"].(map[string]any); principal["Service"] != nil {
			continue
		}
		s, err := parseStatement(m)
		if err != nil {
			return nil, fmt.Errorf("bucket policy: statement %d %q: %w", i+1, m["Sid"], err)
		}
		p.statements = append(p.statements, s)
	}
	return p, nil
}

func parseStatement(m map[string]any) (s statement, err error) {
	for _, name := range slices.Sorted(maps.Keys(m)) {
		if !slices.Contains(elements(), name) {
			return s, fmt.Errorf("element %s not modelled by the local run, want one of %v", name, elements())
		}
	}
	if m["Effect"] != "Deny" {
		return s, fmt.Errorf("effect %v not modelled by the local run, want Deny", m["Effect"])
	}
	block, ok := m["Condition"].(map[string]any)
	if !ok && m["Condition"] != nil {
		return s, fmt.Errorf("condition: got %v, want an object", m["Condition"])
	}
	for operator, keys := range block {
		byKey, ok := keys.(map[string]any)
		if !ok {
			return s, fmt.Errorf("condition %s: got %v, want an object", operator, keys)
		}
		for key, values := range byKey {
			c, err := parseCondition(operator, key, list(values))
			if err != nil {
				return s, fmt.Errorf("condition %s %s: %w", operator, key, err)
			}
			s.conditions = append(s.conditions, c)
		}
	}
	bare := maps.Clone(m)
	delete(bare, "Condition")
	s.bare, err = json.Marshal(bare)
	return s, err
}

func parseCondition(operator, key string, values []any) (condition, error) {
	if !slices.Contains([]string{"Null", "Bool", "StringEquals", "StringNotEquals", "ArnEquals", "NumericLessThan", "NumericGreaterThan"}, operator) {
		return condition{}, fmt.Errorf("operator not modelled by the local run")
	}
	if !slices.Contains(knownKeys(), key) {
		return condition{}, fmt.Errorf("key not modelled by the local run")
	}
	c := condition{operator: operator, key: key}
	for _, v := range values {
		value := fmt.Sprint(v)
		if n, ok := v.(float64); ok {
			value = strconv.FormatFloat(n, 'f', -1, 64)
		}
		_, notNumber := strconv.ParseFloat(value, 64)
		switch {
		case strings.Contains(value, "${"), operator == "ArnEquals" && strings.ContainsAny(value, "*?"):
			return c, fmt.Errorf("%q is not modelled by the local run: want no wildcard and no policy variable", value)
		case strings.HasPrefix(operator, "Numeric") && notNumber != nil:
			return c, fmt.Errorf("got %q, want a number", value)
		case (operator == "Bool" || operator == "Null") && value != "true" && value != "false":
			return c, fmt.Errorf("got %q, want true or false", value)
		}
		c.values = append(c.values, value)
	}
	if len(c.values) == 0 {
		return c, fmt.Errorf("no value")
	}
	return c, nil
}

// Holding returns a policy document of the statements whose conditions all hold for a request, without those conditions.
// The list may be empty; the document is valid nevertheless.
func (p *Policy) Holding(r Request) ([]byte, error) {
	ctx := r.context()
	holding := []json.RawMessage{}
	for _, s := range p.statements {
		if !slices.ContainsFunc(s.conditions, func(c condition) bool { return !c.holds(ctx) }) {
			holding = append(holding, s.bare)
		}
	}
	return json.Marshal(map[string]any{"Version": "2012-10-17", "Statement": holding})
}

func (c condition) holds(ctx context) bool {
	have, present := ctx[c.key]
	if c.operator == "Null" {
		return slices.Contains(c.values, strconv.FormatBool(!present))
	}
	if c.operator == "StringNotEquals" { // holds if the key is absent, too
		return !present || !slices.Contains(c.values, have)
	}
	return present && slices.ContainsFunc(c.values, func(want string) bool { return matches(c.operator, have, want) })
}

func matches(operator, have, want string) bool {
	if !strings.HasPrefix(operator, "Numeric") {
		return have == want
	}
	h, err := strconv.ParseFloat(have, 64)
	w, _ := strconv.ParseFloat(want, 64) // parseCondition has seen that it is a number
	if err != nil {
		return false
	}
	return operator == "NumericLessThan" && h < w || operator == "NumericGreaterThan" && h > w
}

// list gives a JSON value that may be single or a list as a list.
func list(v any) []any {
	switch v := v.(type) {
	case nil:
		return nil
	case []any:
		return v
	default:
		return []any{v}
	}
}
