package stack_test

import (
	"strings"
	"testing"
)

// existingpool has no malware scan, so it shows the events of S3; everything shows those of GuardDuty.
func TestTheWebhookGetsCompletedUploadsOfThisBucketAlone(t *testing.T) {
	v := all["existingpool"]
	rule := v.starting(t, "AWS::Events::Rule", "UploadCompletedForWebhook").Properties
	want := text(t, map[string]any{
		"source": []any{"aws.s3"}, "detail-type": []any{"Object Created"},
		"detail": map[string]any{
			"bucket": map[string]any{"name": []any{ref(v.only(t, "AWS::S3::Bucket").id)}},
			"reason": []any{"PutObject", "CompleteMultipartUpload"},
		},
	})
	if got := text(t, rule["EventPattern"]); got != want {
		t.Errorf("got pattern %s, want %s", got, want)
	}
	v = all["everything"]
	scanned := v.starting(t, "AWS::Events::Rule", "UploadCompletedForWebhook").Properties["EventPattern"]
	if got, want := text(t, scanned), text(t, v.starting(t, "AWS::Events::Rule", "UploadCompleted").Properties["EventPattern"]); got != want {
		t.Errorf("with a scan: got pattern %s, want the queue's %s", got, want)
	}
}

func TestTheWebhookIsCalledWithTheStagesSecret(t *testing.T) {
	for _, name := range []string{"everything", "existingpool"} {
		v := all[name]
		connection, destination := v.only(t, "AWS::Events::Connection"), v.only(t, "AWS::Events::ApiDestination")
		key := at(connection.Properties, "AuthParameters", "ApiKeyAuthParameters")
		for _, c := range []struct {
			what      string
			got, want any
		}{
			{"kind of authorization", connection.Properties["AuthorizationType"], "API_KEY"},
			{"header", at(key, "ApiKeyName"), v.config.WebhookHeader},
			{"secret", at(key, "ApiKeyValue"), "{{resolve:secretsmanager:" + v.config.WebhookSecretArn + ":SecretString:::}}"},
			{"URL", destination.Properties["InvocationEndpoint"], v.config.WebhookURL},
			{"method", destination.Properties["HttpMethod"], "POST"},
			{"rate", destination.Properties["InvocationRateLimitPerSecond"], 300.0},
			{"connection", text(t, destination.Properties["ConnectionArn"]), text(t, arn(connection.id))},
		} {
			if c.got != c.want {
				t.Errorf("%s: %s: got %v, want %v", name, c.what, c.got, c.want)
			}
		}
	}
}

func TestTheWebhooksRoleMayCallItAlone(t *testing.T) {
	v := all["everything"]
	destination, role := v.only(t, "AWS::Events::ApiDestination"), v.starting(t, "AWS::IAM::Role", "WebhookRole")
	if got, want := strings.Join(grants(t, role), "\n"), grant("events:InvokeApiDestination", text(t, arn(destination.id)), "null"); got != want {
		t.Errorf("may %s, want %s", got, want)
	}
	const trust = `[{"Action":"sts:AssumeRole","Effect":"Allow","Principal":{"Service":"events.amazonaws.com"}}]`
	if got := text(t, at(role.Properties, "AssumeRolePolicyDocument", "Statement")); got != trust {
		t.Errorf("trusts %s, want %s", got, trust)
	}
	target := list(v.starting(t, "AWS::Events::Rule", "UploadCompletedForWebhook").Properties["Targets"])[0]
	for what, want := range map[string]string{"Arn": text(t, arn(destination.id)), "RoleArn": text(t, arn(role.id))} {
		if got := text(t, at(target, what)); got != want {
			t.Errorf("target's %s: got %s, want %s", what, got, want)
		}
	}
}

func TestWhatTheWebhookDoesNotTakeIsKept(t *testing.T) {
	v := all["everything"]
	queue := v.starting(t, "AWS::SQS::Queue", "UndeliveredWebhooks")
	rule := v.starting(t, "AWS::Events::Rule", "UploadCompletedForWebhook")
	target := list(rule.Properties["Targets"])[0]
	if got, want := text(t, at(target, "DeadLetterConfig", "Arn")), text(t, arn(queue.id)); got != want {
		t.Errorf("the rule gives up to %s, want %s", got, want)
	}
	if got, want := text(t, at(target, "RetryPolicy")), `{"MaximumEventAgeInSeconds":86400,"MaximumRetryAttempts":185}`; got != want {
		t.Errorf("got retry policy %s, want %s", got, want)
	}
	if got := queue.Properties["MessageRetentionPeriod"]; got != 14*24*60*60.0 {
		t.Errorf("events are kept for %v s, want two weeks", got)
	}
	senders := 0
	for _, policy := range v.ofType("AWS::SQS::QueuePolicy") {
		for _, s := range list(at(policy.Properties, "PolicyDocument", "Statement")) {
			if at(s, "Effect") != "Allow" || text(t, at(s, "Resource")) != text(t, arn(queue.id)) {
				continue
			}
			senders++
			if got, want := text(t, at(s, "Condition")), text(t, map[string]any{"ArnEquals": map[string]any{"aws:SourceArn": arn(rule.id)}}); got != want {
				t.Errorf("takes messages with %s, want those of the webhook's rule: %s", got, want)
			}
		}
	}
	if senders != 1 {
		t.Errorf("got %d statements that let somebody send, want 1", senders)
	}
}
