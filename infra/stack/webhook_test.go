package stack_test

import "testing"

// existingpool has no malware scan, so it shows the events of S3; everything shows those of GuardDuty.
func TestTheWebhookIsCalledWithTheStagesSecret(t *testing.T) {
	const both, rule = "everything existingpool", "AWS::Events::Rule"
	promised(t, "existingpool", rule, "UploadCompletedForWebhook", values{
		"EventPattern": `{"detail":{"bucket":{"name":[{"Ref":"Uploads"}]},"reason":["PutObject","CompleteMultipartUpload"]},` +
			`"detail-type":["Object Created"],"source":["aws.s3"]}`,
	})
	promised(t, "everything", rule, "*", values{"EventPattern/source": `["aws.guardduty"]`})
	promised(t, both, rule, "UploadCompletedForWebhook", values{
		"Targets/0/Arn":     `{"Fn::GetAtt":["WebhookApiDestination","Arn"]}`,
		"Targets/0/RoleArn": `{"Fn::GetAtt":["WebhookRole","Arn"]}`,
		"Targets/1":         `null`,
		// EventBridge's maximums: seconds and retries. After them, the dead-letter queue keeps the event for two weeks.
		"Targets/0/RetryPolicy":          `{"MaximumEventAgeInSeconds":86400,"MaximumRetryAttempts":185}`,
		"Targets/0/DeadLetterConfig/Arn": `{"Fn::GetAtt":["UndeliveredWebhooks","Arn"]}`,
	})
	promised(t, both, "AWS::SQS::Queue", "UndeliveredWebhooks", values{"MessageRetentionPeriod": `1209600`, "SqsManagedSseEnabled": `true`})
	promised(t, both, "AWS::Events::ApiDestination", "*", values{
		"ConnectionArn": `{"Fn::GetAtt":["WebhookConnection","Arn"]}`, "HttpMethod": `"POST"`,
		"InvocationEndpoint": `"https://api.example.com/hooks/uploads"`, "InvocationRateLimitPerSecond": `300`,
	})
	const connection, key = "AWS::Events::Connection", "AuthParameters/ApiKeyAuthParameters/"
	promised(t, both, connection, "*", values{
		"AuthorizationType": `"API_KEY"`,
		key + "ApiKeyValue": `"{{resolve:secretsmanager:arn:aws:secretsmanager:eu-central-1:111122223333:secret:webhook-AbCdEf:SecretString:::}}"`,
	})
	promised(t, "everything", connection, "*", values{key + "ApiKeyName": `"X-Webhook-Secret"`})
	promised(t, "existingpool", connection, "*", values{key + "ApiKeyName": `"Authorization"`})
}
