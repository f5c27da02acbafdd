package stack_test

import (
	"fmt"
	"strings"
	"testing"
)

// The golden templates notice any change. These are the properties that a promise of security.md, runbook.md or
// deploy.md rests on, so that a golden is not updated past them.

func TestNoSignInTellsWhetherAUserExists(t *testing.T) {
	for name, v := range all {
		for _, client := range v.ofType("AWS::Cognito::UserPoolClient") {
			if got := client.Properties["PreventUserExistenceErrors"]; got != "ENABLED" {
				t.Errorf("%s: %s: got PreventUserExistenceErrors %v, want ENABLED", name, client.id, got)
			}
			if got := client.Properties["EnableTokenRevocation"]; got != true {
				t.Errorf("%s: %s: got EnableTokenRevocation %v: sign-out would end nothing", name, client.id, got)
			}
		}
	}
}

func TestTheFirewallBlocks(t *testing.T) {
	for name, v := range all {
		for _, acl := range v.ofType("AWS::WAFv2::WebACL") {
			for _, rule := range list(acl.Properties["Rules"]) {
				what := fmt.Sprintf("%s: %v", name, at(rule, "Name"))
				if group := at(rule, "Statement", "ManagedRuleGroupStatement"); group != nil {
					if got := text(t, at(rule, "OverrideAction")); got != `{"None":{}}` || at(group, "VendorName") != "AWS" {
						t.Errorf("%s of %v: got override %s: a group that counts blocks nothing", what, at(group, "VendorName"), got)
					}
					if len(list(at(group, "ExcludedRules"))) > 0 || at(group, "ScopeDownStatement") != nil {
						t.Errorf("%s: some rules or requests are left out", what)
					}
					continue
				}
				if got := text(t, at(rule, "Action")); got != `{"Block":{}}` || at(rule, "Statement", "RateBasedStatement", "AggregateKeyType") != "IP" ||
					at(rule, "Statement", "RateBasedStatement", "EvaluationWindowSec") != 300.0 {
					t.Errorf("%s: got action %s in %s, want Block for an address in five minutes", what, got, text(t, at(rule, "Statement")))
				}
			}
		}
	}
}

func TestQueuesAreEncryptedAndKeepMessagesLongEnough(t *testing.T) {
	v := all["everything"]
	completed, undelivered := v.starting(t, "AWS::SQS::Queue", "CompletedUploads"), v.starting(t, "AWS::SQS::Queue", "UndeliveredUploads")
	if got := at(completed.Properties, "RedrivePolicy", "maxReceiveCount"); got != 5.0 {
		t.Errorf("a message is given up after %v tries, want 5", got)
	}
	const day = 24 * 60 * 60.0 // seconds
	if first, second := completed.Properties["MessageRetentionPeriod"], undelivered.Properties["MessageRetentionPeriod"]; first != 7*day || second != 14*day {
		t.Errorf("messages are kept for %v and %v seconds, want a week and two: one that is given up keeps its age", first, second)
	}
	for _, queue := range v.ofType("AWS::SQS::Queue") {
		if got := queue.Properties["SqsManagedSseEnabled"]; got != true {
			t.Errorf("%s: got SqsManagedSseEnabled %v, want true", queue.id, got)
		}
		var policies strings.Builder
		for _, policy := range v.ofType("AWS::SQS::QueuePolicy") {
			policies.WriteString(text(t, policy.Properties))
		}
		if want := `"Condition":{"Bool":{"aws:SecureTransport":"false"}},"Effect":"Deny","Principal":{"AWS":"*"},"Resource":` + text(t, arn(queue.id)); !strings.Contains(policies.String(), want) {
			t.Errorf("%s: takes plain http", queue.id)
		}
	}
}

// An alarm that watches something else, or never fires, looks like one that is quiet.
func TestEachAlarmWatchesWhatTheRunbookSays(t *testing.T) {
	want := map[string]string{
		"ApiClientErrors":         `IF(requests > 50, errors / requests, 0) 4XXError Count of 300 s, > 0.5, 3 times`,
		"ApiLatency":              `AWS/ApiGateway Latency p99 of 300 s, > 1000, 3 times`,
		"ApiServerErrors":         `AWS/ApiGateway 5XXError Sum of 300 s, > 5, 1 times`,
		"DownloadSignerErrors":    `AWS/Lambda Errors Sum of 300 s, > 0, 1 times`,
		"DownloadSignerThrottles": `AWS/Lambda Throttles Sum of 300 s, > 0, 1 times`,
		"FirewallBlocks":          `AWS/WAFV2 BlockedRequests Sum of 300 s, > 1000, 1 times`,
		"UploadSignerErrors":      `AWS/Lambda Errors Sum of 300 s, > 0, 1 times`,
		"UploadSignerThrottles":   `AWS/Lambda Throttles Sum of 300 s, > 0, 1 times`,
		"WebhookUndelivered":      `AWS/SQS ApproximateNumberOfMessagesVisible Maximum of 300 s, > 0, 1 times`,
		"UploadsUndelivered":      `AWS/SQS ApproximateNumberOfMessagesVisible Maximum of 300 s, > 0, 1 times`,
	}
	v := all["everything"]
	for id, want := range want {
		p := v.starting(t, "AWS::CloudWatch::Alarm", id).Properties
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
		got := fmt.Sprintf("%s of %v s, %s %v, %v times", strings.Join(parts, " "), period,
			strings.Replace(fmt.Sprint(p["ComparisonOperator"]), "GreaterThanThreshold", ">", 1), p["Threshold"], p["EvaluationPeriods"])
		if got != want {
			t.Errorf("%s: got %q, want %q", id, got, want)
		}
		if strings.HasPrefix(want, "AWS/") && len(list(p["Dimensions"])) == 0 {
			t.Errorf("%s: watches everything of the account", id)
		}
	}
}

// A cache between a page and the API keeps neither a refusal nor one origin's answer for another, and a client that is
// throttled gets Retry-After.
func TestNoCacheKeepsARefusal(t *testing.T) {
	for name, v := range all {
		for _, r := range v.ofType("AWS::ApiGateway::GatewayResponse") {
			header := func(name string) any {
				return at(r.Properties, "ResponseParameters", "gatewayresponse.header."+name)
			}
			if got := header("Cache-Control"); got != "'no-store'" {
				t.Errorf("%s: %s: got Cache-Control %v, want 'no-store'", name, r.id, got)
			}
			if len(v.config.AllowedOrigins) > 0 && header("Vary") != "'Origin'" {
				t.Errorf("%s: %s: got Vary %v, want 'Origin'", name, r.id, header("Vary"))
			}
			if status := r.Properties["StatusCode"]; status == "429" && header("Retry-After") != "'1'" {
				t.Errorf("%s: %s: got Retry-After %v, want '1'", name, r.id, header("Retry-After"))
			}
		}
	}
}

// What runbook.md searches the access log for: who, from where, and which line of the function belongs to it.
func TestTheAccessLogSaysWho(t *testing.T) {
	for name, v := range all {
		format := at(v.only(t, "AWS::ApiGateway::Stage").Properties, "AccessLogSetting", "Format").(string)
		for field, variable := range map[string]string{
			"requestId": "extendedRequestId", "sub": "authorizer.claims.sub", "client": "authorizer.claims.client_id",
			"sourceIp": "identity.sourceIp", "status": "status", "timeMs": "requestTimeEpoch", "resource": "resourcePath",
		} {
			if want := fmt.Sprintf(`"%s":"$context.%s"`, field, variable); !strings.Contains(format, want) {
				t.Errorf("%s: the access log has no %s: %s", name, want, format)
			}
		}
	}
}
