package harness

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"

	"example.com/presigned/test/leaks"
	"example.com/presigned/test/measure"
)

// secrets has the secrets of all stacks of this test process. They are searched for in the stacks' logs and refusals, and in
// the output of the programs that the tests run. There is one for the process, so that no test is left out.
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

// Know adds secrets to search for.
func Know(what string, more ...string) { secrets.Know(what, more...) }

// leaks searches the logs (functions, API, S3, events) and the refusals so far. The functions still run, so that
// their credentials can be learnt.
func (s *Stack) leaks() error {
	for _, child := range measure.Children(os.Getpid()) {
		secrets.KnowEnvironment(child)
	}
	found := append(secrets.Text("the stack's log", s.Log.String()), secrets.Refusal("a refusal", []byte(refusals.String()))...)
	if len(found) > 0 {
		return errors.New(strings.Join(found, "\n"))
	}
	return nil
}

// Secrets returns a sentence for each secret in a refusal. It searches no successful answer, which may have a presigned URL.
func (a Answer) Secrets() []string {
	if a.Status < http.StatusMultipleChoices {
		return nil
	}
	text := fmt.Appendf(nil, "%v\n%s\n", a.Header, a.Body)
	_, _ = refusals.Write(text) // never fails
	return secrets.Refusal("a refusal", text)
}

// Printed fails the test if a program's output has a secret.
func Printed(t testing.TB, where, text string) {
	t.Helper()
	for _, leak := range Secrets(where, text) {
		t.Error(leak)
	}
}

// Secrets returns a sentence for each secret in a text.
func Secrets(where, text string) []string { return secrets.Text(where, text) }
