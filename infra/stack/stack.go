// Package stack is the CDK stack: a private bucket, the user pool whose users may write to it, and the
// API with the functions that presign.
//
// Only infra/main.go may import it. Besides awscdk it imports infra/stage (what a deployment chose) and
// lambda/operation (the one table that the roles, environments and request models are made from).
//
// It needs no IAM action itself: CloudFormation makes the resources, with the role that `cdk bootstrap` gave it. What
// the roles of the stack may do is in role.go, kms.go and malware.go, and in docs/deploy.md.
//
// Every construct ID is part of the contract: renaming one replaces the resource, and its data.
package stack

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"example.com/presigned/infra/stage"
	"example.com/presigned/lambda/operation"
)

// New adds the stack of a stage to scope. code is the functions' deployment package: see BuildGo.
func New(scope constructs.Construct, config stage.Stage, code awslambda.Code) awscdk.Stack {
	stack := awscdk.NewStack(scope, jsii.Sprintf("PresignedUploads-%s", config.Name), &awscdk.StackProps{
		Description:           new("Presigned S3 URLs for signed-in users"),
		TerminationProtection: new(config.DeletionProtection),
	})

	store := newStore(stack, config)
	users := newIdentity(stack, config)
	api := newAPI(stack, config, users)
	signers := addSigners(stack, config, store, users, code, api)
	scanner := newScanRole(stack, config, store)
	addBucketPolicy(store.bucket, config, signers, scanner)
	addMalwareScan(stack, store, scanner)
	addUploadEvents(stack, config, store.bucket)
	addDomainRecord(stack, config, api)
	firewall := addFirewall(stack, config, api)

	addAlarms(stack, config, api, signers, firewall)
	addDashboard(stack, config, api, signers, store.bucket)
	addOutputs(stack, store.bucket, users, api)
	addTags(stack, config)
	return stack
}

// addSigners makes a function for each route that the stage serves.
func addSigners(stack awscdk.Stack, config stage.Stage, store store, users identity, code awslambda.Code, a api) []signer {
	var signers []signer
	for _, route := range []operation.Route{operation.Upload, operation.Download} {
		if len(config.Operations(route)) == 0 {
			continue
		}
		s := newSigner(stack, config, store, users, code, route)
		a.addRoute(route, s)
		signers = append(signers, s)
	}
	return signers
}
