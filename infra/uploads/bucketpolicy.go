package uploads

import (
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/jsii-runtime-go"

	"example.com/presigned/infra/stage"
	"example.com/presigned/lambda/operation"
)

// conditions are those of one statement: operator, then key, then value. All of them must hold.
type conditions map[string]map[string]any

// addBucketPolicy writes the bucket policy. It grants nothing. Each statement denies one way to reach an object that our
// presigned URLs don't need. Most deny it to everybody, including this account; three deny it to the functions' roles.
// scanner is GuardDuty's role, or nil.
//
// Condition keys: https://docs.aws.amazon.com/AmazonS3/latest/API/bucket-policy-s3-sigv4-conditions.html
func addBucketPolicy(bucket awss3.Bucket, config stage.Stage, signers []Signer, scanner awsiam.Role) {
	all := []string{"s3:*"}
	deny(bucket, "DenyPlainHTTP", all, conditions{"Bool": {"aws:SecureTransport": "false"}})
	deny(bucket, "DenyOldTLS", all, conditions{"NumericLessThan": {"s3:TlsVersion": "1.2"}})
	// Whoever signs a URL chooses when it expires. This bounds the age of every signature.
	deny(bucket, "DenyOldSignatures", all, conditions{"NumericGreaterThan": {"s3:signatureAge": operation.ExpirySeconds * 1000}})
	deny(bucket, "DenySignatureVersion2", all, conditions{"StringEquals": {"s3:signatureversion": "AWS"}})
	// A presigned POST does not honor If-None-Match, so it would overwrite.
	deny(bucket, "DenyPresignedPOST", all, conditions{"StringEquals": {"s3:authType": "POST"}})
	deny(bucket, "DenyOverwrite", []string{"s3:PutObject"}, unlessWriteOnce(config, scanner))
	deny(bucket, "DenySignersWithoutPresignedURL", all, signersWithoutURL(signers))
	mayNotDelete := slices.DeleteFunc(slices.Clone(signers), func(s Signer) bool { return s.Route == operation.Delete })
	deny(bucket, "DenyDeletionBySigners", []string{"s3:DeleteObject"}, bySigners(mayNotDelete))
	// Deleted objects are restored from versions, so no URL may delete one. The lifecycle rule and administrators may.
	deny(bucket, "DenyDeletionOfVersionsBySigners", []string{"s3:DeleteObjectVersion"}, bySigners(signers))
	bucket.Policy().ApplyRemovalPolicy(removal(config)) // a retained bucket keeps its policy
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
	if scanner != nil { // GuardDuty writes a test object, and its role may write no other
		c["ArnNotEquals"] = map[string]any{"aws:PrincipalArn": scanner.RoleArn()}
	}
	return c
}

// signersWithoutURL holds for requests of the functions' roles without a presigned URL, so a stolen session can't call
// S3 directly.
func signersWithoutURL(signers []Signer) conditions {
	c := bySigners(signers)
	c["StringNotEquals"] = map[string]any{"s3:authType": "REST-QUERY-STRING"}
	return c
}

// bySigners holds for the functions' roles.
//
// The roles are a condition, not the statement's Principal: S3 stores a role named as Principal by its unique ID, so the
// statement would stop matching when the role is deleted and created again.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
func bySigners(signers []Signer) conditions {
	roles := make([]any, len(signers))
	for i, s := range signers {
		roles[i] = s.Role.RoleArn()
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
	for operator, keys := range when { // jsii needs another map type
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
