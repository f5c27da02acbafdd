package apigateway

import (
	"encoding/json"
	"fmt"
	"math/big"
	"sort"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	keyword "github.com/santhosh-tekuri/jsonschema/v6/kind"
)

// describe words validation errors as API Gateway's validator (com.github.fge.json-schema-validator) does, for the
// keywords that a model is likely to use. A body wrong in several places gives several.
func describe(e *jsonschema.ValidationError, root any) []string {
	if len(e.Causes) == 0 {
		return []string{word(e, at(root, e.InstanceLocation))}
	}
	var all []string
	for _, cause := range e.Causes {
		all = append(all, describe(cause, root)...)
	}
	return all
}

func word(e *jsonschema.ValidationError, instance any) string {
	switch k := e.ErrorKind.(type) {
	case *keyword.Required:
		return "object has missing required properties (" + list(k.Missing) + ")"
	case *keyword.AdditionalProperties:
		return "object instance has properties which are not allowed by the schema: " + list(k.Properties)
	case *keyword.Type:
		got := k.Got
		if got == "number" && isWhole(instance) {
			got = "integer"
		}
		return fmt.Sprintf("instance type (%s) does not match any allowed primitive type (allowed: %s)", got, list(allowedTypes(k.Want)))
	case *keyword.Enum:
		return fmt.Sprintf("instance value (%s) not found in enum (possible values: %s)", compact(instance), compact(k.Want))
	case *keyword.MinLength:
		return fmt.Sprintf("string %s is too short (length: %d, required minimum: %d)", compact(instance), k.Got, k.Want)
	case *keyword.MaxLength:
		return fmt.Sprintf("string %s is too long (length: %d, maximum allowed: %d)", compact(instance), k.Got, k.Want)
	case *keyword.Pattern:
		return fmt.Sprintf("ECMA 262 regex %s does not match input string %s", compact(k.Want), compact(instance))
	case *keyword.Minimum:
		return fmt.Sprintf("numeric instance is lower than the required minimum (minimum: %s, found: %s)", decimal(k.Want), compact(instance))
	case *keyword.Maximum:
		return fmt.Sprintf("numeric instance is greater than the required maximum (maximum: %s, found: %s)", decimal(k.Want), compact(instance))
	default:
		return strings.TrimSpace(e.Error())
	}
}

// at finds the part of the body that an error is about.
func at(value any, path []string) any {
	for _, step := range path {
		switch v := value.(type) {
		case map[string]any:
			value = v[step]
		case []any:
			i, err := strconv.Atoi(step)
			if err != nil || i >= len(v) {
				return nil
			}
			value = v[i]
		}
	}
	return value
}

// allowedTypes lists integer beside number, as the validator does.
func allowedTypes(types []string) []string {
	out := append([]string{}, types...)
	for _, t := range types {
		if t == "number" {
			out = append(out, "integer")
		}
	}
	return out
}

func isWhole(instance any) bool {
	n, ok := instance.(json.Number)
	return ok && !strings.ContainsAny(n.String(), ".eE")
}

func list(names []string) string {
	sorted := append([]string{}, names...)
	sort.Strings(sorted)
	return compact(sorted)
}

func compact(v any) string {
	if s, ok := v.(string); ok {
		return quote(s)
	}
	data, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(data)
}

func decimal(r *big.Rat) string {
	if r.IsInt() {
		return r.Num().String()
	}
	f, _ := r.Float64()
	return strconv.FormatFloat(f, 'g', -1, 64)
}
