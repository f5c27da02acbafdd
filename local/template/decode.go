package template

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// Decode evaluates a resource's properties and stores them in the struct that into points to, by encoding/json's
// rules. CloudFormation takes "true" for a boolean and "5" for a number: use [Bool] and [Int] for such fields.
func (t *Template) Decode(r Resource, into any) error {
	v, err := t.Resolve(r.Properties)
	if err != nil {
		return fmt.Errorf("%s (%s): %w", r.LogicalID, r.Type, err)
	}
	data, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("%s (%s): %w", r.LogicalID, r.Type, err)
	}
	if err := json.Unmarshal(data, into); err != nil {
		return fmt.Errorf("%s (%s): %w", r.LogicalID, r.Type, err)
	}
	return nil
}

// Bool is a boolean that may be written as a string.
type Bool bool

// UnmarshalJSON reads true, "true", false or "false".
func (b *Bool) UnmarshalJSON(data []byte) error {
	v, err := strconv.ParseBool(strings.Trim(string(data), `"`))
	if err != nil {
		return fmt.Errorf("got %s, want a boolean", data)
	}
	*b = Bool(v)
	return nil
}

// Int is a whole number that may be written as a string.
type Int int64

// UnmarshalJSON reads 5 or "5".
func (i *Int) UnmarshalJSON(data []byte) error {
	v, err := strconv.ParseInt(strings.Trim(string(data), `"`), 10, 64)
	if err != nil {
		return fmt.Errorf("got %s, want a whole number", data)
	}
	*i = Int(v)
	return nil
}
