package stage

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// Select picks a stage out of cdk.json's "stages" object and decodes it. An architecture that is not
// "" replaces the stage's own: the local run needs the one of its host.
func Select(stages any, name, architecture string) (Stage, error) {
	// `cdk synth -c stages='{"trial": {...}}'` replaces cdk.json's; the CLI hands every -c over as text.
	if text, ok := stages.(string); ok {
		if err := json.Unmarshal([]byte(text), &stages); err != nil {
			return Stage{}, fmt.Errorf(`context "stages" is not valid JSON: %w`, err)
		}
	}
	all, ok := stages.(map[string]any)
	if !ok || len(all) == 0 {
		return Stage{}, fmt.Errorf(`context "stages" is %s: want an object with one entry for each stage, as in cdk.json`, kind(stages))
	}
	chosen, ok := all[name]
	if !ok {
		return Stage{}, fmt.Errorf("stage %q: want one of %s", name, strings.Join(slices.Sorted(maps.Keys(all)), ", "))
	}
	s, err := decode(name, chosen)
	if err != nil {
		return Stage{}, err
	}
	if architecture != "" {
		s.Architecture = architecture
	}
	return s, s.Check()
}

// decode fills a stage from one entry of "stages"; what the entry leaves out keeps Least's value.
func decode(name string, entry any) (Stage, error) {
	if _, ok := entry.(map[string]any); !ok {
		return Stage{}, fmt.Errorf("stage %q is %s: want an object", name, kind(entry))
	}
	text, err := json.Marshal(entry)
	if err != nil {
		return Stage{}, fmt.Errorf("stage %q: %w", name, err)
	}
	s := Least()
	s.Name = name
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&s); err != nil {
		return Stage{}, fmt.Errorf("stage %q: %w", name, explain(err))
	}
	return s, nil
}

// explain rewords what encoding/json says about a stage into words of cdk.json.
func explain(err error) error {
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		field := strings.TrimPrefix(wrong.Field, "Platform.") // an embedded struct: cdk.json does not see it
		return fmt.Errorf("field %q is %s %s: want %s", field, article(wrong.Value), wrong.Value, typeWords(wrong.Type))
	}
	if field, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		return fmt.Errorf("unknown field %s: want one of %s", field, strings.Join(fields(reflect.TypeFor[Stage]()), ", "))
	}
	return err
}

func article(noun string) string {
	if strings.HasPrefix(noun, "a") || strings.HasPrefix(noun, "o") { // array, object
		return "an"
	}
	return "a"
}

func typeWords(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Bool:
		return "true or false"
	case reflect.Int, reflect.Int64:
		return "a whole number"
	case reflect.Slice:
		return "a list of strings"
	case reflect.Map:
		return "an object of strings"
	default:
		return "a " + t.Kind().String()
	}
}

// fields returns the JSON names of a struct's fields, embedded ones too, in order.
func fields(t reflect.Type) []string {
	var names []string
	for _, f := range reflect.VisibleFields(t) {
		if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); !f.Anonymous && name != "-" {
			names = append(names, name)
		}
	}
	return names
}

func kind(v any) string {
	switch v.(type) {
	case nil:
		return "missing"
	case map[string]any:
		return "an empty object"
	case []any:
		return "a list"
	default:
		return fmt.Sprintf("a %T", v)
	}
}
