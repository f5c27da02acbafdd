package uploads

import (
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"example.com/presigned/infra/stage"
	"example.com/presigned/lambda/operation"
)

// corsMaxAge is how long a browser remembers a preflight. Chromium caps it at two hours, Firefox at 24.
const corsMaxAge = 3600 // seconds

// newBucket makes the bucket for the uploads. key and accessLogs may be nil.
func newBucket(scope constructs.Construct, config stage.Stage, key awskms.IKey, accessLogs awss3.IBucket) awss3.Bucket {
	props := &awss3.BucketProps{
		BlockPublicAccess: awss3.BlockPublicAccess_BLOCK_ALL(),
		ObjectOwnership:   awss3.ObjectOwnership_BUCKET_OWNER_ENFORCED,
		Encryption:        awss3.BucketEncryption_S3_MANAGED,
		Versioned:         new(config.Versioned),
		LifecycleRules:    lifecycle(config),
		Cors:              bucketCORS(config),
		RemovalPolicy:     removal(config),
	}
	if config.BucketName != "" {
		props.BucketName = new(config.BucketName)
	}
	if config.Accelerate {
		props.TransferAcceleration = new(true)
	}
	if key != nil {
		props.Encryption, props.EncryptionKey, props.BucketKeyEnabled = awss3.BucketEncryption_KMS, key, new(true)
	}
	if accessLogs != nil {
		props.ServerAccessLogsBucket, props.ServerAccessLogsPrefix = accessLogs, new("uploads/")
	}
	if config.AccessLogBucketName != "" { // others may write there too
		props.ServerAccessLogsPrefix = jsii.Sprintf("%s/", *fullName(scope))
	}
	bucket := awss3.NewBucket(scope, new("Uploads"), props)
	if config.AccessLogBucketName != "" {
		awscdk.Annotations_Of(bucket).AcknowledgeWarning(new("@aws-cdk/aws-s3:accessLogsPolicyNotAdded"),
			new("the bucket's owner lets S3 write, as docs/deploy.md says"))
	}
	// EventBridgeEnabled on the L2 would bring a Python function and a custom resource to do this.
	bucket.Node().DefaultChild().(awss3.CfnBucket).SetNotificationConfiguration(&awss3.CfnBucket_NotificationConfigurationProperty{
		EventBridgeConfiguration: &awss3.CfnBucket_EventBridgeConfigurationProperty{EventBridgeEnabled: true},
	})
	return bucket
}

// kmsKey is the KMS key of the bucket: the stage's, or a new one. A new key outlives the stack in every stage, because an
// object without its key is lost.
func kmsKey(scope constructs.Construct, config stage.Stage) awskms.IKey {
	if config.KMSKeyArn != "" {
		return awskms.Key_FromKeyArn(scope, new("UploadsKey"), new(config.KMSKeyArn))
	}
	return awskms.NewKey(scope, new("UploadsKey"), &awskms.KeyProps{
		Description:       new("Encrypts the uploads"),
		EnableKeyRotation: new(true),
		RemovalPolicy:     awscdk.RemovalPolicy_RETAIN_ON_UPDATE_OR_DELETE,
	})
}

// accessLogBucket is the bucket that S3 writes its own access log of the uploads to: the stage's, or a new one. A new one is
// encrypted with S3's own keys, because S3 doesn't write logs to a bucket with a KMS key.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html
func accessLogBucket(scope constructs.Construct, config stage.Stage) awss3.IBucket {
	if config.AccessLogBucketName != "" {
		return awss3.Bucket_FromBucketName(scope, new("UploadsAccessLogs"), new(config.AccessLogBucketName))
	}
	bucket := awss3.NewBucket(scope, new("UploadsAccessLogs"), &awss3.BucketProps{
		BlockPublicAccess: awss3.BlockPublicAccess_BLOCK_ALL(),
		ObjectOwnership:   awss3.ObjectOwnership_BUCKET_OWNER_ENFORCED,
		Encryption:        awss3.BucketEncryption_S3_MANAGED,
		EnforceSSL:        new(true),
		MinimumTLSVersion: new(1.2),
		LifecycleRules: &[]*awss3.LifecycleRule{{
			Id:                                  new("ExpireLogs"),
			Enabled:                             new(true),
			Expiration:                          awscdk.Duration_Days(new(float64(config.LogRetentionDays))),
			AbortIncompleteMultipartUploadAfter: awscdk.Duration_Days(new(1.0)),
		}},
		RemovalPolicy: removal(config),
	})
	bucket.Policy().ApplyRemovalPolicy(removal(config)) // a retained bucket keeps its policy, which lets S3 write
	return bucket
}

func lifecycle(config stage.Stage) *[]*awss3.LifecycleRule {
	return &[]*awss3.LifecycleRule{
		{
			Id:      new("AbortIncompleteUploads"),
			Enabled: new(true),
			// Parts of an upload that nobody completes are billed, and a list of objects doesn't show them.
			AbortIncompleteMultipartUploadAfter: awscdk.Duration_Days(new(1.0)),
		},
		{
			// In every stage, because existing versions must expire even after Versioned is switched off.
			Id:                          new("ExpireNoncurrentVersions"),
			Enabled:                     new(true),
			NoncurrentVersionExpiration: awscdk.Duration_Days(new(float64(config.NoncurrentDays))),
			ExpiredObjectDeleteMarker:   new(true),
		},
	}
}

// bucketCORS lets the stage's pages send what the functions sign, and read what S3 answers.
func bucketCORS(config stage.Stage) *[]*awss3.CorsRule {
	if len(config.AllowedOrigins) == 0 {
		return nil
	}
	return &[]*awss3.CorsRule{{
		Id:             new("Pages"),
		AllowedOrigins: jsii.Strings(config.AllowedOrigins...),
		AllowedMethods: corsMethods(config),
		// The signature already limits the headers of a request, so CORS need not.
		AllowedHeaders: jsii.Strings("*"),
		ExposedHeaders: jsii.Strings("ETag", "x-amz-checksum-sha256", "x-amz-checksum-type", "x-amz-checksum-crc64nvme", "x-amz-checksum-crc32", "x-amz-version-id"),
		MaxAge:         new(float64(corsMaxAge)),
	}}
}

// corsMethods are the methods of the stage's operations, each once, in the table's order.
func corsMethods(config stage.Stage) *[]awss3.HttpMethods {
	var methods []awss3.HttpMethods
	for _, op := range operation.Table() {
		method := awss3.HttpMethods(op.Method)
		if slices.Contains(config.OperationOptions(), op.Option) && !slices.Contains(methods, method) {
			methods = append(methods, method)
		}
	}
	return &methods
}

// bucketURL is where the stage's presigned URLs point. A page needs it for its Content-Security-Policy.
func bucketURL(bucket awss3.IBucket, config stage.Stage) *string {
	switch {
	case config.Accelerate:
		return bucket.TransferAccelerationUrlForObject(nil, &awss3.TransferAccelerationUrlOptions{DualStack: new(config.DualStack)})
	case config.DualStack:
		return jsii.Sprintf("https://%s", *bucket.BucketDualStackDomainName())
	default:
		return bucket.VirtualHostedUrlForObject(nil, &awss3.VirtualHostedStyleUrlOptions{Regional: new(true)})
	}
}
