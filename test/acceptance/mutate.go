package main

import (
	"encoding/json"
	"fmt"
	"maps"
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

// mutants changes, one at a time: each statement of the bucket policy, each gateway response, and the authorizer, the scopes
// and the validator of each method. What each part of a role is for, test/iam says.
func (t template) mutants() []mutant {
	var found []mutant
	for _, id := range slices.Sorted(maps.Keys(t.resources())) {
		switch at(t.resources(), id, "Type") {
		case "AWS::S3::BucketPolicy":
			found = append(found, t.withoutStatements(id)...)
		case "AWS::ApiGateway::GatewayResponse":
			c := t.copy()
			delete(c.resources(), id)
			found = append(found, mutant{fmt.Sprintf("gateway response %v removed", at(t.resources(), id, "Properties", "ResponseType")), c})
		case "AWS::ApiGateway::Method":
			found = append(found, t.methods(id)...)
		}
	}
	return found
}

// hash ends a logical ID, and makes it unique.
var hash = regexp.MustCompile(`[0-9A-F]{8}$`)

func named(id string) string { return hash.ReplaceAllString(id, "") }

// withoutStatements removes one statement of a bucket policy at a time.
func (t template) withoutStatements(id string) []mutant {
	var found []mutant
	path := []any{id, "Properties", "PolicyDocument"}
	statements := listAt(t.resources(), append(path, "Statement")...)
	for i, s := range statements {
		c := t.copy()
		object(c.resources(), path...)["Statement"] = slices.Delete(slices.Clone(statements), i, i+1)
		found = append(found, mutant{fmt.Sprintf("bucket policy: %v removed", at(s, "Sid")), c})
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
