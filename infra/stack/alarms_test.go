package stack_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// alarmIDs are the construct IDs of all alarms. In the console an alarm's name is the stack's name and then this ID.
func alarmIDs() []string {
	var ids []string
	for _, a := range all["everything"].ofType("AWS::CloudWatch::Alarm") {
		ids = append(ids, a.id[:len(a.id)-8])
	}
	return ids
}

// An alarm that watches the wrong metric, or never goes off, looks the same as a quiet one.
func TestEachAlarmWatchesWhatTheRunbookSays(t *testing.T) {
	const alarm, topic = "AWS::CloudWatch::Alarm", `["arn:aws:sns:eu-central-1:111122223333:uploads-alarms"]`
	const errors, throttles = `AWS/Lambda Errors Sum of 300 s, > 0, 1 times`, `AWS/Lambda Throttles Sum of 300 s, > 0, 1 times`
	want := map[string]string{
		"ApiClientErrors":         `IF(requests > 50, errors / requests, 0) 4XXError Count of 300 s, > 0.5, 3 times`,
		"ApiLatency":              `AWS/ApiGateway Latency p99 of 300 s, > 1000, 3 times`,
		"ApiServerErrors":         `AWS/ApiGateway 5XXError Sum of 300 s, > 5, 1 times`,
		"DeleteSignerErrors":      errors,
		"DeleteSignerThrottles":   throttles,
		"DownloadSignerErrors":    errors,
		"DownloadSignerThrottles": throttles,
		"FirewallBlocks":          `AWS/WAFV2 BlockedRequests Sum of 300 s, > 1000, 1 times`,
		"UploadSignerErrors":      errors,
		"UploadSignerThrottles":   throttles,
		"WebhookUndelivered":      `AWS/SQS ApproximateNumberOfMessagesVisible Maximum of 300 s, > 0, 1 times`,
		"UploadsUndelivered":      `AWS/SQS ApproximateNumberOfMessagesVisible Maximum of 300 s, > 0, 1 times`,
	}
	for _, a := range all["everything"].ofType(alarm) {
		if got, want := watches(a.Properties), want[named(a.id)]; got != want {
			t.Errorf("%s: got %q, want %q\nan alarm has a place in apiAlarms, signerAlarms or addAlarms (alarms.go), here, and a section in docs/runbook.md",
				named(a.id), got, want)
		}
		if description, _ := a.Properties["AlarmDescription"].(string); !strings.Contains(description, "Look at") {
			t.Errorf("%s: does not say where to look: %q", a.id, description)
		}
		if a.Properties["Namespace"] != nil && len(list(a.Properties["Dimensions"])) == 0 {
			t.Errorf("%s: watches everything of the account", a.id)
		}
		delete(want, named(a.id))
	}
	if len(want) > 0 {
		t.Errorf("got no alarm for %v", want)
	}
	// Without requests there is no data. Missing data must not be an alarm.
	promised(t, "everything", alarm, "*", values{"AlarmActions": topic, "OKActions": topic, "TreatMissingData": `"notBreaching"`})
	promised(t, "everything", alarm, "FirewallBlocks", values{
		"Dimensions": `[{"Name":"Region","Value":{"Ref":"AWS::Region"}},{"Name":"Rule","Value":"ALL"},{"Name":"WebACL","Value":"PresignedUploads-everything"}]`,
	})
}

// watches describes an alarm by its properties.
func watches(p map[string]any) string {
	var parts []string
	add := func(values ...any) {
		for _, value := range values {
			if value != nil {
				parts = append(parts, fmt.Sprint(value))
			}
		}
	}
	add(p["Namespace"], p["MetricName"], p["Statistic"], p["ExtendedStatistic"])
	period := p["Period"]
	for _, metric := range list(p["Metrics"]) {
		add(at(metric, "Expression"), at(metric, "MetricStat", "Metric", "MetricName"))
		if of := at(metric, "MetricStat", "Period"); of != nil {
			period = of
		}
	}
	return fmt.Sprintf("%s of %v s, %s %v, %v times", strings.Join(parts, " "), period,
		strings.Replace(fmt.Sprint(p["ComparisonOperator"]), "GreaterThanThreshold", ">", 1), p["Threshold"], p["EvaluationPeriods"])
}

func TestLogMetricsCountByOperationAndCode(t *testing.T) {
	const filter, first = "AWS::Logs::MetricFilter", "MetricTransformations/0/"
	promised(t, "everything", filter, "*", values{first + "MetricNamespace": `"PresignedUploads-everything"`})
	promised(t, "everything", filter, "*Issued", values{
		"FilterPattern": `"{ $.outcome = \"issued\" }"`, first + "Dimensions": `[{"Key":"operation","Value":"$.operation"}]`,
	})
	promised(t, "everything", filter, "*Refused", values{
		"FilterPattern": `"{ ($.outcome = \"refused\") || ($.outcome = \"failed\") }"`, first + "Dimensions": `[{"Key":"code","Value":"$.code"}]`,
	})
}

// The namespace of our metrics has a hyphen. Without its quotes CloudWatch reads an expression that finds nothing.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/search-expression-syntax.html
func TestEachSearchOfTheDashboardQuotesItsNamespace(t *testing.T) {
	body := text(t, all["everything"].ofType("AWS::CloudWatch::Dashboard")[0].Properties)
	const quoted = `SEARCH('{\\\"PresignedUploads-everything\\\",`
	if got, want := strings.Count(body, "SEARCH("), strings.Count(body, quoted); got != want || got != 2 {
		t.Errorf("got %d searches, %d of them with the namespace in quotes, want 2: %s", got, want, body)
	}
}

// The documents say how many alarms there are, because readers decide by their number and cost.
func TestTheDocumentsCountTheAlarms(t *testing.T) {
	n := len(alarmIDs())
	for page, want := range map[string]string{
		"deploy.md": fmt.Sprintf("%d alarms, one more each with WAF, `uploadEvents` and `webhookUrl`", n-3),
		"costs.md":  fmt.Sprintf("%d alarms on %d metrics: $%.2f", n, n+1, 0.1*float64(n+1)),
	} {
		if got, err := os.ReadFile(filepath.Join("..", "..", "docs", page)); err != nil || !strings.Contains(string(got), want) {
			t.Errorf("docs/%s: want %q, %v", page, want, err)
		}
	}
}

// The person on call searches the runbook for the alarm's name in the message.
func TestEveryAlarmHasASectionInTheRunbook(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "runbook.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range alarmIDs() {
		if !regexp.MustCompile(`(?m)^## (\w+, )*` + id + `(, \w+)*$`).Match(page) {
			t.Errorf("%s: add it to docs/runbook.md: a section \"## %s\" with what it means, what to look at and what to do", id, id)
		}
	}
}
