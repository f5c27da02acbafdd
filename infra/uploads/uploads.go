// Package uploads has the CDK construct: a private bucket, the API with the functions that presign, and the user pool
// of its callers. The app of this repository (infra/stack) and apps of other modules add it to a stack.
//
// It imports infra/stage (the configuration) and lambda/operation (the one table that the roles, environments and request
// models are made from). Roles get the IAM actions in signer.go, malware.go and webhook.go; docs/deploy.md
// lists them.
//
// Every construct ID is part of the contract: if one changes, CloudFormation makes a new resource without the old one's data.
package uploads

import (
	"fmt"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigateway"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscognito"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awswafv2"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"example.com/presigned/infra/stage"
	"example.com/presigned/lambda/operation"
)

// DefaultMainPackage is the import path of this repository's main package for the functions.
const DefaultMainPackage = "example.com/presigned/lambda"

// Props configure the construct.
type Props struct {
	// Stage is the configuration of a stage. Start from stage.Least and set what you need.
	Stage stage.Stage

	// UserPool is an existing user pool, in the stack's region. Default: the pool that Stage.UserPoolARN names, or a new
	// pool.
	UserPool awscognito.IUserPool
	// AppClientIDs are the app clients of UserPool whose tokens are accepted. Apps sign in with the first.
	AppClientIDs []*string
	// AuthorizationScopes authorize a call: a token needs one of them. Default aws.cognito.signin.user.admin, which sign-in
	// through the SDK gives.
	AuthorizationScopes []string
	// Key encrypts the bucket. Default: the key that Stage.KMSKeyArn names, a new key if Stage.KMSKey is set, else S3's own
	// keys.
	Key awskms.IKey
	// PermissionsBoundary bounds every role of the construct. Default: the policy that Stage.PermissionsBoundary names, or
	// none.
	PermissionsBoundary awsiam.IManagedPolicy

	// MainPackage is the import path of the functions' main package, built for the stage's architecture. Yours calls
	// presigner.Main with your custom rule. Default: DefaultMainPackage.
	MainPackage string
	// Statements are added to the role of each function, for what your rule calls. Default: none.
	Statements []awsiam.PolicyStatement
	// Environment is added to the environment of each function. Default: nothing.
	Environment map[string]*string
	// Code replaces the build of MainPackage. Default: none.
	Code awslambda.Code
}

// Uploads is the construct. Other constructs may refer to its fields.
type Uploads struct {
	constructs.Construct

	Bucket          awss3.IBucket
	Key             awskms.IKey // nil with S3's own keys
	UserPool        awscognito.IUserPool
	API             awsapigateway.IRestApi
	Signers         []Signer // one for each route
	Alarms          []awscloudwatch.IAlarm
	CompletedQueue  awssqs.IQueue // nil without Stage.UploadEvents
	DeadLetterQueue awssqs.IQueue // of CompletedQueue

	WebhookDeadLetterQueue awssqs.IQueue // nil without Stage.WebhookURL

	outputs []output
}

// Signer is the function of one route.
type Signer struct {
	Route    operation.Route
	URL      *string // where clients call it
	Function awslambda.IFunction
	Role     awsiam.IRole // with the statements of the route's operations, of Tracing, and Props.Statements

	logs awslogs.LogGroup
}

// New adds the construct to scope. It panics if the configuration is invalid, as constructs do.
//
// The order follows the references: the bucket; who may call; the API and its functions, whose roles refer to the bucket; the
// bucket policy, which refers to the roles; then what an option adds to these.
//
//nolint:funlen // core and options, with the if of each option, belong together
func New(scope constructs.Construct, id string, props *Props) *Uploads {
	config := props.Stage
	if err := props.check(); err != nil {
		panic(fmt.Sprintf("uploads %q: %v", id, err))
	}
	props = props.withCode()
	u := &Uploads{Construct: constructs.NewConstruct(scope, new(id))}
	scope = u.Construct

	key := props.Key
	if key == nil && config.KMSKey {
		key = kmsKey(scope, config)
	}
	var accessLogs awss3.IBucket
	if config.ServerAccessLogs {
		accessLogs = accessLogBucket(scope, config)
	}
	bucket := newBucket(scope, config, key, accessLogs)

	users := existingIdentity(scope, props)
	if users == nil {
		users = newIdentity(scope, config)
		users.addMachineClients(scope, config)
		if config.ManagedLogin {
			users.addLoginBranding(scope)
		}
		if config.SignInDomain != "" && config.SignInDomain != stage.NoSignInDomain {
			users.addSignInDomain(config)
		}
	}

	api := newAPI(scope, config, users)
	var signers []Signer
	for _, route := range operation.Routes() {
		if len(config.Operations(route)) > 0 {
			s := newSigner(scope, props, route, bucket, key, users)
			s.URL = api.url(route)
			api.addRoute(s)
			signers = append(signers, s)
		}
	}

	var scanner awsiam.Role
	if config.MalwareScan {
		scanner = newScanRole(scope, config, bucket, key)
	}
	addBucketPolicy(bucket, config, signers, scanner)
	if config.MalwareScan {
		denyUnscanned(bucket, scanner)
		// GuardDuty may refuse a role that is seconds old, so the scan plan waits for the API's stage, one of the last resources.
		// https://docs.aws.amazon.com/guardduty/latest/ug/troubleshoot-malware-protection-s3-iam-role-permissions-error.html
		addMalwareScan(scope, bucket, scanner, api.rest.DeploymentStage())
	}

	if config.UploadEvents {
		u.CompletedQueue, u.DeadLetterQueue = addUploadEvents(scope, config, bucket)
	}
	if config.WebhookURL != "" {
		u.WebhookDeadLetterQueue = addWebhook(scope, config, bucket)
	}
	if config.DomainName != "" {
		api.addDomainRecord(scope)
	}
	var firewall awswafv2.CfnWebACL
	if config.WAFRateLimit > 0 {
		firewall = addFirewall(scope, config.WAFRateLimit, api)
	}
	if config.Alarms {
		u.Alarms = addAlarms(scope, config.AlarmTopicArn, api, signers, firewall, u.DeadLetterQueue, u.WebhookDeadLetterQueue)
	}
	if config.Dashboard {
		addLogMetrics(scope, signers)
		addQueries(scope, api, signers)
		addDashboard(scope, api, signers, bucket)
	}
	if boundary := props.boundary(scope); boundary != nil {
		awsiam.PermissionsBoundary_Of(scope).Apply(boundary)
	}

	u.Bucket, u.Key, u.UserPool, u.API, u.Signers = bucket, key, users.pool, api.rest, signers
	u.outputs = u.newOutputs(config, accessLogs, users, api)
	return u
}

// fullName is the name of resources that need a fixed one: the stack's name, and the construct's ID if the stack has
// other constructs.
func fullName(scope constructs.Construct) *string {
	stack := awscdk.Stack_Of(scope)
	if id := *scope.Node().Id(); id != "Default" {
		return jsii.Sprintf("%s-%s", *stack.StackName(), strings.ReplaceAll(id, " ", "-"))
	}
	return stack.StackName()
}

// removal is the removal policy of a resource with data. If the deployment that creates a resource is rolled back, even a
// retained resource is deleted: it is still empty, and would block the next deployment.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html
func removal(config stage.Stage) awscdk.RemovalPolicy {
	if config.RetainData {
		return awscdk.RemovalPolicy_RETAIN_ON_UPDATE_OR_DELETE
	}
	return awscdk.RemovalPolicy_DESTROY
}
