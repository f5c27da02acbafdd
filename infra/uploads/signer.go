package uploads

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"example.com/presigned/infra/stage"
	"example.com/presigned/lambda/operation"
)

// signerTimeout is generous: without a custom rule the function calls nothing, and a warm request takes 4 ms with 256 MB
// (docs/costs.md).
const signerTimeout = 3 // seconds

// newSigner makes the function of a route: UploadSigner, DownloadSigner or DeleteSigner. key is the bucket's, or nil.
func newSigner(scope constructs.Construct, props *Props, route operation.Route, bucket awss3.Bucket, key awskms.IKey, users *identity) Signer {
	id, config := signerID(route), props.Stage
	ops := config.Operations(route)
	logs := newLogGroup(scope, id+"Logs", config)
	ownLogs := []*string{logs.LogGroupArn()} // ends in ":*": the group's streams
	statements := append(signStatements(bucket, ops), allow("WriteOwnLogs", nil, ownLogs, "logs:CreateLogStream", "logs:PutLogEvents"))
	statements = append(statements, keyStatements(scope, config, key, ops)...)
	statements = append(statements, props.Statements...)
	tracing := awslambda.Tracing_PASS_THROUGH
	if config.Tracing {
		tracing = awslambda.Tracing_ACTIVE
		// X-Ray has no resources for these actions.
		// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsx-ray.html
		statements = append(statements, allow("WriteTraces", nil, *jsii.Strings("*"), "xray:PutTraceSegments", "xray:PutTelemetryRecords"))
	}
	role := newRole(scope, config, id+"Role", "Execution role of a function that presigns S3 operations", "lambda.amazonaws.com", "Sign", statements)
	function := awslambda.NewFunction(scope, new(id), &awslambda.FunctionProps{
		Description:  jsii.Sprintf("Presigns %s", strings.Join(operation.Names(ops), ", ")),
		Runtime:      awslambda.Runtime_PROVIDED_AL2023(),
		Architecture: architecture(config),
		Handler:      new("bootstrap"),
		Code:         props.Code,
		Environment:  environment(props, bucket, users, ops),
		MemorySize:   new(float64(config.MemoryMB)),
		Timeout:      awscdk.Duration_Seconds(new(float64(signerTimeout))),
		// No construct may add permissions to the role: it has exactly the statements above.
		Role:          role.WithoutPolicyUpdates(nil),
		LogGroup:      logs,
		LoggingFormat: awslambda.LoggingFormat_JSON,
		Tracing:       tracing,
	})
	// CDK adds a DependsOn for policies attached to the role. These are inline, and the property Role already makes the
	// function wait for the role.
	function.Node().DefaultChild().(awslambda.CfnFunction).AddDeletionOverride(new("DependsOn"))
	return Signer{Route: route, Function: function, Role: role, logs: logs}
}

func signerID(route operation.Route) string { return route.Name() + "Signer" }

// environment has the variables of a function, such as the operations that it signs. The operations and the role's actions
// come from the same table. An empty variable is left out.
func environment(props *Props, bucket awss3.Bucket, users *identity, ops []operation.Operation) *map[string]*string {
	env := ownVariables(props.Stage, bucket.BucketName(), awscdk.Fn_Join(new(","), &users.clientIDs), ops)
	maps.DeleteFunc(env, func(_ string, value *string) bool { return *value == "" })
	maps.Copy(env, props.Environment)
	return &env
}

// ownVariables has every variable that the construct sets. Props.Environment may not have one of these names.
func ownVariables(config stage.Stage, bucketName, clientIDs *string, ops []operation.Operation) map[string]*string {
	onlyIf := func(on bool, value string) *string {
		if !on {
			return new("")
		}
		return new(value)
	}
	return map[string]*string{
		"BUCKET":           bucketName,
		"OPERATIONS":       new(strings.Join(operation.Names(ops), ",")),
		"MAX_UPLOAD_BYTES": new(strconv.FormatInt(config.MaxUploadBytes, 10)),
		"PART_BYTES":       onlyIf(config.Multipart, strconv.FormatInt(config.PartBytes, 10)),
		"MAX_BATCH":        new(strconv.Itoa(config.MaxBatch)),
		"CLIENT_IDS":       clientIDs,
		"CONTENT_TYPES":    new(strings.Join(config.ContentTypes, ",")),
		"ALLOWED_ORIGINS":  new(strings.Join(config.AllowedOrigins, ",")),
		"DUAL_STACK":       onlyIf(config.DualStack, "true"),
		"ACCELERATE":       onlyIf(config.Accelerate, "true"),
		// An environment has one request at a time. A second thread costs a quarter more CPU time and saves no time.
		"GOMAXPROCS": new("1"),
		// Garbage is collected at 16 MB instead of 4; the function has the memory anyway. At 4, one request in 90 is slower,
		// which raises p99.
		"GOGC": new("400"),
	}
}

// signStatements allows the actions that S3 checks when a client sends what the function signed, as the table names them.
// bucket.GrantPut would allow six action patterns.
func signStatements(bucket awss3.Bucket, ops []operation.Operation) []awsiam.PolicyStatement {
	var statements []awsiam.PolicyStatement
	if actions := actionsOn(operation.Objects, ops); len(actions) > 0 {
		statements = append(statements, allow("SignObjects", nil, []*string{bucket.ArnForObjects(new("*"))}, actions...))
	}
	if actions := actionsOn(operation.Bucket, ops); len(actions) > 0 {
		// The condition requires a prefix, so nobody can list the whole bucket.
		inPrefix := map[string]any{"StringLike": map[string]any{"s3:prefix": "?*/"}}
		statements = append(statements, allow("SignListing", inPrefix, []*string{bucket.BucketArn()}, actions...))
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

// keyStatements allow a role to use the bucket's key, and to decrypt with the former keys.
func keyStatements(scope constructs.Construct, config stage.Stage, key awskms.IKey, ops []operation.Operation) []awsiam.PolicyStatement {
	var statements []awsiam.PolicyStatement
	actions := keyActions(ops)
	if key != nil && len(actions) > 0 {
		statements = append(statements, allow("UseKeyThroughS3", throughS3(scope), []*string{key.KeyArn()}, actions...))
	}
	if len(config.FormerKMSKeyArns) > 0 && slices.Contains(actions, "kms:Decrypt") {
		statements = append(statements, readWithFormerKeys(scope, config))
	}
	return statements
}

// keyActions are the KMS actions that S3 calls for the signer: GenerateDataKey to write an object, Decrypt to read one or
// to join parts, none to delete one.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
func keyActions(ops []operation.Operation) []string {
	var actions []string
	if slices.ContainsFunc(ops, func(op operation.Operation) bool { return op.Action == "s3:PutObject" }) {
		actions = append(actions, "kms:GenerateDataKey")
	}
	if slices.ContainsFunc(ops, func(op operation.Operation) bool {
		return op.Action == "s3:GetObject" || op.Option == operation.Multipart
	}) {
		actions = append(actions, "kms:Decrypt")
	}
	return actions
}

func newLogGroup(scope constructs.Construct, id string, config stage.Stage) awslogs.LogGroup {
	group := awslogs.NewLogGroup(scope, new(id), &awslogs.LogGroupProps{RemovalPolicy: removal(config)})
	// The L2 takes an enumeration; CloudFormation and the stage have a number of days.
	group.Node().DefaultChild().(awslogs.CfnLogGroup).SetRetentionInDays(new(float64(config.LogRetentionDays)))
	return group
}

func architecture(config stage.Stage) awslambda.Architecture {
	if config.Architecture == stage.X86 {
		return awslambda.Architecture_X86_64()
	}
	return awslambda.Architecture_ARM_64()
}
