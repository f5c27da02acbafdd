package uploads

import (
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/jsii-runtime-go"

	"example.com/presigned/infra/stage"
	"example.com/presigned/lambda/operation"
)

// conditions of one statement: operator -> key -> value. All of them must hold.
type conditions map[string]map[string]any

// addBucketPolicy writes the bucket policy. It grants nothing: each statement denies one way of reaching an object that
// our presigned URLs never need, to everybody, this account included. scanner may be nil.
//
// Condition keys: https://docs.aws.amazon.com/AmazonS3/latest/API/bucket-policy-s3-sigv4-conditions.html
func addBucketPolicy(bucket awss3.Bucket, config stage.Stage, signers []signer, scanner awsiam.Role) {
	all := []string{"s3:*"}
	deny(bucket, "DenyPlainHTTP", all, conditions{"Bool": {"aws:SecureTransport": "false"}})
	deny(bucket, "DenyOldTLS", all, conditions{"NumericLessThan": {"s3:TlsVersion": "1.2"}})
	// The signer chooses the expiry of a URL. This bounds it, whoever signs.
	deny(bucket, "DenyOldSignatures", all, conditions{"NumericGreaterThan": {"s3:signatureAge": operation.ExpirySeconds * 1000}})
	deny(bucket, "DenySignatureVersion2", all, conditions{"StringEquals": {"s3:signatureversion": "AWS"}})
	// A presigned POST does not honor If-None-Match, so it would overwrite.
	deny(bucket, "DenyPresignedPOST", all, conditions{"StringEquals": {"s3:authType": "POST"}})
	deny(bucket, "DenyOverwrite", []string{"s3:PutObject"}, unlessWriteOnce(config, scanner))
	deny(bucket, "DenySignersAllButPresignedURLs", all, signersWithoutURL(signers))
	mayNotDelete := slices.DeleteFunc(slices.Clone(signers), func(s signer) bool { return s.route == operation.Delete })
	deny(bucket, "DenyDeletionBySigners", []string{"s3:DeleteObject"}, bySigners(mayNotDelete))
	// A version is what a deleted object is restored from, so no URL may end one. The lifecycle rule does, and an
	// administrator may.
	deny(bucket, "DenyDeletionOfVersionsBySigners", []string{"s3:DeleteObjectVersion"}, bySigners(signers))
	bucket.Policy().ApplyRemovalPolicy(removal(config)) // a bucket that is kept stays guarded
}

// unlessWriteOnce holds for a write without If-None-Match, in the form that AWS documents. With multipart on, creating an
// upload and sending its parts are exempt, because S3 takes the header only where the object is created. With multipart
// off they are not exempt, so nobody can start a multipart upload.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes-enforce.html
func unlessWriteOnce(config stage.Stage, scanner awsiam.Role) conditions {
	c := conditions{"Null": {"s3:if-none-match": "true"}}
	if config.Multipart {
		c["Bool"] = map[string]any{"s3:ObjectCreationOperation": "true"}
	}
	if scanner != nil { // GuardDuty writes a probe, and its role may write nothing else
		c["ArnNotEquals"] = map[string]any{"aws:PrincipalArn": scanner.RoleArn()}
	}
	return c
}

// signersWithoutURL holds for the functions' roles where they do anything but what a presigned URL does. A stolen session
// can then not call S3 itself.
func signersWithoutURL(signers []signer) conditions {
	c := bySigners(signers)
	c["StringNotEquals"] = map[string]any{"s3:authType": "REST-QUERY-STRING"}
	return c
}

// bySigners holds for the functions' roles.
//
// The roles are a condition, not the statement's Principal: S3 stores a role named as Principal by its unique ID, so the
// statement would stop matching when the role is made again.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
func bySigners(signers []signer) conditions {
	roles := make([]any, len(signers))
	for i, s := range signers {
		roles[i] = s.role.RoleArn()
	}
	return conditions{"ArnEquals": {"aws:PrincipalArn": roles}}
}

// deny adds a statement for everybody.
func deny(bucket awss3.Bucket, sid string, actions []string, when conditions) {
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
		Principals: &[]awsiam.IPrincipal{awsiam.NewAnyPrincipal()},
		Actions:    jsii.Strings(actions...),
		Resources:  &resources,
		Conditions: &statement,
	}))
}
