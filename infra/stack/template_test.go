package stack_test

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"testing"
)

// template is the part of a CloudFormation template that the tests ask about.
type template struct {
	Resources map[string]resource
	Outputs   map[string]struct{ Value, Export any }
}

type resource struct {
	id         string
	Type       string
	Properties map[string]any // and the deletion policy
}

// UnmarshalJSON implements json.Unmarshaler.
func (r *resource) UnmarshalJSON(document []byte) error {
	var all struct {
		Type, DeletionPolicy string
		Properties           map[string]any
	}
	err := json.Unmarshal(document, &all)
	if all.Properties == nil {
		all.Properties = map[string]any{}
	}
	if all.DeletionPolicy != "" {
		all.Properties["DeletionPolicy"] = all.DeletionPolicy
	}
	r.Type, r.Properties = all.Type, all.Properties
	return err
}

// ofType returns the resources of a type by logical ID. "Output" is a type too.
func (t template) ofType(typ string) []resource {
	var found []resource
	if typ == "Output" {
		for _, id := range slices.Sorted(maps.Keys(t.Outputs)) {
			found = append(found, resource{id, typ, map[string]any{"Value": t.Outputs[id].Value}})
		}
	}
	for _, id := range slices.Sorted(maps.Keys(t.Resources)) {
		if r := t.Resources[id]; r.Type == typ {
			r.id = id
			found = append(found, r)
		}
	}
	return found
}

// at follows keys and indices; nil where one is missing.
func at(value any, keys ...string) any {
	for _, key := range keys {
		switch v := value.(type) {
		case map[string]any:
			value = v[key]
		case []any:
			i, err := strconv.Atoi(key)
			if err != nil || i >= len(v) {
				return nil
			}
			value = v[i]
		default:
			return nil
		}
	}
	return value
}

// list makes a value that CloudFormation lets be one or many into many.
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

// text is a value as JSON, to compare and to print.
func text(tb testing.TB, value any) string {
	tb.Helper()
	encoded, err := json.Marshal(value)
	if err != nil {
		tb.Fatal(err)
	}
	return string(encoded)
}
