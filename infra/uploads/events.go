package uploads

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsevents"
	"github.com/aws/aws-cdk-go/awscdk/v2/awseventstargets"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"example.com/presigned/infra/stage"
)

// maxRetentionDays is the longest time that SQS keeps a message.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
const maxRetentionDays = 14

// addUploadEvents is an example of how to process uploads: a rule that sends each completed upload to a queue, for a consumer
// to read. It returns the queue, and the dead-letter queue of undelivered messages.
func addUploadEvents(scope constructs.Construct, config stage.Stage, bucket awss3.Bucket) (queue, deadLetters awssqs.Queue) {
	// A message that moves to the dead-letter queue keeps its age, so that queue must keep messages for longer.
	deadLetters = newQueue(scope, "UndeliveredUploads", maxRetentionDays, nil)
	queue = newQueue(scope, "CompletedUploads", 7, &awssqs.DeadLetterQueue{Queue: deadLetters, MaxReceiveCount: new(5.0)})
	rule := newCompletedRule(scope, "UploadCompleted", config, bucket)
	rule.AddTarget(awseventstargets.NewSqsQueue(queue, &awseventstargets.SqsQueueProps{
		DeadLetterQueue: deadLetters,
	}))
	return queue, deadLetters
}

// newCompletedRule is a rule that matches each completed upload. The event's $.detail.object.key is the plain key: unlike
// S3's own notifications, EventBridge's are not URL-encoded.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
//
// With a malware scan, the event comes from GuardDuty after it has found the object clean, because nobody can read the
// object before. The key is then $.detail.s3ObjectDetails.objectKey.
// https://docs.aws.amazon.com/guardduty/latest/ug/monitor-with-eventbridge-s3-malware-protection.html
func newCompletedRule(scope constructs.Construct, id string, config stage.Stage, bucket awss3.Bucket) awsevents.Rule {
	pattern := &awsevents.EventPattern{
		Source:     jsii.Strings("aws.s3"),
		DetailType: jsii.Strings("Object Created"),
		Detail: &map[string]any{
			"bucket": map[string]any{"name": []any{bucket.BucketName()}},
			"reason": []any{"PutObject", "CompleteMultipartUpload"},
		},
	}
	if config.MalwareScan {
		pattern = &awsevents.EventPattern{
			Source:     jsii.Strings("aws.guardduty"),
			DetailType: jsii.Strings("GuardDuty Malware Protection Object Scan Result"),
			Detail: &map[string]any{
				"s3ObjectDetails":   map[string]any{"bucketName": []any{bucket.BucketName()}},
				"scanResultDetails": map[string]any{"scanResultStatus": []any{scanClean}},
			},
		}
	}
	return awsevents.NewRule(scope, new(id), &awsevents.RuleProps{
		Description:  new("An upload is complete: a single PUT, or a multipart upload joined"),
		EventPattern: pattern,
	})
}

func newQueue(scope constructs.Construct, id string, days float64, dead *awssqs.DeadLetterQueue) awssqs.Queue {
	return awssqs.NewQueue(scope, new(id), &awssqs.QueueProps{
		Encryption:      awssqs.QueueEncryption_SQS_MANAGED,
		EnforceSSL:      new(true),
		RetentionPeriod: awscdk.Duration_Days(new(days)),
		DeadLetterQueue: dead,
	})
}
