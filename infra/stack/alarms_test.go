package stack_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// alarmIDs are the construct IDs of all alarms, which their names in the console begin with after the stack's.
func alarmIDs() []string {
	var ids []string
	for _, a := range all["everything"].ofType("AWS::CloudWatch::Alarm") {
		ids = append(ids, a.id[:len(a.id)-8])
	}
	return ids
}

func TestEveryAlarmSaysWhatItMeansAndTellsSomebody(t *testing.T) {
	v := all["everything"]
	ids := alarmIDs()
	for _, a := range v.ofType("AWS::CloudWatch::Alarm") {
		if description, _ := a.Properties["AlarmDescription"].(string); !strings.Contains(description, "Look at") {
			t.Errorf("%s: does not say where to look: %q", a.id, description)
		}
		for _, key := range []string{"AlarmActions", "OKActions"} {
			if got, want := text(t, a.Properties[key]), `["`+v.config.AlarmTopicArn+`"]`; got != want {
				t.Errorf("%s: got %s %s, want %s", a.id, key, got, want)
			}
		}
		if got := a.Properties["TreatMissingData"]; got != "notBreaching" {
			t.Errorf("%s: got %v for missing data: it would alarm at night", a.id, got)
		}
	}
	want := []string{
		"ApiClientErrors", "ApiLatency", "ApiServerErrors", "DeleteSignerErrors", "DeleteSignerThrottles", "DownloadSignerErrors", "DownloadSignerThrottles",
		"FirewallBlocks", "UploadSignerErrors", "UploadSignerThrottles", "UploadsUndelivered", "WebhookUndelivered",
	}
	if !slices.Equal(ids, want) {
		t.Errorf("got alarms %v, want %v\nan alarm stands in apiAlarms, signerAlarms or addAlarms (alarms.go), its ID in this list, and a section in docs/runbook.md", ids, want)
	}
}

func TestTheFirewallsAlarmWatchesTheFirewall(t *testing.T) {
	a := all["everything"].starting(t, "AWS::CloudWatch::Alarm", "FirewallBlocks")
	const want = `[{"Name":"Region","Value":{"Ref":"AWS::Region"}},{"Name":"Rule","Value":"ALL"},{"Name":"WebACL","Value":"PresignedUploads-everything"}]`
	if got := text(t, a.Properties["Dimensions"]); got != want {
		t.Errorf("got dimensions %s, want %s", got, want)
	}
}

// The documents say how many alarms there are, because readers decide by their number and cost.
func TestTheDocumentsCountTheAlarms(t *testing.T) {
	n := len(alarmIDs())
	for page, want := range map[string]string{
		"deploy.md": fmt.Sprintf("%d alarms, one more each with WAF, `uploadEvents` and `webhookUrl`", n-3),
		"costs.md":  fmt.Sprintf("| %d alarms,", n),
	} {
		if got, err := os.ReadFile(filepath.Join("..", "..", "docs", page)); err != nil || !strings.Contains(string(got), want) {
			t.Errorf("docs/%s: want %q, %v", page, want, err)
		}
	}
}

// Whoever is woken searches the runbook for what the message names.
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
