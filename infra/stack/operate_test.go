package stack_test

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"
)

func TestLogMetricsCountByOperationAndCode(t *testing.T) {
	for _, f := range all["everything"].ofType("AWS::Logs::MetricFilter") {
		transform := list(f.Properties["MetricTransformations"])[0]
		dimension, pattern := `[{"Key":"operation","Value":"$.operation"}]`, `{ $.outcome = "issued" }`
		if at(transform, "MetricName") == "Refused" {
			dimension, pattern = `[{"Key":"code","Value":"$.code"}]`, `{ ($.outcome = "refused") || ($.outcome = "failed") }`
		}
		if got := text(t, at(transform, "Dimensions")); got != dimension {
			t.Errorf("%s: got dimensions %s, want %s", f.id, got, dimension)
		}
		if got := f.Properties["FilterPattern"]; got != pattern {
			t.Errorf("%s: got pattern %v, want %s", f.id, got, pattern)
		}
		if got := at(transform, "MetricNamespace"); got != "PresignedUploads-everything" {
			t.Errorf("%s: got namespace %v", f.id, got)
		}
	}
}

// The namespace of our metrics has a hyphen. Without its quotes CloudWatch reads an expression that finds nothing.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/search-expression-syntax.html
func TestEachSearchOfTheDashboardQuotesItsNamespace(t *testing.T) {
	search := regexp.MustCompile(`^SEARCH\('\{"PresignedUploads-everything",(operation|code)\} MetricName="(Issued|Refused)"', 'Sum', 300\)$`)
	var body strings.Builder // the parts of Fn::Join, with "x" for a reference
	for _, part := range list(list(at(all["everything"].only(t, "AWS::CloudWatch::Dashboard").Properties["DashboardBody"], "Fn::Join"))[1]) {
		if literal, ok := part.(string); ok {
			body.WriteString(literal)
		} else {
			body.WriteString("x")
		}
	}
	var dashboard struct {
		Widgets []struct{ Properties struct{ Metrics [][]any } }
	}
	if err := json.Unmarshal([]byte(body.String()), &dashboard); err != nil {
		t.Fatalf("%v in %s", err, body.String())
	}
	found := 0
	for _, widget := range dashboard.Widgets {
		for _, metric := range widget.Properties.Metrics {
			expression, ok := at(metric[0], "expression").(string)
			if !ok {
				continue
			}
			found++
			if !search.MatchString(expression) {
				t.Errorf("got %s", expression)
			}
		}
	}
	if found != 2 {
		t.Errorf("got %d expressions, want 2", found)
	}
}

func TestCompletedUploadsAloneReachTheQueue(t *testing.T) {
	v := all["everything"]
	rule := v.starting(t, "AWS::Events::Rule", "UploadCompleted").Properties
	want := text(t, map[string]any{
		"source": []any{"aws.guardduty"}, "detail-type": []any{"GuardDuty Malware Protection Object Scan Result"},
		"detail": map[string]any{
			"s3ObjectDetails":   map[string]any{"bucketName": []any{ref(v.starting(t, "AWS::S3::Bucket", "Uploads").id)}},
			"scanResultDetails": map[string]any{"scanResultStatus": []any{"NO_THREATS_FOUND"}},
		},
	})
	if got := text(t, rule["EventPattern"]); got != want {
		t.Errorf("got pattern %s, want %s", got, want)
	}
	for _, policy := range v.ofType("AWS::SQS::QueuePolicy") {
		for _, s := range list(at(policy.Properties, "PolicyDocument", "Statement")) {
			if at(s, "Effect") == "Allow" && (text(t, at(s, "Principal")) != `{"Service":"events.amazonaws.com"}` || at(s, "Condition", "ArnEquals") == nil) {
				t.Errorf("%s: lets more than this rule send: %s", policy.id, text(t, s))
			}
		}
	}
}

func TestWhatNoConsumerTakesIsKept(t *testing.T) {
	v := all["everything"]
	failed := arn(v.starting(t, "AWS::SQS::Queue", "UndeliveredUploads").id)
	if got, want := text(t, at(v.starting(t, "AWS::SQS::Queue", "CompletedUploads").Properties, "RedrivePolicy", "deadLetterTargetArn")), text(t, failed); got != want {
		t.Errorf("the queue gives up to %s, want %s", got, want)
	}
	target := list(v.starting(t, "AWS::Events::Rule", "UploadCompleted").Properties["Targets"])[0]
	if got, want := text(t, at(target, "DeadLetterConfig", "Arn")), text(t, failed); got != want {
		t.Errorf("the rule gives up to %s, want %s", got, want)
	}
}

func TestTheAccountStackHoldsNothingButTheRoleForLogs(t *testing.T) {
	if got := len(account.Resources); got != 2 {
		t.Errorf("got %d resources, want 2", got)
	}
	role, setting := account.only(t, "AWS::IAM::Role"), account.only(t, "AWS::ApiGateway::Account")
	if got, want := text(t, setting.Properties["CloudWatchRoleArn"]), text(t, arn(role.id)); got != want {
		t.Errorf("API Gateway logs as %s, want %s", got, want)
	}
	if got := text(t, role.Properties["ManagedPolicyArns"]); !strings.Contains(got, ":iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs") || role.Properties["Policies"] != nil {
		t.Errorf("got policies %s %s, want AWS's own alone", got, text(t, role.Properties["Policies"]))
	}
	for _, v := range all {
		if found := v.ofType("AWS::ApiGateway::Account"); len(found) > 0 {
			t.Errorf("a stage changes a setting of the whole account: %s", found[0].id)
		}
	}
}
