package stage

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
)

// placeholder is a JSON string that the reader must replace: a domain that RFC 2606 reserves for examples, or an account
// of AWS's documentation.
var placeholder = regexp.MustCompile(`"([^"]*[^"a-z0-9-])?(example\.(com|org|net)|[a-z0-9-]+\.example)([^"a-z0-9.-][^"]*)?"` +
	`|"[^"]*\b(111122223333|123456789012|444455556666)\b[^"]*"`)

// CheckPlaceholders returns an error that names every placeholder of the stage. A stage with one can be loaded, but must
// not be deployed: another owner's pages could call its API, or its alarms would reach nobody.
func (s Stage) CheckPlaceholders() error {
	text, err := json.Marshal(s)
	if err != nil {
		return err
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(text, &fields); err != nil {
		return err
	}
	var found []error
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		for _, value := range placeholder.FindAll(fields[name], -1) {
			found = append(found, fmt.Errorf("stage %q: %s has the placeholder %s: want your own", s.Name, name, value))
		}
	}
	return errors.Join(found...)
}
