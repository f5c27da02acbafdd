package stack_test

import (
	"path/filepath"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscognito"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/jsii-runtime-go"

	"example.com/presigned/infra/stage"
	"example.com/presigned/infra/uploads"
)

// newEmbedded is the stack of another app, with two of our constructs and without the feature flags of our cdk.json.
func newEmbedded() awscdk.Stack {
	stack := awscdk.NewStack(awscdk.NewApp(nil), new("Files"), nil)
	pool := awscognito.NewUserPool(stack, new("Employees"), nil)
	client := pool.AddClient(new("Web"), nil)
	config := stage.Least()
	config.Downloads, config.Alarms, config.Dashboard, config.WAFRateLimit = true, true, true, 1000
	files := uploads.New(stack, "Uploads", &uploads.Props{
		Stage: config, UserPool: pool, AppClientIDs: []*string{client.UserPoolClientId()},
		Code:                awslambda.Code_FromAsset(new(filepath.Join("testdata", "function")), nil),
		Key:                 awskms.NewKey(stack, new("Key"), nil),
		PermissionsBoundary: awsiam.ManagedPolicy_FromManagedPolicyName(stack, new("Boundary"), new("team-boundary")),
		Environment:         map[string]*string{"ORDERS_TABLE": new("orders")},
		Statements: []awsiam.PolicyStatement{awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
			Actions: jsii.Strings("dynamodb:GetItem"), Resources: jsii.Strings("arn:aws:dynamodb:eu-central-1:111122223333:table/orders"),
		})},
	})
	files.AddOutputs()
	uploads.New(stack, "Scans", &uploads.Props{
		Stage: config, UserPool: pool, AppClientIDs: []*string{client.UserPoolClientId()},
		Code: awslambda.Code_FromAsset(new(filepath.Join("testdata", "function")), nil),
	})
	return stack
}

func TestAnotherAppsUserPoolIsReferredTo(t *testing.T) {
	promised(t, "embedded", "AWS::ApiGateway::Authorizer", "*", values{"ProviderARNs": `[{"Fn::GetAtt":["Employees","Arn"]}]`})
	promised(t, "embedded", "AWS::Lambda::Function", "*", values{"Environment/Variables/CLIENT_IDS": `{"Ref":"EmployeesWeb"}`})
}

func TestAnotherAppsRuleGetsItsStatementsAndEnvironment(t *testing.T) {
	const table, statement = "Environment/Variables/ORDERS_TABLE", "Policies/0/PolicyDocument/Statement/"
	promised(t, "embedded", "AWS::Lambda::Function", "Uploads*", values{table: `"orders"`})
	promised(t, "embedded", "AWS::Lambda::Function", "Scans*", values{table: `null`})
	promised(t, "embedded", "AWS::IAM::Role", "Uploads*", values{
		statement + "3/Action": `"dynamodb:GetItem"`,
		"PermissionsBoundary":  `{"Fn::Join":["",["arn:",{"Ref":"AWS::Partition"},":iam::",{"Ref":"AWS::AccountId"},":policy/team-boundary"]]}`,
	})
	promised(t, "embedded", "AWS::IAM::Role", "Scans*", values{statement + "3": `null`, "PermissionsBoundary": `null`})
}
