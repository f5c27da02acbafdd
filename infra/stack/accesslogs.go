package stack

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"

	"example.com/presigned/infra/stage"
)

// newAccessLogBucket makes the bucket that S3 writes its own access log of the uploads to, if the stage
// wants one. It has S3's own keys: S3's log delivery cannot use a KMS key of ours for every reader.
func newAccessLogBucket(stack awscdk.Stack, config stage.Stage) awss3.IBucket {
	if !config.ServerAccessLogs {
		return nil
	}
	return awss3.NewBucket(stack, new("UploadsAccessLogs"), &awss3.BucketProps{
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
}
