package stage

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// refusals collects what is wrong with a stage.
type refusals []error

// when adds the message if broken is true.
func (r *refusals) when(broken bool, message string, args ...any) {
	if broken {
		*r = append(*r, fmt.Errorf(message, args...))
	}
}

// match refuses each value that doesn't match the pattern. want says in words what the pattern allows.
func (r *refusals) match(field string, values []string, pattern, want string) {
	for _, value := range values {
		r.when(!matches(value, pattern), "%s has %q: want %s", field, value, want)
	}
}

func (r *refusals) oneOf(field, got string, want ...string) {
	r.when(!slices.Contains(want, got), "%s is %q: want one of %v", field, got, want)
}

func (r *refusals) within(field string, got, least, most int64) {
	r.when(got < least || got > most, "%s is %d: want %d to %d", field, got, least, most)
}

// together requires all of the values, or none.
func (r *refusals) together(message string, values ...string) {
	r.when(slices.Contains(values, "") && strings.Join(values, "") != "", "%s", message)
}

// secretARN doesn't repeat the value, which may be the secret itself.
func (r *refusals) secretARN(field, value string) {
	const pattern = `^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:[A-Za-z0-9/_+=.@-]+$`
	r.when(value != "" && !matches(value, pattern), "%s is not the ARN of a secret: want the ARN of a secret in Secrets Manager, never the secret itself", field)
}

// ifSet lists a value for match, or nothing if the stage leaves it out.
func ifSet(value string) []string {
	if value == "" {
		return nil
	}
	return []string{value}
}

func matches(value, pattern string) bool { return regexp.MustCompile(pattern).MatchString(value) }
