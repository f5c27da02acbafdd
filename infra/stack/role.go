package stack

import (
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/jsii-runtime-go"

	"example.com/presigned/infra/stage"
	"example.com/presigned/lambda/operation"
)

// newSignerRole makes an execution role that may do what its operations need, write its own logs, and
// nothing else. bucket.GrantPut would allow six action patterns; the table allows one.
func newSignerRole(stack awscdk.Stack, id string, config stage.Stage, store store, logs awslogs.LogGroup, ops []operation.Operation) awsiam.Role {
	statements := append(signStatements(store.bucket, ops), logStatement(logs))
	if store.key != nil {
		statements = append(statements, keyStatement(stack, store.key, ops))
	}
	if config.Tracing {
		statements = append(statements, traceStatement())
	}
	return awsiam.NewRole(stack, new(id), &awsiam.RoleProps{
		Description: new("Execution role of a function that presigns S3 operations"),
		AssumedBy:   awsiam.NewServicePrincipal(new("lambda.amazonaws.com"), nil),
		InlinePolicies: &map[string]awsiam.PolicyDocument{
			"Sign": awsiam.NewPolicyDocument(&awsiam.PolicyDocumentProps{Statements: &statements}),
		},
	})
}

// signStatements allows the actions that S3 checks when a client sends what the function signed.
func signStatements(bucket awss3.Bucket, ops []operation.Operation) []awsiam.PolicyStatement {
	var statements []awsiam.PolicyStatement
	if actions := actionsOn(operation.Objects, ops); len(actions) > 0 {
		statements = append(statements, awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
			Sid:       new("SignObjects"),
			Actions:   jsii.Strings(actions...),
			Resources: &[]*string{bucket.ArnForObjects(new("*"))},
		}))
	}
	if actions := actionsOn(operation.Bucket, ops); len(actions) > 0 {
		statements = append(statements, awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
			Sid:       new("SignListing"),
			Actions:   jsii.Strings(actions...),
			Resources: &[]*string{bucket.BucketArn()},
			// One user's prefix at a time, whatever the function signs: never the bucket as a whole.
			Conditions: &map[string]any{"StringLike": map[string]any{"s3:prefix": "?*/"}},
		}))
	}
	return statements
}

// actionsOn returns the IAM actions that operations need on a kind of resource, each once.
func actionsOn(resource operation.Resource, ops []operation.Operation) []string {
	var actions []string
	for _, op := range ops {
		if op.Resource == resource && !slices.Contains(actions, op.Action) {
			actions = append(actions, op.Action)
		}
	}
	return actions
}

func logStatement(logs awslogs.LogGroup) awsiam.PolicyStatement {
	return awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Sid:       new("WriteOwnLogs"),
		Actions:   jsii.Strings("logs:CreateLogStream", "logs:PutLogEvents"),
		Resources: &[]*string{logs.LogGroupArn()}, // ends in ":*": the group's streams
	})
}

// traceStatement cannot name a resource: X-Ray has none for these actions.
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsx-ray.html
func traceStatement() awsiam.PolicyStatement {
	return awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Sid:       new("WriteTraces"),
		Actions:   jsii.Strings("xray:PutTraceSegments", "xray:PutTelemetryRecords"),
		Resources: jsii.Strings("*"),
	})
}
