package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"
)

// template is a CloudFormation template, of which anything may be changed.
type template map[string]any

func (t template) copy() template {
	text, err := json.Marshal(t)
	if err != nil {
		panic(err) // it came from JSON
	}
	var c template
	if err := json.Unmarshal(text, &c); err != nil {
		panic(err)
	}
	return c
}

func (t template) resources() map[string]any { return t["Resources"].(map[string]any) }

// at follows keys and indices; nil where one is missing.
func at(value any, path ...any) any {
	for _, step := range path {
		switch step := step.(type) {
		case string:
			object, _ := value.(map[string]any)
			value = object[step]
		case int:
			list, _ := value.([]any)
			if step >= len(list) {
				return nil
			}
			value = list[step]
		}
	}
	return value
}

// object is at where an object must be.
func object(value any, path ...any) map[string]any { return at(value, path...).(map[string]any) }

func listAt(value any, path ...any) []any {
	found := at(value, path...)
	if list, ok := found.([]any); ok || found == nil {
		return list
	}
	return []any{found}
}

// mutant is the template with one thing changed.
type mutant struct {
	name string
	template
}

// mutants changes, one at a time: each statement of the bucket policy, each gateway response, the authorizer, the
// scopes and the validator of each method, and each action and condition of the signers' roles.
func (t template) mutants() []mutant {
	var found []mutant
	for _, id := range slices.Sorted(maps.Keys(t.resources())) {
		switch at(t.resources(), id, "Type") {
		case "AWS::S3::BucketPolicy":
			found = append(found, t.withoutStatements(id, "bucket policy", "PolicyDocument")...)
		case "AWS::ApiGateway::GatewayResponse":
			c := t.copy()
			delete(c.resources(), id)
			found = append(found, mutant{fmt.Sprintf("gateway response %v removed", at(t.resources(), id, "Properties", "ResponseType")), c})
		case "AWS::ApiGateway::Method":
			found = append(found, t.methods(id)...)
		case "AWS::IAM::Role":
			for i := range listAt(t.resources(), id, "Properties", "Policies") {
				found = append(found, t.role(id, i)...)
			}
		}
	}
	return found
}

// hash ends a logical ID, and makes it unique.
var hash = regexp.MustCompile(`[0-9A-F]{8}$`)

func named(id string) string { return hash.ReplaceAllString(id, "") }

// withoutStatements removes one statement of a policy at a time. path leads from the resource's properties to it.
func (t template) withoutStatements(id, name string, path ...any) []mutant {
	var found []mutant
	path = append([]any{id, "Properties"}, path...)
	statements := listAt(t.resources(), append(path, "Statement")...)
	for i, s := range statements {
		c := t.copy()
		object(c.resources(), path...)["Statement"] = slices.Delete(slices.Clone(statements), i, i+1)
		found = append(found, mutant{fmt.Sprintf("%s: %v removed", name, at(s, "Sid")), c})
	}
	return found
}

// methods takes the authorizer, its scopes and the validator from a method that has them.
func (t template) methods(id string) []mutant {
	properties := object(t.resources(), id, "Properties")
	if properties["AuthorizerId"] == nil {
		return nil
	}
	change := func(name string, edit func(properties map[string]any)) mutant {
		c := t.copy()
		edit(object(c.resources(), id, "Properties"))
		return mutant{named(id) + ": " + name, c}
	}
	found := []mutant{
		change("no authorizer", func(p map[string]any) {
			p["AuthorizationType"] = "NONE"
			delete(p, "AuthorizerId")
			delete(p, "AuthorizationScopes")
		}),
		change("no scopes, so that ID tokens are taken", func(p map[string]any) { delete(p, "AuthorizationScopes") }),
		change("no request model", func(p map[string]any) {
			delete(p, "RequestValidatorId")
			delete(p, "RequestModels")
		}),
	}
	scopes := listAt(properties, "AuthorizationScopes")
	for i, scope := range scopes {
		found = append(found, change(fmt.Sprintf("scope %s removed", scopeName(scope)), func(p map[string]any) {
			p["AuthorizationScopes"] = slices.Delete(slices.Clone(scopes), i, i+1)
		}))
	}
	return append(found, change("scope openid added", func(p map[string]any) {
		p["AuthorizationScopes"] = append(slices.Clone(scopes), "openid")
	}))
}

// scopeName is a scope as people know it: the template joins it from the resource server's name.
func scopeName(scope any) string {
	if parts := listAt(scope, "Fn::Join", 1); len(parts) > 0 {
		return strings.TrimPrefix(fmt.Sprint(parts[len(parts)-1]), "/")
	}
	return fmt.Sprint(scope)
}

// role changes the statements of one of a role's policies.
func (t template) role(id string, index int) []mutant {
	policy := []any{id, "Properties", "Policies", index, "PolicyDocument"}
	found := t.withoutStatements(id, named(id), policy[2:]...)
	for i, s := range listAt(t.resources(), append(policy, "Statement")...) {
		change := func(name string, edit func(statement map[string]any)) {
			c := t.copy()
			edit(object(c.resources(), append(policy, "Statement", i)...))
			found = append(found, mutant{fmt.Sprintf("%s: %v %s", named(id), at(s, "Sid"), name), c})
		}
		actions := listAt(s, "Action")
		for j, action := range actions {
			if len(actions) > 1 {
				change(fmt.Sprintf("without %v", action), func(s map[string]any) { s["Action"] = slices.Delete(slices.Clone(actions), j, j+1) })
			}
		}
		service, _, _ := strings.Cut(fmt.Sprint(actions[0]), ":")
		change("with "+service+":*", func(s map[string]any) { s["Action"] = service + ":*" })
		if !reflect.DeepEqual(at(s, "Condition"), nil) {
			change("without its condition", func(s map[string]any) { delete(s, "Condition") })
		}
	}
	return found
}
