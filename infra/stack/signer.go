package stack

import (
	"strconv"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/jsii-runtime-go"

	"example.com/presigned/infra/stage"
	"example.com/presigned/lambda/operation"
)

// signerTimeout is generous: the function calls nothing, and a warm request takes a millisecond.
const signerTimeout = 3 // seconds

// signer is a function that presigns one route's operations, with an execution role of its own.
type signer struct {
	function awslambda.Function
	role     awsiam.Role
	logs     awslogs.LogGroup
}

// newSigner makes the function of a route: UploadSigner or DownloadSigner.
func newSigner(stack awscdk.Stack, config stage.Stage, store store, users identity, code awslambda.Code, route operation.Route) signer {
	id := signerID(route)
	logs := newLogGroup(stack, id+"Logs", config)
	role := newSignerRole(stack, id+"Role", config, store, logs, config.Operations(route))
	function := awslambda.NewFunction(stack, new(id), &awslambda.FunctionProps{
		Description:  jsii.Sprintf("Presigns %s", strings.Join(operation.Names(config.Operations(route)), ", ")),
		Runtime:      awslambda.Runtime_PROVIDED_AL2023(),
		Architecture: architecture(config),
		Handler:      new("bootstrap"),
		Code:         code,
		Environment:  environment(config, store.bucket, users, route),
		MemorySize:   new(float64(config.MemoryMB)),
		Timeout:      awscdk.Duration_Seconds(new(float64(signerTimeout))),
		// Whatever a construct would add to the role by itself is dropped: the role is exactly ours.
		Role:          role.WithoutPolicyUpdates(nil),
		LogGroup:      logs,
		LoggingFormat: awslambda.LoggingFormat_JSON,
		Tracing:       tracing(config),
	})
	// CDK makes the function wait for policies attached to its role. Ours are in it, and Role refers to it.
	function.Node().DefaultChild().(awslambda.CfnFunction).AddDeletionOverride(new("DependsOn"))
	return signer{function: function, role: role, logs: logs}
}

func signerID(route operation.Route) string {
	if route == operation.Download {
		return "DownloadSigner"
	}
	return "UploadSigner"
}

// environment is what the function agrees to sign. It and the role come from the same table.
func environment(config stage.Stage, bucket awss3.Bucket, users identity, route operation.Route) *map[string]*string {
	env := map[string]*string{
		"BUCKET":           bucket.BucketName(),
		"OPERATIONS":       new(strings.Join(operation.Names(config.Operations(route)), ",")),
		"MAX_UPLOAD_BYTES": new(strconv.FormatInt(config.MaxUploadBytes, 10)),
		"CLIENT_IDS":       users.clientIDs(),
		"CONTENT_TYPES":    new(strings.Join(config.ContentTypes, ",")),
		"ALLOWED_ORIGINS":  new(strings.Join(config.AllowedOrigins, ",")),
		// An environment has one request at a time: a second thread costs a quarter more CPU time, and shortens nothing.
		"GOMAXPROCS": new("1"),
		// A garbage collection at 16 MB instead of 4, which is memory that the function has anyway: one request in 90
		// met one, and p99 with it. docs/benchmarks.md
		"GOGC": new("400"),
	}
	if config.Multipart {
		env["PART_BYTES"] = new(strconv.FormatInt(config.PartBytes, 10))
	}
	return &env
}

func newLogGroup(stack awscdk.Stack, id string, config stage.Stage) awslogs.LogGroup {
	group := awslogs.NewLogGroup(stack, new(id), &awslogs.LogGroupProps{RemovalPolicy: removal(config)})
	// The L2 takes an enumeration of names; CloudFormation, the stage and people count days.
	group.Node().DefaultChild().(awslogs.CfnLogGroup).SetRetentionInDays(new(float64(config.LogRetentionDays)))
	return group
}

func architecture(config stage.Stage) awslambda.Architecture {
	if config.Architecture == stage.X86 {
		return awslambda.Architecture_X86_64()
	}
	return awslambda.Architecture_ARM_64()
}

func tracing(config stage.Stage) awslambda.Tracing {
	if config.Tracing {
		return awslambda.Tracing_ACTIVE
	}
	return awslambda.Tracing_PASS_THROUGH
}
