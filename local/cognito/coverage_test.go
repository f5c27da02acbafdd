package cognito

import (
	"reflect"
	"slices"
	"strings"
	"testing"
)

func TestWhatIsModelledIsReadAndWhatIsReadIsModelled(t *testing.T) {
	for typ, props := range map[string]any{
		"AWS::Cognito::UserPool":               userPoolProperties{},
		"AWS::Cognito::UserPoolClient":         clientProperties{},
		"AWS::Cognito::UserPoolResourceServer": resourceServerProperties{},
		"AWS::Cognito::UserPoolDomain":         domainProperties{},
	} {
		read, modelled := leaves(reflect.TypeOf(props), ""), Coverage()[typ].Modelled
		for _, path := range modelled {
			if !slices.ContainsFunc(read, func(leaf string) bool { return covers(path, leaf) }) {
				t.Errorf("%s: %s is modelled, but not read", typ, path)
			}
		}
		for _, leaf := range read {
			if !slices.ContainsFunc(modelled, func(path string) bool { return covers(path, leaf) }) {
				t.Errorf("%s: %s is read, but not modelled", typ, leaf)
			}
		}
	}
}

// leaves are the property paths that a struct is decoded from.
func leaves(typ reflect.Type, path string) []string {
	switch {
	case typ.Kind() == reflect.Pointer || typ.Kind() == reflect.Slice:
		return leaves(typ.Elem(), path)
	case typ.Kind() != reflect.Struct:
		return []string{strings.TrimPrefix(path, ".")}
	}
	var all []string
	for f := range typ.Fields() {
		all = append(all, leaves(f.Type, path+"."+f.Name)...)
	}
	return all
}

func covers(path, leaf string) bool { return leaf == path || strings.HasPrefix(leaf, path+".") }
