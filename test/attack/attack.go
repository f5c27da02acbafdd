// Package attack has the rows for every suite that sends requests to a running stack. A row has the requests to send, the
// answer that the last one must get, and the guard that gives this answer.
//
// A table says what its rows need from a target, such as the route for downloads. A target says what it lacks. The tests of
// this package send the rows to a local run of the dev stage or of another stack. Package bounds has a stage with bounds,
// and package load sends random rows. `make acceptance` sends the rows to any deployment.
package attack

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"example.com/presigned/test/harness"
	"example.com/presigned/test/leaks"
)

// Row is a request, or a few of them, whose last answer is checked.
type Row struct {
	Name   string
	Attack func(x *Try) harness.Answer
	Status int
	Code   string // of the problem or of S3's error; "" where the answer has none
	Guard  string // what refuses it
}

// Table has rows of one kind, with the same needs. Its rows may run at the same time; tables run one after the other.
type Table struct {
	Name  string
	Needs []Need
	Rows  []Row
}

// ID is the row's name in reports, lists and documents.
func (t Table) ID(r Row) string { return t.Name + "/" + r.Name }

// Outcome is the status and the code of an answer.
type Outcome struct {
	Status int
	Code   string
}

func (o Outcome) String() string { return strings.TrimSpace(fmt.Sprintf("%d %s", o.Status, o.Code)) }

// Result is the outcome of a row.
type Result struct {
	Got      string
	Failures []string // empty if the row got what it must get
}

// firewall is the refusal of a stage's web ACL, which checks a request before everything else.
var firewall = Outcome{http.StatusForbidden, "WafFiltered"}

// Judge sends a row's requests to a target and compares the last answer.
func Judge(ctx context.Context, target *Target, table Table, r Row) Result {
	return judge(&Try{Target: target, ctx: ctx}, table, r)
}

func judge(x *Try, table Table, r Row) Result {
	answer := x.run(r)
	got, want := Outcome{answer.Status, answer.Code()}, append([]Outcome{{r.Status, r.Code}}, Undocumented()[table.ID(r)]...)
	result := Result{Got: got.String(), Failures: x.failures}
	if x.stopped {
		result.Got = "no answer"
	} else if refusedEarlier := got == firewall && r.Status >= 400; !refusedEarlier && !slices.Contains(want, got) {
		// The text is shown. A URL that was granted by mistake is a credential, and S3 repeats the signature that it refuses.
		body := leaks.WithoutEcho(answer.Body)
		if answer.Status < http.StatusMultipleChoices {
			body = nil
		}
		result.Failures = append(result.Failures, fmt.Sprintf("got %s, want one of %s: %s\n%.600s", got, want, r.Guard, body))
	}
	return result
}

// Try is one attempt at a row.
type Try struct {
	*Target
	ctx      context.Context
	batched  bool // send each request to an endpoint as part of a batch, see batch.go
	place    int  // in the batch, from 0
	failures []string
	stopped  bool
}

// stop is the value that Fatal panics with, to end the row.
type stop struct{}

func (x *Try) run(r Row) (answer harness.Answer) {
	defer func() {
		if thrown := recover(); thrown != nil {
			if _, ours := thrown.(stop); !ours {
				panic(thrown)
			}
			x.stopped = true
		}
	}()
	return r.Attack(x)
}

// Error adds a failure.
func (x *Try) Error(args ...any) { x.failures = append(x.failures, fmt.Sprint(args...)) }

// Errorf is Error with a format.
func (x *Try) Errorf(format string, args ...any) { x.Error(fmt.Sprintf(format, args...)) }

// Fatal adds a failure and ends the row.
func (x *Try) Fatal(args ...any) {
	x.Error(args...)
	panic(stop{})
}

// Fatalf is Fatal with a format.
func (x *Try) Fatalf(format string, args ...any) { x.Fatal(fmt.Sprintf(format, args...)) }
