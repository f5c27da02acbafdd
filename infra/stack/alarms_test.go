package stack_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// The golden template shows what each alarm watches. The person on call starts from its description, and searches the runbook
// for its name, which is the stack's name and then the construct ID.
func TestEachAlarmSaysWhereToLookAndHasASectionInTheRunbook(t *testing.T) {
	const alarm, topic = "AWS::CloudWatch::Alarm", `["arn:aws:sns:eu-central-1:111122223333:uploads-alarms"]`
	runbook, err := os.ReadFile(filepath.Join("..", "..", "docs", "runbook.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range all["everything"].ofType(alarm) {
		id := withoutHash(a.id)
		if !regexp.MustCompile(`(?m)^## (\w+, )*` + id + `(, \w+)*$`).Match(runbook) {
			t.Errorf("%s: add it to docs/runbook.md: a section \"## %s\" with what it means, what to look at and what to do", id, id)
		}
		if description, _ := a.Properties["AlarmDescription"].(string); !strings.Contains(description, "Look at") {
			t.Errorf("%s: does not say where to look: %q", id, description)
		}
		if a.Properties["Namespace"] != nil && len(list(a.Properties["Dimensions"])) == 0 {
			t.Errorf("%s: watches everything of the account", id)
		}
	}
	// Without requests there is no data. Missing data must not be an alarm.
	promised(t, "everything", alarm, "*", values{"AlarmActions": topic, "OKActions": topic, "TreatMissingData": `"notBreaching"`})
	promised(t, "everything", alarm, "FirewallBlocks", values{
		"Dimensions": `[{"Name":"Region","Value":{"Ref":"AWS::Region"}},{"Name":"Rule","Value":"ALL"},{"Name":"WebACL","Value":"PresignedUploads-everything"}]`,
	})
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
	n := len(all["everything"].ofType("AWS::CloudWatch::Alarm"))
	for page, want := range map[string]string{
		"deploy.md": fmt.Sprintf("%d alarms, one more each with WAF, `uploadEvents` and `webhookUrl`", n-3),
		"costs.md":  fmt.Sprintf("%d alarms on %d metrics: $%.2f", n, n+1, 0.1*float64(n+1)),
	} {
		if got, err := os.ReadFile(filepath.Join("..", "..", "docs", page)); err != nil || !strings.Contains(string(got), want) {
			t.Errorf("docs/%s: want %q, %v", page, want, err)
		}
	}
}
