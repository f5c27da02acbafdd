package stack

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"

	"example.com/presigned/lambda/operation"
)

// addOutputs writes what a client needs to call, under names that `cdk deploy --outputs-file` keeps.
func addOutputs(stack awscdk.Stack, bucket awss3.Bucket, users identity, a api) {
	output := func(id, description string, value *string) {
		awscdk.NewCfnOutput(stack, new(id), &awscdk.CfnOutputProps{Description: new(description), Value: value})
	}
	output("ApiUrl", "Base URL of the API", a.url("/"))
	output("UploadUrl", "POST here to presign an upload", a.url(operation.Upload))
	if len(a.config.Operations(operation.Download)) > 0 {
		output("DownloadUrl", "POST here to presign a download", a.url(operation.Download))
	}
	output("BucketName", "Bucket that holds the uploads", bucket.BucketName())
	output("UserPoolId", "User pool whose users may call", users.pool.UserPoolId())
	output("AppClientId", "App client to sign in with", users.client.UserPoolClientId())
	for _, m := range users.machines {
		output("Machine"+m.name+"ClientId", "App client of "+m.name, m.client.UserPoolClientId())
		output("Machine"+m.name+"SecretArn", "Its client ID and secret, as JSON in Secrets Manager", m.secret.Ref())
	}
	output("Region", "Region of the stack", stack.Region())
}
