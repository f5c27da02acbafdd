package stack

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/jsii-runtime-go"

	"example.com/presigned/infra/stage"
	"example.com/presigned/lambda/operation"
)

// conditions of one statement: operator -> key -> value. All of them must hold.
type conditions map[string]map[string]any

// addBucketPolicy writes the bucket policy. It grants nothing: each statement takes away one way of
// reaching an object that a presigned URL of ours never needs, from everybody, this account included.
//
// Condition keys: https://docs.aws.amazon.com/AmazonS3/latest/API/bucket-policy-s3-sigv4-conditions.html
func addBucketPolicy(bucket awss3.Bucket, config stage.Stage, signers []signer, scanner awsiam.Role) {
	everyone := []awsiam.IPrincipal{awsiam.NewAnyPrincipal()}
	roles := make([]awsiam.IPrincipal, len(signers))
	for i, s := range signers {
		roles[i] = awsiam.NewArnPrincipal(s.role.RoleArn())
	}
	all := []string{"s3:*"}

	deny(bucket, "DenyPlainHTTP", everyone, all, conditions{"Bool": {"aws:SecureTransport": "false"}})
	deny(bucket, "DenyOldTLS", everyone, all, conditions{"NumericLessThan": {"s3:TlsVersion": "1.2"}})
	// The expiry in a URL is its signer's choice; this is ours, whoever signs.
	deny(bucket, "DenyOldSignatures", everyone, all, conditions{"NumericGreaterThan": {"s3:signatureAge": operation.ExpirySeconds * 1000}})
	deny(bucket, "DenySignatureVersion2", everyone, all, conditions{"StringEquals": {"s3:signatureversion": "AWS"}})
	// A presigned POST does not honour If-None-Match, so it would overwrite.
	deny(bucket, "DenyPresignedPOST", everyone, all, conditions{"StringEquals": {"s3:authType": "POST"}})
	deny(bucket, "DenyOverwrite", everyone, []string{"s3:PutObject"}, unlessWriteOnce(config, scanner))
	// A stolen session of a signer can then only do what a presigned URL can, not call S3 itself.
	deny(bucket, "DenySignersAllButPresignedURLs", roles, all, conditions{"StringNotEquals": {"s3:authType": "REST-QUERY-STRING"}})
	if scanner != nil {
		denyUnscanned(bucket, everyone, scanner)
	}
}

// unlessWriteOnce holds for a write without If-None-Match: *, whether the header has another value or is
// absent (StringNotEquals holds then too). With multipart on, starting an upload and sending its parts are
// exempt, for S3 takes the header only where the object comes to be; with it off they are not, which closes
// multipart altogether.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes-enforce.html
func unlessWriteOnce(config stage.Stage, scanner awsiam.Role) conditions {
	c := conditions{"StringNotEquals": {"s3:if-none-match": "*"}}
	if config.Multipart {
		c["Bool"] = map[string]any{"s3:ObjectCreationOperation": "true"}
	}
	if scanner != nil { // GuardDuty writes a probe, and its role may write nothing else
		c["ArnNotEquals"] = map[string]any{"aws:PrincipalArn": scanner.RoleArn()}
	}
	return c
}

func deny(bucket awss3.Bucket, sid string, from []awsiam.IPrincipal, actions []string, when conditions) {
	resources := []*string{bucket.ArnForObjects(new("*"))}
	if actions[0] == "s3:*" {
		resources = append(resources, bucket.BucketArn())
	}
	statement := map[string]any{}
	for operator, keys := range when { // a map to a map: no construct depends on the order
		statement[operator] = keys
	}
	bucket.AddToResourcePolicy(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Sid:        new(sid),
		Effect:     awsiam.Effect_DENY,
		Principals: &from,
		Actions:    jsii.Strings(actions...),
		Resources:  &resources,
		Conditions: &statement,
	}))
}
