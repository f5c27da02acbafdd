package uploads

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"example.com/presigned/infra/stage"
)

// newRole makes a role of an AWS service with exactly these statements, inline, on the stage's path.
func newRole(scope constructs.Construct, config stage.Stage, id, description, service, policyName string, statements []awsiam.PolicyStatement) awsiam.Role {
	props := &awsiam.RoleProps{
		Description: new(description),
		AssumedBy:   awsiam.NewServicePrincipal(new(service), nil),
		InlinePolicies: &map[string]awsiam.PolicyDocument{
			policyName: awsiam.NewPolicyDocument(&awsiam.PolicyDocumentProps{Statements: &statements}),
		},
	}
	if config.RolePath != "" {
		props.Path = new(config.RolePath)
	}
	return awsiam.NewRole(scope, new(id), props)
}

// allow is a statement of a role. when, its conditions, may be nil.
func allow(sid string, when map[string]any, resources []*string, actions ...string) awsiam.PolicyStatement {
	return awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Sid: new(sid), Actions: jsii.Strings(actions...), Resources: &resources, Conditions: &when,
	})
}

// throughS3 is the condition that only S3 of the stack's region uses a key.
func throughS3(scope constructs.Construct) map[string]any {
	return map[string]any{"StringEquals": map[string]any{
		"kms:ViaService": jsii.Sprintf("s3.%s.amazonaws.com", *awscdk.Stack_Of(scope).Region()),
	}}
}

// readWithFormerKeys lets a role decrypt older objects.
func readWithFormerKeys(scope constructs.Construct, config stage.Stage) awsiam.PolicyStatement {
	return allow("ReadWithFormerKeysThroughS3", throughS3(scope), *jsii.Strings(config.FormerKMSKeyArns...), "kms:Decrypt")
}
