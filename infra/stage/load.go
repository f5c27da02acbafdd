package stage

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
)

// Load reads the stage of that name from its file in dir. An architecture that is not "" replaces the stage's own: the
// local run needs the one of its host.
func Load(dir, name, architecture string) (Stage, error) {
	text, err := os.ReadFile(filepath.Join(dir, name+".json")) //nolint:gosec // whoever deploys names it
	if errors.Is(err, os.ErrNotExist) {
		return Stage{}, fmt.Errorf("stage %q: want one of %s, the files in %s", name, strings.Join(Names(dir), ", "), dir)
	}
	if err != nil {
		return Stage{}, err
	}
	return Parse(name, text, architecture)
}

// Names returns the stages that have a file in dir, sorted.
func Names(dir string) []string {
	var names []string
	files, _ := filepath.Glob(filepath.Join(dir, "*.json")) // only a malformed pattern gives an error
	for _, file := range files {
		names = append(names, strings.TrimSuffix(filepath.Base(file), ".json"))
	}
	return names
}

// Parse reads a stage from the text of its file, and checks it.
func Parse(name string, text []byte, architecture string) (Stage, error) {
	s, err := decode(text)
	if err != nil {
		return Stage{}, fmt.Errorf("stage %q: %w", name, err)
	}
	s.Name = name
	s.Architecture = cmp.Or(architecture, s.Architecture)
	return s, errors.Join(checkName(name), s.Check())
}

// decode reads the JSON object of a stage. A field that it leaves out has Least's value.
func decode(text []byte) (Stage, error) {
	s := Least()
	// First as any object, because the decoder below accepts null, and text after the object.
	var object map[string]any
	err := json.Unmarshal(text, &object)
	if wrong, ok := errors.AsType[*json.SyntaxError](err); ok {
		return s, fmt.Errorf("line %d: %w", 1+bytes.Count(text[:wrong.Offset], []byte("\n")), err)
	}
	if object == nil {
		return s, fmt.Errorf("got %.20q: want a JSON object, such as {}", text)
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&s); err != nil {
		return s, explain(err)
	}
	return s, nil
}

// explain rewords an error of encoding/json in terms of the stage's file.
func explain(err error) error {
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return fmt.Errorf("field %q has the type %s: want %s", wrong.Field, wrong.Value, typeWords[wrong.Type.Kind()])
	}
	if field, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		return fmt.Errorf("unknown field %s: want one of %s", field, strings.Join(Fields(), ", "))
	}
	return err
}

// typeWords are the types of a stage's fields in the words of a refusal.
var typeWords = map[reflect.Kind]string{
	reflect.Bool: "true or false", reflect.Int: "a whole number", reflect.Int64: "a whole number",
	reflect.String: "a string", reflect.Slice: "a list of strings", reflect.Map: "an object of strings",
}
