package template

import "fmt"

// condition evaluates one of the template's conditions by name; "" always holds.
func (t *Template) condition(name string) (bool, error) {
	if name == "" {
		return true, nil
	}
	expr, ok := t.doc.Conditions[name]
	if !ok {
		return false, fmt.Errorf("condition %s: not in the template", name)
	}
	holds, err := t.truth(expr)
	if err != nil {
		return false, fmt.Errorf("condition %s: %w", name, err)
	}
	return holds, nil
}

// truth evaluates a condition expression: {"Condition": name} or a function that gives a boolean.
func (t *Template) truth(expr any) (bool, error) {
	if m, ok := expr.(map[string]any); ok && len(m) == 1 {
		if name, ok := m["Condition"].(string); ok {
			return t.condition(name)
		}
	}
	v, err := t.Resolve(expr)
	if err != nil {
		return false, err
	}
	holds, ok := v.(bool)
	if !ok {
		return false, fmt.Errorf("got %v, want a condition", v)
	}
	return holds, nil
}

func (t *Template) ifElse(arg any) (any, error) {
	list, ok := arg.([]any)
	if !ok || len(list) != 3 {
		return nil, fmt.Errorf("Fn::If: got %v, want a condition and two values", arg)
	}
	name, _ := list[0].(string)
	holds, err := t.condition(name)
	if err != nil {
		return nil, err
	}
	if holds {
		return t.resolve(list[1])
	}
	return t.resolve(list[2])
}

func (t *Template) equals(arg any) (any, error) {
	args, err := t.args("Fn::Equals", arg, 2)
	if err != nil {
		return nil, err
	}
	a, err := scalar(args[0])
	if err != nil {
		return nil, err
	}
	b, err := scalar(args[1])
	return a == b, err
}

func (t *Template) and(arg any) (any, error) { return t.quantify("Fn::And", arg, false) }
func (t *Template) or(arg any) (any, error)  { return t.quantify("Fn::Or", arg, true) }

// quantify answers with the first operand that equals decisive, or else its opposite.
func (t *Template) quantify(name string, arg any, decisive bool) (any, error) {
	list, ok := arg.([]any)
	if !ok {
		return nil, fmt.Errorf("%s: got %v, want a list of conditions", name, arg)
	}
	for _, e := range list {
		holds, err := t.truth(e)
		if err != nil || holds == decisive {
			return holds, err
		}
	}
	return !decisive, nil
}

func (t *Template) not(arg any) (any, error) {
	list, ok := arg.([]any)
	if !ok || len(list) != 1 {
		return nil, fmt.Errorf("Fn::Not: got %v, want a list of one condition", arg)
	}
	holds, err := t.truth(list[0])
	return !holds, err
}
