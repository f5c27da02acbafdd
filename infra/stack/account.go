package stack

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigateway"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/constructs-go/constructs/v10"
)

// NewAccount adds the account stack, which stage.AccountName selects. It has the role with which API Gateway writes logs
// to CloudWatch, one setting for a whole account and region. A team deploys it once, if there is no such role. A stage
// never sets it, because the setting changes every API of the account in the region.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html
func NewAccount(scope constructs.Construct) awscdk.Stack {
	stack := awscdk.NewStack(scope, new("PresignedUploads-account"), &awscdk.StackProps{
		Description: new("The role with which API Gateway writes logs, for the whole account and region"),
	})
	role := awsiam.NewRole(stack, new("ApiLogsRole"), &awsiam.RoleProps{
		Description: new("API Gateway writes the logs of every API of this account and region"),
		AssumedBy:   awsiam.NewServicePrincipal(new("apigateway.amazonaws.com"), nil),
		ManagedPolicies: &[]awsiam.IManagedPolicy{
			awsiam.ManagedPolicy_FromAwsManagedPolicyName(new("service-role/AmazonAPIGatewayPushToCloudWatchLogs")),
		},
	})
	account := awsapigateway.NewCfnAccount(stack, new("ApiAccount"), &awsapigateway.CfnAccountProps{CloudWatchRoleArn: role.RoleArn()})
	// Other APIs may still use both after this stack is deleted.
	role.ApplyRemovalPolicy(awscdk.RemovalPolicy_RETAIN_ON_UPDATE_OR_DELETE)
	account.ApplyRemovalPolicy(awscdk.RemovalPolicy_RETAIN_ON_UPDATE_OR_DELETE, nil)
	return stack
}
