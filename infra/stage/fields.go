package stage

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"slices"
)

// Fields returns the names of a stage's fields in its file, in the order of the struct.
func Fields() []string {
	var names []string
	for _, f := range reflect.VisibleFields(reflect.TypeFor[Stage]()) {
		if name := f.Tag.Get("json"); name != "-" {
			names = append(names, name)
		}
	}
	return names
}

// values returns the fields' values in JSON by name.
func (s Stage) values() map[string]json.RawMessage {
	var values map[string]json.RawMessage
	text, _ := json.Marshal(s) // text, numbers and lists of text always encode
	_ = json.Unmarshal(text, &values)
	return values
}

// ChangedOwnPoolFields returns the fields of the stack's own user pool and app clients that are not at their defaults.
func (s Stage) ChangedOwnPoolFields() []string {
	own, values, defaults := []string{
		"signInWithEmail", "selfSignUp", "userPoolPlan", "passwordAuth", "mfa", "accessTokenMinutes", "refreshTokenDays",
		"signInDomain", "managedLogin", "callbackUrls", "logoutUrls", "machineClients",
		"samlProvider", "samlMetadataUrl", "oidcProvider", "oidcIssuer", "oidcClientId", "oidcClientSecretArn",
	}, s.values(), Least().values()
	return slices.DeleteFunc(own, func(name string) bool { return bytes.Equal(values[name], defaults[name]) })
}

// placeholder is a JSON string that the reader must replace: a domain that RFC 2606 reserves for examples, or an account
// of AWS's documentation.
var placeholder = regexp.MustCompile(`"([^"]*[^"a-z0-9-])?(example\.(com|org|net)|[a-z0-9-]+\.example)([^"a-z0-9.-][^"]*)?"` +
	`|"[^"]*\b(111122223333|123456789012|444455556666)\b[^"]*"`)

// CheckPlaceholders returns an error that names every placeholder of the stage. A stage with one can be loaded, but must
// not be deployed: another owner's pages could call its API, or its alarms would reach nobody.
func (s Stage) CheckPlaceholders() error {
	var found []error
	values := s.values()
	for _, name := range Fields() {
		for _, value := range placeholder.FindAll(values[name], -1) {
			found = append(found, fmt.Errorf("stage %q: %s has the placeholder %s: want your own", s.Name, name, value))
		}
	}
	return errors.Join(found...)
}
