package template

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// decode evaluates a resource's properties and stores them in the struct that into points to. The struct says what is
// modelled: a property that it does not have is an error. A field of type [NotEnforced] is accepted without effect, one
// of type [Fixed] with one value only.
func (t *Template) decode(r Resource, into any) error {
	t.read[r.Type] = true
	properties := maps.Clone(r.Properties)
	delete(properties, "Description") // these two mean nothing at run time, on any resource
	delete(properties, "Tags")
	v, err := t.resolve(properties)
	if err == nil {
		data, _ := json.Marshal(v) // it was JSON before
		d := json.NewDecoder(bytes.NewReader(data))
		d.DisallowUnknownFields()
		if err = d.Decode(into); err != nil {
			err = fmt.Errorf("property not modelled by the local run: %w", err)
		}
	}
	if err == nil {
		err = t.inspect(r.Type, "", reflect.ValueOf(into).Elem())
	}
	if err != nil {
		return fmt.Errorf("%s (%s): %w", r.LogicalID, r.Type, err)
	}
	return nil
}

// Each decodes every resource of a type, sorted by logical ID, and gives it to take.
func Each[P any](t *Template, typ string, take func(Resource, P) error) error {
	for _, r := range t.Resources(typ) {
		var p P
		if err := t.decode(r, &p); err != nil {
			return err
		}
		if err := take(r, p); err != nil {
			return fmt.Errorf("%s (%s): %w", r.LogicalID, r.Type, err)
		}
	}
	return nil
}

// NotEnforced is a property that is accepted without effect. Its field's tag `why` gives the reason; a tag `option` names
// the stage's option that turns it on.
type NotEnforced struct{ given bool }

// UnmarshalJSON takes any value.
func (n *NotEnforced) UnmarshalJSON([]byte) error {
	n.given = true
	return nil
}

// Fixed is a property that may be absent, or have one value only, that of its field's tag `want`. If the field has a tag
// `option`, another value is not enforced instead of refused.
type Fixed struct{ got string }

// UnmarshalJSON keeps the value.
func (f *Fixed) UnmarshalJSON(data []byte) error {
	f.got = strings.Trim(string(data), `"`)
	return nil
}

// NotEnforcedProperty is one line of what the local run does not enforce.
type NotEnforcedProperty struct {
	Type     string
	Property string // its names joined by dots, or "" for the whole resource
	Reason   string
	Option   string // the stage's option that asks for it; "" if every stage does
}

// inspect looks for properties that are not enforced, or fixed to another value.
func (t *Template) inspect(typ, path string, v reflect.Value) error {
	switch v.Kind() { //nolint:exhaustive // the others hold no fields
	case reflect.Slice:
		for i := range v.Len() {
			if err := t.inspect(typ, path, v.Index(i)); err != nil {
				return err
			}
		}
	case reflect.Struct:
		for i := range v.NumField() {
			field := v.Type().Field(i)
			name := strings.TrimPrefix(path+"."+field.Name, ".")
			if err := t.inspectField(typ, name, field.Tag, v.Field(i)); err != nil {
				return err
			}
		}
	}
	return nil
}

func (t *Template) inspectField(typ, path string, tag reflect.StructTag, v reflect.Value) error {
	line := NotEnforcedProperty{Type: typ, Property: path, Reason: tag.Get("why"), Option: tag.Get("option")}
	switch p := v.Interface().(type) {
	case NotEnforced:
		if p.given {
			t.Note(line)
		}
	case Fixed:
		if p.got == "" || p.got == tag.Get("want") {
			return nil
		}
		if line.Option == "" {
			return fmt.Errorf("property %s is %s: the local run models %s only", path, p.got, tag.Get("want"))
		}
		t.Note(line)
	default:
		return t.inspect(typ, path, v)
	}
	return nil
}

// Ignore accepts all resources of a type without effect.
func (t *Template) Ignore(typ, option, reason string) {
	t.read[typ] = true
	if len(t.Resources(typ)) > 0 {
		t.Note(NotEnforcedProperty{Type: typ, Reason: reason, Option: option})
	}
}

// Note adds to what is not enforced.
func (t *Template) Note(line NotEnforcedProperty) { t.notEnforced[line] = true }

// NotEnforced lists what has been accepted without effect, sorted.
func (t *Template) NotEnforced() []NotEnforcedProperty {
	return slices.SortedFunc(maps.Keys(t.notEnforced), func(a, b NotEnforcedProperty) int {
		return strings.Compare(a.Type+" "+a.Property, b.Type+" "+b.Property)
	})
}

// Unread is an error that names the resources of types that no package has decoded or ignores.
func (t *Template) Unread() error {
	var unread []string
	for _, id := range slices.Sorted(maps.Keys(t.doc.Resources)) {
		if typ := t.doc.Resources[id].Type; !t.read[typ] {
			unread = append(unread, id+" ("+typ+")")
		}
	}
	if unread != nil {
		return fmt.Errorf("resources of a type that the local run does not model: %s", strings.Join(unread, ", "))
	}
	return nil
}
