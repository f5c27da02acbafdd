package presigner

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"testing"

	"example.com/presigned/lambda/operation"
)

// example is a field's example in the table, or a value that is harder to sign: it has to be escaped.
func example(t *testing.T, field operation.Field) any {
	t.Helper()
	switch field {
	case operation.Filename:
		return "r\u00e9sum\u00e9 \"1\".pdf"
	case operation.ContinuationToken:
		return "token+/="
	}
	value := operation.Fields()[field].Example
	if value == nil {
		t.Fatalf("field %q has no example: give it a row with one in operation.Fields (lambda/operation/field.go)", field)
	}
	return value
}

// full is the request that makes an operation sign everything it can, with some fields changed; nil leaves one out.
func full(t *testing.T, op operation.Operation, changed map[operation.Field]any) string {
	t.Helper()
	body := map[operation.Field]any{"operation": op.Name}
	for _, field := range slices.Concat(op.Required, op.Optional) {
		body[field] = example(t, field)
	}
	maps.Copy(body, changed)
	maps.DeleteFunc(body, func(_ operation.Field, value any) bool { return value == nil })
	text, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// S3 never sees a field that is accepted but not signed. So the signed request must change if an optional field is left out,
// or if a required one has another value.
func TestEveryFieldThatAnOperationTakesIsSigned(t *testing.T) {
	for _, op := range operation.Table() {
		with := issued(t, unbounded(), full(t, op, nil))
		for _, field := range op.Optional {
			without := issued(t, unbounded(), full(t, op, map[operation.Field]any{field: nil}))
			if same(with, without) {
				t.Errorf("%s takes %q and signs the same without it: give it a header or a query parameter in the operation's row, or remove it from the row", op.Name, field)
			}
		}
		for _, field := range op.Required {
			if other := issued(t, unbounded(), full(t, op, map[operation.Field]any{field: another(example(t, field))})); same(with, other) {
				t.Errorf("%s takes %q and signs the same for every value: give it a header or a query parameter in the operation's row, or remove it from the row", op.Name, field)
			}
		}
	}
}

// API Gateway checks only types and enums, and only those of a JSON body. The function must refuse all that a schema doesn't
// allow.
func TestEveryFieldIsCheckedByEveryOperationThatTakesIt(t *testing.T) {
	for _, op := range operation.Table() {
		for field, schema := range operation.Fields() {
			if !op.Takes(field) {
				continue
			}
			bad := map[string]any{"string": "", "integer": -1}[schema.Type]
			r, _ := invoke(t, unbounded(), full(t, op, map[operation.Field]any{field: bad}))
			if r.StatusCode < 400 || r.StatusCode > 499 {
				t.Errorf("%s with %s %v: got %d %s, want a refusal: give the field a code in lambda/operation/field.go", op.Name, field, bad, r.StatusCode, r.Body)
			}
		}
	}
}

// another returns a different value that is also valid.
func another(value any) any {
	if number, ok := value.(int); ok {
		return number + 1
	}
	return fmt.Sprint(value, "1")
}

// same reports whether two answers, of the same time, make a client send the same request.
func same(a, b Answer) bool { return a.URL == b.URL && maps.Equal(a.Headers, b.Headers) }
