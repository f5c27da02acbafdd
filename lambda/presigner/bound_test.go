package presigner_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"example.com/presigned/lambda/operation"
)

// ofLength is a field's value of so many characters, which is right but for its length.
func ofLength(field operation.Field, characters int) string {
	before := map[operation.Field]string{operation.Key: "johndoe/", operation.ContentType: "a/"}[field]
	if characters < len(before) {
		return before[:characters]
	}
	return before + strings.Repeat("A", characters-len(before))
}

// tooShortToKnow are fields whose shortest value is no valid one for a reason of its own.
func tooShortToKnow() map[operation.Field]string {
	return map[operation.Field]string{
		operation.Key:            "it begins with the caller's prefix",
		operation.ChecksumSHA256: "it ends in =: the pattern alone says its length",
	}
}

// edges are values on either side of each bound that the schema of a field has.
func edges(field operation.Field, schema operation.FieldSchema) (inside, outside []any) {
	switch {
	case schema.Type == "integer":
		return []any{schema.Minimum, schema.Maximum}, []any{schema.Minimum - 1, schema.Maximum + 1}
	case schema.Enum != nil:
		for _, value := range schema.Enum {
			inside, outside = append(inside, value), append(outside, value+"1", strings.ToLower(value), value[1:])
		}
		return inside, outside
	}
	outside = []any{ofLength(field, schema.MinLength-1), ofLength(field, schema.MaxLength+1)}
	if tooShortToKnow()[field] == "" {
		inside = append(inside, ofLength(field, schema.MinLength))
	}
	if field != operation.ChecksumSHA256 {
		inside = append(inside, ofLength(field, schema.MaxLength))
	}
	if schema.Pattern == "" {
		return inside, outside
	}
	on, off := spelt(schema)
	if field != operation.ContentType { // its first half has fewer characters than a parameter may have
		inside = append(inside, on...)
	}
	return inside, append(outside, off...)
}

// spelt are the field's example with each other character in its second place: what the pattern takes, and what not.
func spelt(schema operation.FieldSchema) (on, off []any) {
	pattern, example := regexp.MustCompile(schema.Pattern), fmt.Sprint(schema.Example)
	for c := range rune(0x180) {
		if value := example[:1] + string(c) + example[2:]; pattern.MatchString(value) {
			on = append(on, value)
		} else {
			off = append(off, value)
		}
	}
	return on, off
}

// The contract says these bounds to whoever reads it; API Gateway checks none of them.
func TestTheFunctionKeepsTheBoundsThatTheTableSays(t *testing.T) {
	for _, op := range operation.Table() {
		for field, schema := range operation.Fields() {
			if !op.Takes(field) {
				continue
			}
			inside, outside := edges(field, schema)
			for _, value := range inside {
				issued(t, unbounded(), full(t, op, map[operation.Field]any{field: value}))
			}
			for _, value := range outside {
				r, _ := invoke(t, unbounded(), full(t, op, map[operation.Field]any{field: value}))
				if r.Status < 400 || r.Status > 499 { // the others would say the same
					t.Errorf("%s with %s %.60q: got %d, want a refusal: field.go and validate.go have different bounds", op.Name, field, fmt.Sprint(value), r.Status)
					break
				}
			}
		}
	}
}
