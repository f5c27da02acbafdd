package stack

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsevents"
	"github.com/aws/aws-cdk-go/awscdk/v2/awseventstargets"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"
	"github.com/aws/jsii-runtime-go"
)

// addUploadEvents is an example of what may follow an upload: a rule that puts each completed upload into a
// queue, for a consumer to read. The message's $.detail.object.key is the key as it is: unlike S3's own
// notifications, EventBridge's are not URL-encoded.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
func addUploadEvents(stack awscdk.Stack, bucket awss3.Bucket) {
	failed := newQueue(stack, "UndeliveredUploads", nil)
	queue := newQueue(stack, "CompletedUploads", &awssqs.DeadLetterQueue{Queue: failed, MaxReceiveCount: new(5.0)})
	rule := awsevents.NewRule(stack, new("UploadCompleted"), &awsevents.RuleProps{
		Description: new("An upload is complete: a single PUT, or a multipart upload joined"),
		EventPattern: &awsevents.EventPattern{
			Source:     jsii.Strings("aws.s3"),
			DetailType: jsii.Strings("Object Created"),
			Detail: &map[string]any{
				"bucket": map[string]any{"name": []any{bucket.BucketName()}},
				"reason": []any{"PutObject", "CompleteMultipartUpload"},
			},
		},
	})
	rule.AddTarget(awseventstargets.NewSqsQueue(queue, &awseventstargets.SqsQueueProps{
		DeadLetterQueue: failed,
	}))
	awscdk.NewCfnOutput(stack, new("CompletedUploadsQueueUrl"), &awscdk.CfnOutputProps{
		Description: new("Queue with one message for each completed upload"), Value: queue.QueueUrl(),
	})
}

func newQueue(stack awscdk.Stack, id string, dead *awssqs.DeadLetterQueue) awssqs.Queue {
	return awssqs.NewQueue(stack, new(id), &awssqs.QueueProps{
		Encryption:      awssqs.QueueEncryption_SQS_MANAGED,
		EnforceSSL:      new(true),
		RetentionPeriod: awscdk.Duration_Days(new(14.0)), // SQS's longest: a consumer may be down over a holiday
		DeadLetterQueue: dead,
	})
}
