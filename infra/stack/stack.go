// Package stack is the CDK stack: a private bucket, the user pool whose users may write to it, and the
// API with the functions that presign.
//
// Only infra/main.go may import it. Besides awscdk it imports infra/stage (what a deployment chose) and
// lambda/operation (the one table that the roles, environments and request models are made from).
//
// It needs no IAM action itself: CloudFormation makes the resources, with the role that `cdk bootstrap` gave it. What
// the roles of the stack may do is in signer.go and malware.go, and in docs/deploy.md.
//
// Every construct ID is part of the contract: renaming one replaces the resource, and its data.
package stack

import (
	"maps"
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awswafv2"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"example.com/presigned/infra/stage"
	"example.com/presigned/lambda/operation"
)

// New adds the stack of a stage to scope. code is the functions' deployment package: see BuildGo.
//
//nolint:funlen // core and options, with the if of each option, are read in one place
func New(scope constructs.Construct, config stage.Stage, code awslambda.Code) awscdk.Stack {
	stack := awscdk.NewStack(scope, jsii.Sprintf("PresignedUploads-%s", config.Name), &awscdk.StackProps{
		Description:           new("Presigned S3 URLs for signed-in users"),
		TerminationProtection: new(config.DeletionProtection),
	})

	var key awskms.IKey
	if config.KMSKey {
		key = newKey(stack)
	}
	var accessLogs awss3.Bucket
	if config.ServerAccessLogs {
		accessLogs = newAccessLogBucket(stack, config)
	}
	bucket := newBucket(stack, config, key, accessLogs)

	users := newIdentity(stack, config)
	users.addMachineClients(stack, config)
	if config.ManagedLogin {
		users.addLoginPages(stack)
	}
	if config.SignInDomain != "" && config.SignInDomain != stage.NoSignInDomain {
		users.addSignInDomain(stack, config)
	}

	api := newAPI(stack, config, users)
	signers := []signer{newSigner(stack, config, operation.Upload, bucket, key, users, code)}
	if config.Downloads {
		signers = append(signers, newSigner(stack, config, operation.Download, bucket, key, users, code))
	}
	for _, s := range signers {
		api.addRoute(s)
	}

	var scanner awsiam.Role
	if config.MalwareScan {
		scanner = newScanRole(stack, config, bucket, key)
	}
	addBucketPolicy(bucket, config, signers, scanner)
	if config.MalwareScan {
		denyUnscanned(bucket, scanner)
		// GuardDuty may refuse a role that is seconds old, so the plan comes last.
		// https://docs.aws.amazon.com/guardduty/latest/ug/troubleshoot-malware-protection-s3-iam-role-permissions-error.html
		addMalwareScan(stack, bucket, scanner, api.rest.DeploymentStage())
	}

	var undelivered awssqs.Queue
	if config.UploadEvents {
		undelivered = addUploadEvents(stack, config, bucket)
	}
	if config.DomainName != "" {
		api.addDomainRecord(stack)
	}
	var firewall awswafv2.CfnWebACL
	if config.WAFRateLimit > 0 {
		firewall = addFirewall(stack, config.WAFRateLimit, api)
	}
	if config.Alarms {
		addAlarms(stack, config.AlarmTopicArn, api, signers, firewall, undelivered)
	}
	if config.Dashboard {
		addLogMetrics(stack, signers)
		addQueries(stack, api, signers)
		addDashboard(stack, api, signers, bucket)
	}
	addOutputs(stack, bucket, accessLogs, key, users, api)
	for _, name := range slices.Sorted(maps.Keys(config.Tags)) {
		awscdk.Tags_Of(stack).Add(new(name), new(config.Tags[name]), nil)
	}
	return stack
}

// removal is what becomes of a resource with data when the stack goes. A retained one is still deleted if its creation
// is rolled back: it is empty then, and would be in the way of the next try.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html
func removal(config stage.Stage) awscdk.RemovalPolicy {
	if config.RetainData {
		return awscdk.RemovalPolicy_RETAIN_ON_UPDATE_OR_DELETE
	}
	return awscdk.RemovalPolicy_DESTROY
}

// addOutputs writes what a client needs to call, under names that `cdk deploy --outputs-file` keeps.
func addOutputs(stack awscdk.Stack, bucket, accessLogs awss3.Bucket, key awskms.IKey, users *identity, a *api) {
	output := func(id, description string, value *string) {
		awscdk.NewCfnOutput(stack, new(id), &awscdk.CfnOutputProps{Description: new(description), Value: value})
	}
	output("ApiUrl", "Base URL of the API", a.url("/"))
	output("UploadUrl", "POST here to presign an upload", a.url(operation.Upload))
	if a.config.Downloads {
		output("DownloadUrl", "POST here to presign a download", a.url(operation.Download))
	}
	output("BucketName", "Bucket that holds the uploads", bucket.BucketName())
	output("BucketUrl", "Where the presigned URLs point", bucketURL(bucket, a.config))
	if accessLogs != nil {
		output("AccessLogBucketName", "Bucket that holds S3's access log of the uploads", accessLogs.BucketName())
	}
	if key != nil {
		output("KmsKeyArn", "Key that encrypts the uploads", key.KeyArn())
	}
	output("UserPoolId", "User pool whose users may call", users.pool.UserPoolId())
	output("AppClientId", "App client to sign in with", users.client.UserPoolClientId())
	for _, m := range users.machines {
		output("Machine"+m.name+"ClientId", "App client of "+m.name, m.client.UserPoolClientId())
		output("Machine"+m.name+"SecretArn", "Its client ID and secret, as JSON in Secrets Manager", m.secret.Ref())
	}
	output("Region", "Region of the stack", stack.Region())
}
