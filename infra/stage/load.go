package stage

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"
)

// Where the CDK CLI puts what `-c`, cdk.json and cdk.context.json say together: as text, or what is too long for an
// environment in a file. aws-cdk-lib reads them in this order too: App.loadContext.
const (
	contextText = "CDK_CONTEXT_JSON"
	contextFile = "CONTEXT_OVERFLOW_LOCATION_ENV"
)

// Context reads the context of a cdk.json: the stages, and the feature flags that decide what CDK's own constructs look
// like. Reading it here too lets the app run without the CLI, and tests see the stack that deploys (aws/aws-cdk#17553).
// What the CLI passes in the environment wins.
func Context(file string, getenv func(string) string) (map[string]any, error) {
	var settings struct {
		Context map[string]any `json:"context"`
	}
	if err := readJSON(file, &settings); err != nil {
		return nil, err
	}
	context := map[string]any{}
	maps.Copy(context, settings.Context)
	if text := getenv(contextText); text != "" {
		if err := json.Unmarshal([]byte(text), &context); err != nil {
			return nil, fmt.Errorf("read the environment's %s: %w", contextText, err)
		}
	}
	if file := getenv(contextFile); file != "" {
		if err := readJSON(file, &context); err != nil {
			return nil, err
		}
	}
	return context, nil
}

func readJSON(file string, into any) error {
	text, err := os.ReadFile(file) //nolint:gosec // the program or the CLI names it, not a user
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, into); err != nil {
		return fmt.Errorf("read %s: %w", file, err)
	}
	return nil
}

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
	return s, errors.Join(checkName(name), s.Check())
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
		return fmt.Errorf("field %q is %s %s: want %s", wrong.Field, article(wrong.Value), wrong.Value, typeWords(wrong.Type))
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

// fields returns the JSON names of a struct's fields, in order.
func fields(t reflect.Type) []string {
	var names []string
	for _, f := range reflect.VisibleFields(t) {
		if name := f.Tag.Get("json"); name != "-" {
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
