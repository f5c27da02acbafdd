// Package attack has one table of rows for every suite that sends requests to a running stack: what a row sends, the
// answer that it must get, and the guard that gives it.
//
// A table says what its rows need of a target, such as the key that signs the user pool's tokens. A target says what it
// offers. The tests of this package run the rows on the local run, package bounds on a local run with bounds, and
// package acceptance on any deployment.
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

// Table is rows of one kind that need the same. Its rows may run at the same time; tables run one after the other.
type Table struct {
	Name  string
	Needs []Need
	Rows  []Row
}

// ID names a row for people, reports and lists.
func (t Table) ID(r Row) string { return t.Name + "/" + r.Name }

// Outcome is the status and the code of an answer.
type Outcome struct {
	Status int
	Code   string
}

func (o Outcome) String() string { return strings.TrimSpace(fmt.Sprintf("%d %s", o.Status, o.Code)) }

// Result is what came of a row.
type Result struct {
	Got      string
	Failures []string // empty: as it should be
}

// wanted is the answers that a row takes.
func wanted(table Table, r Row) []Outcome {
	return append([]Outcome{{r.Status, r.Code}}, Undocumented()[table.ID(r)].Also...)
}

// firewall is the refusal of a stage's web ACL, which looks at a request before anybody else does.
var firewall = Outcome{http.StatusForbidden, "WafFiltered"}

// Want is the answers that a row takes, in words.
func Want(table Table, r Row) string {
	var words []string
	for _, o := range wanted(table, r) {
		words = append(words, o.String())
	}
	return strings.Join(words, " or ")
}

// Judge sends a row's requests to a target and compares the answer.
func Judge(ctx context.Context, target *Target, table Table, r Row) Result {
	return judge(&Try{Target: target, ctx: ctx}, table, r)
}

func judge(x *Try, table Table, r Row) Result {
	answer := x.run(r)
	got := Outcome{answer.Status, answer.Code()}
	result := Result{Got: got.String(), Failures: x.failures}
	if x.stopped {
		result.Got = "no answer"
	} else if refusedEarlier := got == firewall && r.Status >= 400; !refusedEarlier && !slices.Contains(wanted(table, r), got) {
		// What was granted by mistake is a credential, and S3 repeats one in its refusal.
		body := leaks.WithoutEcho(answer.Body)
		if answer.Status < http.StatusMultipleChoices {
			body = nil
		}
		result.Failures = append(result.Failures, fmt.Sprintf("got %s, want %s: %s\n%.600s", got, Want(table, r), r.Guard, body))
	}
	return result
}

// Try is one attempt at a row.
type Try struct {
	*Target
	ctx      context.Context
	batched  bool // its requests to an endpoint are
	place    int  // of a batch: batch.go
	failures []string
	stopped  bool
}

// stop is what Fatal panics with: the row can't continue.
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

// Error notes what is wrong.
func (x *Try) Error(args ...any) { x.failures = append(x.failures, fmt.Sprint(args...)) }

// Errorf notes what else is wrong with an answer.
func (x *Try) Errorf(format string, args ...any) { x.Error(fmt.Sprintf(format, args...)) }

// Fatal notes what is wrong, and ends the row.
func (x *Try) Fatal(args ...any) {
	x.Error(args...)
	panic(stop{})
}

// Fatalf is Fatal with a format.
func (x *Try) Fatalf(format string, args ...any) { x.Fatal(fmt.Sprintf(format, args...)) }
