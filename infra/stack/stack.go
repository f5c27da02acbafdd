// Package stack has the app's stacks: the stack of a stage, with the construct of infra/uploads, and the account
// stack. Only infra/main.go imports it.
package stack

import (
	"cmp"
	"maps"
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/constructs-go/constructs/v10"

	"example.com/presigned/infra/stage"
	"example.com/presigned/infra/uploads"
)

// New adds the stack of a stage to scope. code replaces the build of the functions; nil builds them.
func New(scope constructs.Construct, config stage.Stage, code awslambda.Code) awscdk.Stack {
	id := "PresignedUploads-" + config.Name
	stack := awscdk.NewStack(scope, new(id), &awscdk.StackProps{
		StackName:             new(cmp.Or(config.StackName, id)),
		Description:           new("Presigned S3 URLs for signed-in users"),
		TerminationProtection: new(config.DeletionProtection),
	})
	// CDK omits the ID "Default" from logical IDs, so they are the same as if the resources were directly in the stack.
	uploads.New(stack, "Default", &uploads.Props{Stage: config, Code: code}).AddOutputs()
	for _, name := range slices.Sorted(maps.Keys(config.Tags)) {
		awscdk.Tags_Of(stack).Add(new(name), new(config.Tags[name]), nil)
	}
	return stack
}
