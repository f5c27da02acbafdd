package template

import (
	"fmt"
	"strings"
)

// ref evaluates Ref: a parameter, a pseudo parameter or a registered resource.
func (t *Template) ref(arg any) (any, error) {
	id, ok := arg.(string)
	if !ok {
		return nil, fmt.Errorf("intrinsic function Ref: got %v, want a logical ID", arg)
	}
	if id == "AWS::NoValue" {
		return noValue{}, nil
	}
	if p, ok := t.doc.Parameters[id]; ok {
		if p.Default == nil {
			return nil, fmt.Errorf("parameter %s: has no default, and the local run passes none", id)
		}
		return p.Default, nil
	}
	t.mu.RLock()
	defer t.mu.RUnlock()
	if v, ok := t.pseudo[id]; ok {
		return v, nil
	}
	if p, ok := t.ids[id]; ok && p.ref != "" {
		return p.ref, nil
	}
	return nil, fmt.Errorf("reference %s: %s", id, t.why(id))
}

func (t *Template) getAtt(arg any) (any, error) {
	var id, attr string
	switch a := arg.(type) {
	case string:
		id, attr, _ = strings.Cut(a, ".")
	case []any:
		if len(a) == 2 {
			id, _ = a[0].(string)
			attr, _ = a[1].(string)
		}
	}
	if id == "" || attr == "" {
		return nil, fmt.Errorf("Fn::GetAtt: got %v, want a logical ID and an attribute", arg)
	}
	t.mu.RLock()
	defer t.mu.RUnlock()
	if v, ok := t.ids[id].attrs[attr]; ok {
		return v, nil
	}
	return nil, fmt.Errorf("Fn::GetAtt %s.%s: %s", id, attr, t.why(id))
}

// why explains a reference that nothing answers.
func (t *Template) why(logicalID string) string {
	r, ok := t.doc.Resources[logicalID]
	if !ok {
		return "no such resource, parameter or pseudo parameter"
	}
	return "the local run gives no such value for " + r.Type
}

// sub evaluates Fn::Sub: "${A}", "${A.Attr}", "${!literal}", with an optional map of further names.
func (t *Template) sub(arg any) (any, error) {
	format, names := arg, map[string]any{}
	if list, ok := arg.([]any); ok && len(list) == 2 {
		format = list[0]
		names, _ = list[1].(map[string]any)
	}
	rest, ok := format.(string)
	if !ok {
		return nil, fmt.Errorf("Fn::Sub: got %v, want a string", arg)
	}
	var out strings.Builder
	for {
		before, after, found := strings.Cut(rest, "${")
		out.WriteString(before)
		if !found {
			return out.String(), nil
		}
		name, tail, closed := strings.Cut(after, "}")
		if !closed {
			return nil, fmt.Errorf("Fn::Sub: no closing brace in %q", format)
		}
		s, err := t.subName(name, names)
		if err != nil {
			return nil, fmt.Errorf("Fn::Sub: %w", err)
		}
		out.WriteString(s)
		rest = tail
	}
}

func (t *Template) subName(name string, names map[string]any) (string, error) {
	if literal, ok := strings.CutPrefix(name, "!"); ok {
		return "${" + literal + "}", nil
	}
	if v, ok := names[name]; ok {
		return t.String(v)
	}
	if strings.Contains(name, ".") {
		return t.String(map[string]any{"Fn::GetAtt": name})
	}
	return t.String(map[string]any{"Ref": name})
}
