package bucketpolicy

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// condition is one key of a Condition block under one operator: it holds if any of its values matches (or, for a
// negated operator, if none does).
type condition struct {
	operator string // without IfExists
	ifExists bool
	key      string // as spelled by keys
	values   []string
	match    func(have, want string) bool
	negated  bool
}

// operators are those that can be evaluated exactly, with their comparison. Negated operators compare as their
// positive twin does; a negated one holds if the key is absent.
func operators() map[string]comparison {
	return map[string]comparison{
		"Null":                     {}, // see holds
		"Bool":                     {match: strings.EqualFold},
		"StringEquals":             {match: equal},
		"StringNotEquals":          {match: equal, negated: true},
		"StringLike":               {match: like},
		"StringNotLike":            {match: like, negated: true},
		"ArnEquals":                {match: arnLike},
		"ArnLike":                  {match: arnLike},
		"ArnNotEquals":             {match: arnLike, negated: true},
		"ArnNotLike":               {match: arnLike, negated: true},
		"NumericEquals":            {match: numeric(func(h, w float64) bool { return h == w })},
		"NumericLessThan":          {match: numeric(func(h, w float64) bool { return h < w })},
		"NumericLessThanEquals":    {match: numeric(func(h, w float64) bool { return h <= w })},
		"NumericGreaterThan":       {match: numeric(func(h, w float64) bool { return h > w })},
		"NumericGreaterThanEquals": {match: numeric(func(h, w float64) bool { return h >= w })},
	}
}

type comparison struct {
	match   func(have, want string) bool
	negated bool
}

func parseConditions(v any) ([]condition, error) {
	if v == nil {
		return nil, nil
	}
	block, ok := v.(map[string]any)
	if !ok {
		return nil, fmt.Errorf("condition: got %v, want an object", v)
	}
	var conditions []condition
	for _, operator := range slices.Sorted(maps.Keys(block)) {
		byKey, ok := block[operator].(map[string]any)
		if !ok {
			return nil, fmt.Errorf("condition %s: got %v, want an object", operator, block[operator])
		}
		for _, key := range slices.Sorted(maps.Keys(byKey)) {
			c, err := parseCondition(operator, key, byKey[key])
			if err != nil {
				return nil, err
			}
			conditions = append(conditions, c)
		}
	}
	return conditions, nil
}

func parseCondition(operator, key string, values any) (condition, error) {
	name, ifExists := strings.CutSuffix(operator, "IfExists")
	op, ok := operators()[name]
	if !ok || name == "Null" && ifExists {
		return condition{}, fmt.Errorf("condition operator %s not modelled by the local run", operator)
	}
	// Key names are case-insensitive.
	i := slices.IndexFunc(keys(), func(k string) bool { return strings.EqualFold(k, key) })
	if i < 0 {
		return condition{}, fmt.Errorf("condition key %s not modelled by the local run", key)
	}
	c := condition{operator: name, ifExists: ifExists, key: keys()[i], match: op.match, negated: op.negated}
	items, err := list(values)
	if err != nil || len(items) == 0 {
		return condition{}, fmt.Errorf("condition %s %s: no value", operator, key)
	}
	for _, item := range items {
		value := fmt.Sprint(item)
		if n, ok := item.(float64); ok {
			value = strconv.FormatFloat(n, 'f', -1, 64)
		}
		if strings.Contains(value, "${") {
			return condition{}, fmt.Errorf("condition %s %s: policy variable in %q not modelled by the local run", operator, key, value)
		}
		if err := checkValue(name, value); err != nil {
			return condition{}, fmt.Errorf("condition %s %s: %w", operator, key, err)
		}
		c.values = append(c.values, value)
	}
	return c, nil
}

// checkValue refuses values that could never match, which a policy writer did not mean.
func checkValue(operator, value string) error {
	switch {
	case strings.HasPrefix(operator, "Numeric"):
		if _, err := strconv.ParseFloat(value, 64); err != nil {
			return fmt.Errorf("got %q, want a number", value)
		}
	case operator == "Bool", operator == "Null":
		if value != "true" && value != "false" {
			return fmt.Errorf("got %q, want true or false", value)
		}
	}
	return nil
}

func (c condition) holds(ctx Context) bool {
	have, present := ctx[c.key]
	if c.operator == "Null" {
		return slices.Contains(c.values, strconv.FormatBool(!present))
	}
	if !present {
		return c.negated || c.ifExists
	}
	matches := slices.ContainsFunc(c.values, func(want string) bool { return c.match(have, want) })
	return matches != c.negated
}

func equal(have, want string) bool { return have == want }

// numeric compares as numbers. A value in the request that is no number matches nothing.
func numeric(compare func(have, want float64) bool) func(have, want string) bool {
	return func(have, want string) bool {
		h, errHave := strconv.ParseFloat(have, 64)
		w, errWant := strconv.ParseFloat(want, 64)
		return errHave == nil && errWant == nil && compare(h, w)
	}
}

// arnLike compares the six parts of an ARN one by one, so that a wildcard does not reach across a colon.
func arnLike(have, pattern string) bool {
	const parts = 6
	h, p := strings.SplitN(have, ":", parts), strings.SplitN(pattern, ":", parts)
	if len(h) != parts || len(p) != parts {
		return false
	}
	for i := range p {
		if !like(h[i], p[i]) {
			return false
		}
	}
	return true
}

// like matches * (any run) and ? (any one character).
func like(have, pattern string) bool {
	if pattern == "" {
		return have == ""
	}
	if pattern[0] == '*' {
		for i := 0; i <= len(have); i++ {
			if like(have[i:], pattern[1:]) {
				return true
			}
		}
		return false
	}
	return have != "" && (pattern[0] == '?' || pattern[0] == have[0]) && like(have[1:], pattern[1:])
}
