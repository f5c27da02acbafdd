package harness

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"

	"example.com/presigned/test/bench/measure"
	"example.com/presigned/test/leaks"
)

// secrets are looked for in all that the stacks of this test process write and refuse with, and in what the programs
// print that its tests run. It is one for the process, so that no test can ask, or run, past it.
var secrets leaks.Search

// refusals keeps the refusals until the credentials of all functions are known.
var refusals Log

// know learns the secrets of a stack that has just started.
func (s *Stack) know() {
	secrets.Know("the root secret key", s.SecretAccessKey)
	secrets.Know("a password", s.Password)
	for _, text := range s.Secrets {
		var client struct{ ClientSecret string }
		if json.Unmarshal([]byte(text), &client) == nil {
			secrets.Know("a client secret", client.ClientSecret)
		}
	}
}

// Know adds secrets to look for.
func Know(what string, more ...string) { secrets.Know(what, more...) }

// leaks searches the logs (functions, API, S3, Cognito) and the refusals so far. The functions still run, so that
// their credentials can be learnt.
func (s *Stack) leaks() error {
	for _, pid := range measure.Children(os.Getpid()) {
		secrets.KnowEnvironment(pid)
	}
	var found []error
	for _, leak := range append(secrets.Text("the stack's log", s.Log.String()), secrets.Refusal("a refusal", []byte(refusals.String()))...) {
		found = append(found, errors.New(leak.String()))
	}
	return errors.Join(found...)
}

// Search looks for secrets in an answer that is no success.
func (a Answer) Search(t T) {
	t.Helper()
	if a.Status < http.StatusMultipleChoices {
		return
	}
	text := fmt.Appendf(nil, "%v\n%s\n", a.Header, a.Body)
	_, _ = refusals.Write(text) // never fails
	for _, leak := range secrets.Refusal("a refusal", text) {
		t.Error(leak)
	}
}

// Printed searches what a program printed, whose result is no secret.
func Printed(t T, where, text string) {
	t.Helper()
	for _, leak := range secrets.Text(where, text) {
		t.Error(leak)
	}
}

// Secrets are those in what a program is about to show.
func Secrets(where, text string) []string {
	var found []string
	for _, leak := range secrets.Text(where, text) {
		found = append(found, leak.String())
	}
	return found
}
