package template

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"strings"
)

// noValue stands for Ref AWS::NoValue: the property or list element that holds it is left out.
type noValue struct{}

// Resolve evaluates every intrinsic function in v, a decoded JSON value. A reference to something that no part has
// registered is an error, as is a function that this package does not know.
func (t *Template) Resolve(v any) (any, error) {
	resolved, err := t.resolve(v)
	if _, none := resolved.(noValue); none {
		return nil, err
	}
	return resolved, err
}

// String evaluates v and renders a scalar as CloudFormation does where it wants a string.
func (t *Template) String(v any) (string, error) {
	resolved, err := t.Resolve(v)
	if err != nil {
		return "", err
	}
	return scalar(resolved)
}

func (t *Template) resolve(v any) (any, error) {
	switch v := v.(type) {
	case map[string]any:
		if name, arg, ok := intrinsic(v); ok {
			return t.call(name, arg)
		}
		return t.resolveMap(v)
	case []any:
		return t.resolveList(v)
	default:
		return v, nil
	}
}

func (t *Template) resolveMap(in map[string]any) (any, error) {
	out := make(map[string]any, len(in))
	for k, e := range in {
		r, err := t.resolve(e)
		if err != nil {
			return nil, err
		}
		if _, none := r.(noValue); !none {
			out[k] = r
		}
	}
	return out, nil
}

func (t *Template) resolveList(in []any) ([]any, error) {
	out := make([]any, 0, len(in))
	for _, e := range in {
		r, err := t.resolve(e)
		if err != nil {
			return nil, err
		}
		if _, none := r.(noValue); !none {
			out = append(out, r)
		}
	}
	return out, nil
}

// intrinsic recognises {"Ref": x} and {"Fn::Name": x}; "Condition" only counts inside conditions, because policy
// statements have a key of that name.
func intrinsic(m map[string]any) (name string, arg any, ok bool) {
	if len(m) != 1 {
		return "", nil, false
	}
	for name, arg = range m {
	}
	return name, arg, name == "Ref" || strings.HasPrefix(name, "Fn::")
}

func (t *Template) call(name string, arg any) (any, error) {
	functions := map[string]func(any) (any, error){
		"Ref":           t.ref,
		"Fn::GetAtt":    t.getAtt,
		"Fn::Join":      t.join,
		"Fn::Sub":       t.sub,
		"Fn::Select":    t.selectOne,
		"Fn::Split":     t.split,
		"Fn::If":        t.ifElse,
		"Fn::FindInMap": t.findInMap,
		"Fn::Equals":    t.equals,
		"Fn::And":       t.and,
		"Fn::Or":        t.or,
		"Fn::Not":       t.not,
	}
	f := functions[name]
	if f == nil {
		return nil, fmt.Errorf("intrinsic function %s: not evaluated locally", name)
	}
	return f(arg)
}

func (t *Template) join(arg any) (any, error) {
	args, err := t.args("Fn::Join", arg, 2)
	if err != nil {
		return nil, err
	}
	list, ok := args[1].([]any)
	if !ok {
		return nil, fmt.Errorf("Fn::Join: got %v, want a list", args[1])
	}
	parts := make([]string, len(list))
	for i, e := range list {
		if parts[i], err = scalar(e); err != nil {
			return nil, fmt.Errorf("Fn::Join: %w", err)
		}
	}
	sep, err := scalar(args[0])
	return strings.Join(parts, sep), err
}

func (t *Template) selectOne(arg any) (any, error) {
	args, err := t.args("Fn::Select", arg, 2)
	if err != nil {
		return nil, err
	}
	index, err := scalar(args[0])
	if err != nil {
		return nil, fmt.Errorf("Fn::Select: %w", err)
	}
	i, err := strconv.Atoi(index)
	list, ok := args[1].([]any)
	if err != nil || !ok || i < 0 || i >= len(list) {
		return nil, fmt.Errorf("Fn::Select: no element %s in %v", index, args[1])
	}
	return list[i], nil
}

func (t *Template) split(arg any) (any, error) {
	args, err := t.args("Fn::Split", arg, 2)
	if err != nil {
		return nil, err
	}
	sep, err := scalar(args[0])
	if err != nil {
		return nil, fmt.Errorf("Fn::Split: %w", err)
	}
	s, err := scalar(args[1])
	if err != nil {
		return nil, fmt.Errorf("Fn::Split: %w", err)
	}
	var list []any
	for part := range strings.SplitSeq(s, sep) {
		list = append(list, part)
	}
	return list, nil
}

func (t *Template) findInMap(arg any) (any, error) {
	args, err := t.args("Fn::FindInMap", arg, 3)
	if err != nil {
		return nil, err
	}
	var keys [3]string
	for i := range keys {
		if keys[i], err = scalar(args[i]); err != nil {
			return nil, fmt.Errorf("Fn::FindInMap: %w", err)
		}
	}
	v, ok := t.doc.Mappings[keys[0]][keys[1]][keys[2]]
	if !ok {
		return nil, fmt.Errorf("Fn::FindInMap: no %s", strings.Join(keys[:], "."))
	}
	return v, nil
}

// args evaluates a function's arguments and checks how many there are.
func (t *Template) args(name string, arg any, want int) ([]any, error) {
	list, ok := arg.([]any)
	if !ok || len(list) != want {
		return nil, fmt.Errorf("%s: got %v, want a list of %d", name, arg, want)
	}
	resolved, err := t.resolveList(list)
	if err == nil && len(resolved) != want {
		err = fmt.Errorf("%s: AWS::NoValue is no argument", name)
	}
	return resolved, err
}

// scalar renders a string, number or boolean as CloudFormation does.
func scalar(v any) (string, error) {
	switch v := v.(type) {
	case string:
		return v, nil
	case bool:
		return strconv.FormatBool(v), nil
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64), nil
	case json.Number:
		return v.String(), nil
	default:
		return "", fmt.Errorf("got %v of type %v, want a string", v, reflect.TypeOf(v))
	}
}
