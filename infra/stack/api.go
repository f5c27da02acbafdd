package stack

import (
	"fmt"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigateway"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscognito"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/jsii-runtime-go"

	"example.com/presigned/infra/stage"
	"example.com/presigned/lambda/operation"
)

// apiStage is API Gateway's stage, the first segment of the URL's path: a version of the contract, not
// one of our stages, which are separate stacks.
const apiStage = "v1"

type api struct {
	rest       awsapigateway.RestApi
	validator  awsapigateway.RequestValidator
	accessLogs awslogs.LogGroup
	config     stage.Stage
}

func newAPI(stack awscdk.Stack, config stage.Stage, users identity) api {
	authorizer := awsapigateway.NewCognitoUserPoolsAuthorizer(stack, new("Authorizer"), &awsapigateway.CognitoUserPoolsAuthorizerProps{
		CognitoUserPools: &[]awscognito.IUserPool{users.pool},
		IdentitySource:   new("method.request.header.Authorization"),
		// A cached answer would accept a token for up to five minutes past its end.
		ResultsCacheTtl: awscdk.Duration_Seconds(new(0.0)),
	})
	logs := newLogGroup(stack, "AccessLogs", config)
	rest := awsapigateway.NewRestApi(stack, new("Api"), &awsapigateway.RestApiProps{
		RestApiName:   stack.StackName(),
		Description:   new("Presigns S3 operations for signed-in users"),
		EndpointTypes: &[]awsapigateway.EndpointType{awsapigateway.EndpointType_REGIONAL},
		// The default of every method, so that a new route is protected without anyone remembering.
		// With scopes the authorizer takes access tokens only.
		DefaultMethodOptions: &awsapigateway.MethodOptions{
			Authorizer:          authorizer,
			AuthorizationType:   awsapigateway.AuthorizationType_COGNITO,
			AuthorizationScopes: jsii.Strings(uploadScope, sdkScope),
		},
		CloudWatchRole:              new(config.APIAccountRole),
		CloudWatchRoleRemovalPolicy: accountRoleRemoval(config),
		DeployOptions:               deployment(config, logs),
		DomainName:                  domainOptions(stack, config),
	})
	if config.DomainName != "" { // one address, under the stage's name
		rest.Node().DefaultChild().(awsapigateway.CfnRestApi).SetDisableExecuteApiEndpoint(true)
	}
	rest.Node().TryRemoveChild(new("Endpoint")) // CDK's own output: ApiUrl says the same
	a := api{rest: rest, accessLogs: logs, config: config}
	a.validator = rest.AddRequestValidator(new("Body"), &awsapigateway.RequestValidatorOptions{ValidateRequestBody: new(true)})
	a.addGatewayResponses()
	return a
}

func deployment(config stage.Stage, logs awslogs.LogGroup) *awsapigateway.StageOptions {
	return &awsapigateway.StageOptions{
		StageName:            new(apiStage),
		ThrottlingRateLimit:  new(float64(config.ThrottleRate)),
		ThrottlingBurstLimit: new(float64(config.ThrottleBurst)),
		AccessLogDestination: awsapigateway.NewLogGroupLogDestination(logs),
		AccessLogFormat:      awsapigateway.AccessLogFormat_Custom(new(accessLogFormat())),
		// Execution logs repeat requests into a log group that no retention of ours reaches.
		LoggingLevel:     awsapigateway.MethodLoggingLevel_OFF,
		DataTraceEnabled: new(false),
		MetricsEnabled:   new(true),
		TracingEnabled:   new(config.Tracing),
	}
}

// accessLogFormat is one line of JSON without a secret: no token, no body, no query.
func accessLogFormat() string {
	fields := []struct{ name, variable string }{
		{"requestId", "requestId"},         // a client may choose this one,
		{"gatewayId", "extendedRequestId"}, // but not this one
		{"timeMs", "requestTimeEpoch"},
		{"method", "httpMethod"},
		{"resource", "resourcePath"},
		{"status", "status"},
		{"caller", "authorizer.claims.username"},
		{"client", "authorizer.claims.client_id"},
		{"sourceIp", "identity.sourceIp"},
		{"latencyMs", "responseLatency"},
		{"integrationLatencyMs", "integrationLatency"},
		{"integrationStatus", "integration.status"},
		{"responseBytes", "responseLength"},
		{"errorType", "error.responseType"},
		{"error", "error.message"},
		{"trace", "xrayTraceId"},
	}
	pairs := make([]string, len(fields))
	for i, field := range fields {
		// Quoted, numbers too: a variable without a value is written as a bare "-".
		pairs[i] = fmt.Sprintf(`"%s":"$context.%s"`, field.name, field.variable)
	}
	return "{" + strings.Join(pairs, ",") + "}"
}

// accountRoleRemoval keeps the role when the stack goes: other APIs of the account may rely on it.
func accountRoleRemoval(config stage.Stage) awscdk.RemovalPolicy {
	if config.APIAccountRole {
		return awscdk.RemovalPolicy_RETAIN
	}
	return "" // CDK refuses a policy for a role that it does not make
}

// addRoute makes POST on the route's resource invoke the signer, and OPTIONS answer the preflight.
func (a api) addRoute(route operation.Route, s signer) {
	resource := a.rest.Root().AddResource(new(strings.TrimPrefix(string(route), "/")), nil)
	integration := awsapigateway.NewLambdaIntegration(s.function, &awsapigateway.LambdaIntegrationOptions{
		AllowTestInvoke: new(false), // the console's test button would call around the authorizer
	})
	resource.AddMethod(new("POST"), integration, &awsapigateway.MethodOptions{
		RequestValidator: a.validator,
		RequestModels:    &map[string]awsapigateway.IModel{"application/json": a.addModel(route)},
	})
	addPreflight(resource, a.config.AllowedOrigins)
}
