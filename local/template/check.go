package template

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// Check compares the template with what the parts declare. It returns the list of what is accepted but not
// enforced, sorted, and one error that names every resource property that no part declares.
//
// Properties are looked at as written, so a property behind Fn::If counts whichever way the condition goes.
func (t *Template) Check(coverages ...Coverage) ([]NotEnforced, error) {
	merged, err := merge(coverages)
	if err != nil {
		return nil, err
	}
	c := checker{t: t, printed: map[NotEnforced]bool{}}
	for _, r := range t.all() {
		if name := t.doc.Resources[r.LogicalID].Condition; name != "" {
			if _, err := t.condition(name); err != nil {
				c.errs = append(c.errs, fmt.Errorf("%s (%s): %w", r.LogicalID, r.Type, err))
			}
		}
		typ, known := merged[r.Type]
		if !known {
			c.errs = append(c.errs, fmt.Errorf("%s (%s): resource type not modelled by the local run", r.LogicalID, r.Type))
			continue
		}
		c.resource(r, typ)
	}
	if len(c.errs) > 0 {
		return nil, errors.Join(c.errs...)
	}
	return c.sorted(), nil
}

// merge joins the parts' declarations. Two parts may share a type as long as they do not contradict each other.
func merge(coverages []Coverage) (Coverage, error) {
	merged := Coverage{}
	for _, c := range coverages {
		for name, typ := range c {
			have, ok := merged[name]
			if !ok {
				merged[name] = clone(typ)
				continue
			}
			if have.Ignored != "" || typ.Ignored != "" {
				return nil, fmt.Errorf("coverage of %s: ignored by one part and declared by another", name)
			}
			have.Modelled = append(have.Modelled, typ.Modelled...)
			for path, reason := range typ.NotEnforced {
				have.NotEnforced[path] = reason
			}
			for path, values := range typ.Only {
				have.Only[path] = values
			}
			merged[name] = have
		}
	}
	return merged, nil
}

func clone(t Type) Type {
	c := Type{Modelled: slices.Clone(t.Modelled), NotEnforced: map[string]string{}, Only: map[string][]any{}, Ignored: t.Ignored}
	for k, v := range t.NotEnforced {
		c.NotEnforced[k] = v
	}
	for k, v := range t.Only {
		c.Only[k] = v
	}
	return c
}

type checker struct {
	t       *Template
	printed map[NotEnforced]bool
	errs    []error
}

func (c *checker) resource(r Resource, typ Type) {
	if typ.Ignored != "" {
		c.printed[NotEnforced{r.LogicalID, r.Type, "", typ.Ignored}] = true
		return
	}
	for name, v := range r.Properties {
		c.value(r, typ, name, v)
	}
}

// value looks at one property, and at those below it if it is not declared as a whole.
func (c *checker) value(r Resource, typ Type, path string, v any) {
	if slices.Contains(typ.Modelled, path) {
		return
	}
	if reason, ok := typ.NotEnforced[path]; ok {
		c.printed[NotEnforced{r.LogicalID, r.Type, path, reason}] = true
		return
	}
	if values, ok := typ.Only[path]; ok {
		c.only(r, path, v, values)
		return
	}
	switch v := v.(type) {
	case map[string]any:
		if c.branches(r, typ, path, v) {
			return
		}
		for name, e := range v {
			c.value(r, typ, path+"."+name, e)
		}
		if len(v) > 0 {
			return
		}
	case []any:
		for _, e := range v {
			c.value(r, typ, path, e)
		}
		if len(v) > 0 {
			return
		}
	}
	c.errs = append(c.errs, fmt.Errorf("%s (%s): property %s not modelled by the local run", r.LogicalID, r.Type, path))
}

// branches looks behind Fn::If, the one intrinsic function whose arguments can hold properties.
// Any other function is a value: it reports false for none, and true after naming an undeclared one.
func (c *checker) branches(r Resource, typ Type, path string, v map[string]any) bool {
	name, arg, ok := intrinsic(v)
	if !ok {
		return false
	}
	if list, _ := arg.([]any); name == "Fn::If" && len(list) == 3 {
		for _, branch := range list[1:] {
			if !reflect.DeepEqual(branch, map[string]any{"Ref": "AWS::NoValue"}) {
				c.value(r, typ, path, branch)
			}
		}
		return true
	}
	c.errs = append(c.errs, fmt.Errorf("%s (%s): property %s not modelled by the local run", r.LogicalID, r.Type, path))
	return true
}

func (c *checker) only(r Resource, path string, v any, values []any) {
	got, err := c.t.Resolve(v)
	if err != nil {
		c.errs = append(c.errs, fmt.Errorf("%s (%s): property %s: %w", r.LogicalID, r.Type, path, err))
		return
	}
	for _, want := range values {
		if reflect.DeepEqual(got, want) || fmt.Sprint(got) == fmt.Sprint(want) {
			return
		}
	}
	c.errs = append(c.errs, fmt.Errorf("%s (%s): property %s is %v: the local run models %v only", r.LogicalID, r.Type, path, got, values))
}

func (c *checker) sorted() []NotEnforced {
	var list []NotEnforced
	for n := range c.printed {
		list = append(list, n)
	}
	slices.SortFunc(list, func(a, b NotEnforced) int {
		return strings.Compare(a.Type+" "+a.LogicalID+" "+a.Property, b.Type+" "+b.LogicalID+" "+b.Property)
	})
	return list
}
