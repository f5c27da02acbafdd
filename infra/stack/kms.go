package stack

import (
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/jsii-runtime-go"

	"example.com/presigned/infra/stage"
	"example.com/presigned/lambda/operation"
)

// newKey makes the key of the bucket, if the stage wants one of its own.
func newKey(stack awscdk.Stack, config stage.Stage) awskms.Key {
	if !config.KMSKey {
		return nil
	}
	return awskms.NewKey(stack, new("UploadsKey"), &awskms.KeyProps{
		Description:       new("Encrypts the uploads"),
		EnableKeyRotation: new(true),
		RemovalPolicy:     removal(config), // without the key the objects are lost, so it stays where they stay
	})
}

// keyStatement lets a role use the key through S3 alone. S3 asks in the signer's name: for a data key when an
// object is written, and to decrypt when it is read, or when parts are joined into it.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
func keyStatement(stack awscdk.Stack, key awskms.Key, ops []operation.Operation) awsiam.PolicyStatement {
	var actions []string
	for _, op := range ops {
		for _, action := range keyActions(op) {
			if !slices.Contains(actions, action) {
				actions = append(actions, action)
			}
		}
	}
	return awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Sid:        new("UseKeyThroughS3"),
		Actions:    jsii.Strings(actions...),
		Resources:  &[]*string{key.KeyArn()},
		Conditions: new(throughS3(stack)),
	})
}

// throughS3 is the condition that S3 of the stack's region asks for the key, and nobody else.
func throughS3(stack awscdk.Stack) map[string]any {
	return map[string]any{"StringEquals": map[string]any{
		"kms:ViaService": jsii.Sprintf("s3.%s.amazonaws.com", *stack.Region()),
	}}
}

func keyActions(op operation.Operation) []string {
	switch {
	case op.Option == operation.Multipart && op.Action == "s3:PutObject":
		return []string{"kms:GenerateDataKey", "kms:Decrypt"}
	case op.Action == "s3:PutObject":
		return []string{"kms:GenerateDataKey"}
	case op.Action == "s3:GetObject":
		return []string{"kms:Decrypt"}
	default:
		return nil
	}
}
