package iam

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"example.com/presigned/infra/stage"
	"example.com/presigned/lambda/operation"
)

// It tries every action that the evaluator knows. The test fails if a role can reach more than it needs, or less.
func TestEachRoleReachesExactlyWhatItNeeds(t *testing.T) {
	long(t)
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
		w := newWorld(t, all[name])
		for _, caller := range templateCallers() {
			if w.identity[caller] != nil {
				questions = append(questions, question{name, caller, needs(caller, all[name].Stage), b.askReach(w.reach(b, caller))})
			}
		}
	}
	_, reaches := b.run(t)
	for _, q := range questions {
		var got []string
		for _, found := range reaches[q.reach] {
			text := found.Action + " on " + found.Resource
			if !found.Strict {
				text += " in another context than it needs"
			}
			got = append(got, text)
		}
		slices.Sort(got)
		if !slices.Equal(got, q.want) {
			t.Errorf("%s: %s reaches\n\t%s\nwant\n\t%s", q.stage, callerName(q.caller), strings.Join(got, "\n\t"), strings.Join(q.want, "\n\t"))
		}
	}
}

// This list is written out, as a check of needs.
func TestTheSmallestStageNeedsOnlyPutObjectAndItsOwnLog(t *testing.T) {
	got, want := needs(uploadSigner, stage.Least()), []string{
		"logs:CreateLogStream on " + uploadStream,
		"logs:PutLogEvents on " + uploadStream,
		"s3:PutObject on " + object,
		"sts:GetCallerIdentity on " + noResource,
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if d := deployments(t)["least"]; len(d.ofType("AWS::Lambda::Function")) != 1 {
		t.Errorf("got %d functions, want 1", len(d.ofType("AWS::Lambda::Function")))
	}
}

// What a function signs, what its role may do and what a stage has on come from one table.
func TestEachFunctionSignsWhatItsStageHasOn(t *testing.T) {
	for name, d := range deployments(t) {
		for id, function := range d.ofType("AWS::Lambda::Function") {
			got := fmt.Sprint(at(function.Properties, "Environment", "Variables", "OPERATIONS"))
			want := strings.Join(operation.Names(d.Operations(routes()[session(id)])), ",")
			if got != want {
				t.Errorf("%s: %s signs %q, want %q", name, id, got, want)
			}
		}
	}
}

// The search must find a grant in another service, behind a condition, or in a wildcard.
func TestTheSearchFindsAHiddenGrant(t *testing.T) {
	long(t)
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

// routes are the API resources of the signers.
func routes() map[string]operation.Route {
	return map[string]operation.Route{uploadSigner: operation.Upload, downloadSigner: operation.Download, deleteSigner: operation.Delete}
}

// needs is what a caller must be able to reach, sorted. No policy can refuse sts:GetCallerIdentity.
func needs(caller string, s stage.Stage) []string {
	want := map[string]bool{"sts:GetCallerIdentity on " + noResource: true}
	switch caller {
	case scanner:
		scannerNeeds(want, s)
	case webhookCaller:
		want["events:InvokeApiDestination on "+webhook] = true
	default:
		signerNeeds(want, caller, s)
	}
	return slices.Sorted(maps.Keys(want))
}

// signerNeeds adds a signer's operations, the key that they need, its own log, and traces.
func signerNeeds(want map[string]bool, caller string, s stage.Stage) {
	on := map[operation.Resource]string{operation.Objects: object, operation.Bucket: bucket}
	for _, op := range s.Operations(routes()[caller]) {
		want[op.Action+" on "+on[op.Resource]] = true
		if s.KMSKey && op.Action == "s3:PutObject" {
			want["kms:GenerateDataKey on "+key] = true
		}
		// S3 decrypts parts to join them.
		if s.KMSKey && (op.Action == "s3:GetObject" || op.Option == operation.Multipart) {
			want["kms:Decrypt on "+key] = true
			want["kms:Decrypt on "+formerKey] = true // the stages with a key have a former one too
		}
	}
	stream := map[string]string{uploadSigner: uploadStream, downloadSigner: downloadStream, deleteSigner: deleteStream}[caller]
	want["logs:CreateLogStream on "+stream] = true
	want["logs:PutLogEvents on "+stream] = true
	if s.Tracing {
		want["xray:PutTraceSegments on "+noResource] = true
		want["xray:PutTelemetryRecords on "+noResource] = true
	}
}

// scannerNeeds adds what GuardDuty documents that it needs.
// https://docs.aws.amazon.com/guardduty/latest/ug/malware-protection-s3-iam-policy-prerequisite.html
func scannerNeeds(want map[string]bool, s stage.Stage) {
	for on, actions := range map[string]string{
		object:   "s3:GetObject s3:GetObjectVersion s3:GetObjectTagging s3:GetObjectVersionTagging s3:PutObjectTagging s3:PutObjectVersionTagging",
		probe:    "s3:GetObject s3:GetObjectVersion s3:GetObjectTagging s3:GetObjectVersionTagging s3:PutObjectTagging s3:PutObjectVersionTagging s3:PutObject",
		bucket:   "s3:ListBucket s3:GetBucketNotification s3:PutBucketNotification",
		scanRule: "events:PutRule events:DeleteRule events:PutTargets events:RemoveTargets events:DescribeRule events:ListTargetsByRule",
	} {
		for action := range strings.FieldsSeq(actions) {
			want[action+" on "+on] = true
		}
	}
	if s.KMSKey {
		want["kms:GenerateDataKey on "+key] = true
		want["kms:Decrypt on "+key] = true
		want["kms:Decrypt on "+formerKey] = true
	}
}

// reach asks for everything that a caller can do in the context that allows most: a new presigned URL with
// every header and parameter that an operation has, and the condition keys of the other services.
func (w world) reach(b *batch, caller string) search {
	const best = presigned + writeOnce + clean + ownPrefix + throughS3 + " events:ManagedBy=" + scanService
	q := search{
		request:          w.request(b, row{caller: caller, context: best}),
		Resources:        []string{object, uploadStream, downloadStream, deleteStream, scanRule, webhook},
		ResourcePolicies: map[string]int{},
	}
	for arn, p := range w.resource {
		if (arn == elsewhereKey || arn == formerKey) && w.resource[key] == nil {
			continue // if the stack has no key, no policy names one
		}
		q.Resources = append(q.Resources, arn)
		q.ResourcePolicies[arn] = b.policy(policyRef{of: arn}.kind(), p)
	}
	if caller == scanner {
		q.Resources = append(q.Resources, probe)
	}
	slices.Sort(q.Resources) // the order of requests, and so of equal searches, is stable
	return q
}
