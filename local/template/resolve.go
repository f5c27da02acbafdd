package template

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// resolve evaluates every intrinsic function in v, a decoded JSON value. A reference to something that no package has
// registered is an error, and so is a function that the stages of this repository do not use.
func (t *Template) resolve(v any) (any, error) {
	switch v := v.(type) {
	case map[string]any:
		if name, arg, ok := intrinsic(v); ok {
			return t.call(name, arg)
		}
		out, errs := map[string]any{}, []error{}
		for k, e := range v {
			r, err := t.resolve(e)
			out[k], errs = r, append(errs, err)
		}
		return out, errors.Join(errs...)
	case []any:
		out, errs := make([]any, len(v)), make([]error, len(v))
		for i, e := range v {
			out[i], errs[i] = t.resolve(e)
		}
		return out, errors.Join(errs...)
	default:
		return v, nil
	}
}

// String evaluates v, which gives a string.
func (t *Template) String(v any) (string, error) {
	resolved, err := t.resolve(v)
	text, ok := resolved.(string)
	if err == nil && !ok {
		err = fmt.Errorf("got %v of type %T, want a string", resolved, resolved)
	}
	return text, err
}

// ref is what {"Ref": logicalID} gives.
func (t *Template) ref(logicalID string) (string, error) {
	if p, ok := t.ids[logicalID]; ok && p.ref != "" {
		return p.ref, nil
	}
	return "", fmt.Errorf("reference %s: %s", logicalID, t.why(logicalID))
}

// Att is what {"Fn::GetAtt": [logicalID, attribute]} gives.
func (t *Template) Att(logicalID, attribute string) (string, error) {
	if v, ok := t.ids[logicalID].attrs[attribute]; ok {
		return v, nil
	}
	return "", fmt.Errorf("Fn::GetAtt %s.%s: %s", logicalID, attribute, t.why(logicalID))
}

// why explains why a reference has no value.
func (t *Template) why(logicalID string) string {
	r, ok := t.doc.Resources[logicalID]
	if !ok {
		return "no such resource or pseudo parameter"
	}
	return "the local run gives no such value for " + r.Type
}

// intrinsic recognizes {"Ref": x} and {"Fn::Name": x}.
func intrinsic(m map[string]any) (name string, arg any, ok bool) {
	if len(m) != 1 {
		return "", nil, false
	}
	for name, arg = range m {
	}
	return name, arg, name == "Ref" || strings.HasPrefix(name, "Fn::")
}

func (t *Template) call(name string, arg any) (any, error) {
	list, _ := arg.([]any)
	text, isText := arg.(string)
	switch {
	case name == "Ref" && isText:
		return t.ref(text)
	case name == "Fn::GetAtt" && len(list) == 2:
		return t.Att(fmt.Sprint(list[0]), fmt.Sprint(list[1]))
	case name == "Fn::Join" && len(list) == 2:
		return t.join(list[0], list[1])
	case name == "Fn::Sub" && isText:
		return t.sub(text)
	}
	return nil, fmt.Errorf("intrinsic function %s of %v: not evaluated by the local run", name, arg)
}

func (t *Template) join(separator, elements any) (any, error) {
	list, ok := elements.([]any)
	if !ok {
		return nil, fmt.Errorf("Fn::Join: got %v, want a list", elements)
	}
	parts, errs := make([]string, len(list)), make([]error, len(list))
	for i, e := range list {
		parts[i], errs[i] = t.String(e)
	}
	return strings.Join(parts, fmt.Sprint(separator)), errors.Join(errs...)
}

// sub evaluates Fn::Sub of references, such as "${AWS::Region}".
func (t *Template) sub(format string) (any, error) {
	var errs []error
	filled := regexp.MustCompile(`\$\{[^}]*\}`).ReplaceAllStringFunc(format, func(name string) string {
		value, err := t.ref(name[2 : len(name)-1])
		errs = append(errs, err)
		return value
	})
	return filled, errors.Join(errs...)
}
