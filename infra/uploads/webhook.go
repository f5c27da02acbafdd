package uploads

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsevents"
	"github.com/aws/aws-cdk-go/awscdk/v2/awseventstargets"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"
	"github.com/aws/constructs-go/constructs/v10"

	"example.com/presigned/infra/stage"
)

const (
	// webhookRate is how many requests a second EventBridge sends at most: the default quota of an API destination. Further
	// events wait, for webhookHours at most.
	// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html
	webhookRate = 300.0
	// webhookHours and webhookRetries are EventBridge's maximums, and its defaults. When one of them is reached, the event
	// goes to the dead-letter queue.
	// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-retry-policy.html
	webhookHours   = 24.0
	webhookRetries = 185.0
)

// addWebhook posts each completed upload to the stage's URL, with the secret in the stage's header. EventBridge sends it, so
// none of our functions runs. It returns the dead-letter queue of undelivered events.
func addWebhook(scope constructs.Construct, config stage.Stage, bucket awss3.Bucket) awssqs.Queue {
	connection := awsevents.NewConnection(scope, new("WebhookConnection"), &awsevents.ConnectionProps{
		Description: new("Secret header of the webhook of completed uploads"),
		// A dynamic reference: CloudFormation reads the secret, and the template doesn't hold it.
		Authorization: awsevents.Authorization_ApiKey(new(config.WebhookHeader), awscdk.SecretValue_SecretsManager(new(config.WebhookSecretArn), nil)),
	})
	destination := awsevents.NewApiDestination(scope, new("Webhook"), &awsevents.ApiDestinationProps{
		Description:        new("Webhook of completed uploads"),
		Connection:         connection,
		Endpoint:           new(config.WebhookURL),
		HttpMethod:         awsevents.HttpMethod_POST,
		RateLimitPerSecond: new(webhookRate),
	})
	// The role is without a condition. AWS recommends the rule's ARN as aws:SourceArn, but the rule's target refers to this role,
	// so each would need the other. Only a caller with iam:PassRole can give the role to a rule, and only in this account.
	// https://docs.aws.amazon.com/eventbridge/latest/userguide/cross-service-confused-deputy-prevention.html
	role := newRole(scope, config, "WebhookRole", "Role with which EventBridge calls the webhook of completed uploads", "events.amazonaws.com", "Call",
		[]awsiam.PolicyStatement{allow("CallWebhook", nil, []*string{destination.ApiDestinationArn()}, "events:InvokeApiDestination")})
	deadLetters := newQueue(scope, "UndeliveredWebhooks", maxRetentionDays, nil)
	rule := newCompletedRule(scope, "UploadCompletedForWebhook", config, bucket)
	rule.AddTarget(awseventstargets.NewApiDestination(destination, &awseventstargets.ApiDestinationProps{
		EventRole:       role.WithoutPolicyUpdates(nil), // it has exactly the statement above
		DeadLetterQueue: deadLetters,
		MaxEventAge:     awscdk.Duration_Hours(new(webhookHours)),
		RetryAttempts:   new(webhookRetries),
	}))
	return deadLetters
}
