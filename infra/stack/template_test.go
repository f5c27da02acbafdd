package stack_test

import (
	"encoding/json"
	"maps"
	"slices"
	"testing"
)

// template is the part of a CloudFormation template that the tests ask about.
type template struct {
	Resources map[string]resource
	Outputs   map[string]struct{ Value any }
}

type resource struct {
	id             string
	Type           string
	Properties     map[string]any
	DeletionPolicy string
}

// ofType returns the resources of a type by logical ID.
func (t template) ofType(typ string) []resource {
	var found []resource
	for _, id := range slices.Sorted(maps.Keys(t.Resources)) {
		if r := t.Resources[id]; r.Type == typ {
			r.id = id
			found = append(found, r)
		}
	}
	return found
}

// only returns the single resource of a type.
func (t template) only(tb testing.TB, typ string) resource {
	tb.Helper()
	found := t.ofType(typ)
	if len(found) != 1 {
		tb.Fatalf("got %d resources of type %s, want 1", len(found), typ)
	}
	return found[0]
}

// starting returns the single resource of a type whose logical ID starts so (construct ID plus hash).
func (t template) starting(tb testing.TB, typ, id string) resource {
	tb.Helper()
	for _, r := range t.ofType(typ) {
		if len(r.id) == len(id)+8 && r.id[:len(id)] == id {
			return r
		}
	}
	tb.Fatalf("no resource of type %s with construct ID %s", typ, id)
	return resource{}
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

// arn is how a template refers to a resource's ARN, and objects to everything in a bucket.
func arn(id string) any {
	return map[string]any{"Fn::GetAtt": []any{id, "Arn"}}
}

func objects(bucketID string) any {
	return map[string]any{"Fn::Join": []any{"", []any{arn(bucketID), "/*"}}}
}

func ref(id string) any { return map[string]any{"Ref": id} }

// text is a value as JSON, to compare and to print.
func text(tb testing.TB, value any) string {
	tb.Helper()
	encoded, err := json.Marshal(value)
	if err != nil {
		tb.Fatal(err)
	}
	return string(encoded)
}
