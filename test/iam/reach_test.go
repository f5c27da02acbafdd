package iam

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"example.com/presigned/lambda/operation"
)

// More than the operations need is red, and so is less: every action that the evaluator knows is tried.
func TestEachRoleReachesExactlyWhatItsOperationsNeed(t *testing.T) {
	t.Parallel()
	type question struct {
		stage, caller string
		want          []string
		reach         int
	}
	b := newBatch()
	var questions []question
	all := deployments(t)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		d := all[name]
		w := newWorld(t, d)
		for id, function := range d.ofType("AWS::Lambda::Function") {
			ops := environmentOperations(t, function)
			route := operation.Upload
			if id == "DownloadSigner" {
				route = operation.Download
			}
			if got, want := operation.Names(ops), operation.Names(d.Operations(route)); !slices.Equal(got, want) {
				t.Errorf("%s: %s signs %q, want what the stage has on: %q", name, id, got, want)
			}
			want := needs(id, ops, d.Tracing)
			questions = append(questions, question{name, session(id), want, b.askReach(w.reach(b, session(id)))})
		}
	}
	_, reaches := b.run(t)
	for _, q := range questions {
		var got []string
		for _, found := range reaches[q.reach] {
			text := found.Action + " on " + found.Resource
			if !found.Strict {
				text += " in another context than a presigned URL's"
			}
			got = append(got, text)
		}
		slices.Sort(got)
		if !slices.Equal(got, q.want) {
			t.Errorf("%s: %s reaches\n\t%s\nwant\n\t%s", q.stage, callerName(q.caller), strings.Join(got, "\n\t"), strings.Join(q.want, "\n\t"))
		}
	}
}

// The search itself must see a grant that hides: in another service, behind a condition, in a wildcard.
func TestAReachSeesWhatNoRowAsksFor(t *testing.T) {
	t.Parallel()
	b := newBatch()
	hidden := map[string]map[string]any{
		"sqs:SendMessage on arn:aws:sqs:other:other:other": {"Action": "sqs:SendMessage", "Resource": "*"},
		"sqs:DeleteQueue on arn:aws:sqs:other:other:other": {"Action": "sqs:Delete*", "Resource": "*"},
		"sqs:PurgeQueue on arn:aws:sqs:other:other:other": {"Action": "sqs:PurgeQueue", "Resource": "*",
			"Condition": map[string]any{"IpAddress": map[string]any{"aws:SourceIp": "203.0.113.7/32"}}},
		"sqs:CreateQueue on arn:aws:sqs:other:other:other": {"Action": "s?s:Create*", "Resource": "arn:aws:sqs:*"},
	}
	at := map[string]int{}
	for what, statement := range hidden {
		statement["Effect"] = "Allow"
		w := world{identity: map[string]policy{plainRole: {"Version": "2012-10-17", "Statement": []any{statement}}}}
		at[what] = b.askReach(w.reach(b, plainRole))
	}
	_, reaches := b.run(t)
	for what, i := range at {
		if !slices.ContainsFunc(reaches[i], func(g grant) bool { return g.Action+" on "+g.Resource == what }) {
			t.Errorf("%s is granted: not found among %v", what, reaches[i])
		}
	}
}

// needs is what a signer must be able to reach: its operations, its own log, and traces where the stage
// has them on.
func needs(signer string, ops []operation.Operation, traced bool) []string {
	on := map[operation.Resource]string{operation.Objects: object, operation.Bucket: bucket}
	want := map[string]bool{}
	for _, op := range ops {
		want[op.Action+" on "+on[op.Resource]] = true
	}
	stream := map[string]string{"UploadSigner": uploadStream, "DownloadSigner": downloadStream}[signer]
	want["logs:CreateLogStream on "+stream] = true
	want["logs:PutLogEvents on "+stream] = true
	if traced {
		want["xray:PutTraceSegments on "+noResource] = true
		want["xray:PutTelemetryRecords on "+noResource] = true
	}
	return slices.Sorted(maps.Keys(want))
}

// environmentOperations are those that a function is told to sign.
func environmentOperations(t *testing.T, function resource) []operation.Operation {
	t.Helper()
	environment, _ := function.Properties["Environment"].(map[string]any)
	variables, _ := environment["Variables"].(map[string]any)
	ops, err := operation.Parse(fmt.Sprint(variables["OPERATIONS"]))
	if err != nil {
		t.Fatal(err)
	}
	return ops
}

// reach asks for all that a caller can do, from the place where most is allowed: a fresh presigned URL
// with every header and parameter that some operation has.
func (w world) reach(b *batch, caller string) request {
	q := w.request(b, row{caller: caller, on: object, context: presigned + writeOnce + ownPrefix})
	q.Resource = ""
	q.Resources = []string{bucket, object, uploadStream, downloadStream, uploadRole, downloadRole}
	return q
}
