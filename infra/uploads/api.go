package uploads

import (
	"fmt"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigateway"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscertificatemanager"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscognito"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsroute53"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsroute53targets"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"example.com/presigned/infra/stage"
	"example.com/presigned/lambda/operation"
)

// apiStage is the name of API Gateway's stage, the first segment of the URL's path. It names a version of the contract. It has
// nothing to do with this project's stages, which are separate stacks.
const apiStage = "v1"

// securityPolicy allows TLS 1.2 and 1.3 with forward secrecy.
const securityPolicy = "SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09"

type api struct {
	rest       awsapigateway.RestApi
	validator  awsapigateway.RequestValidator
	accessLogs awslogs.LogGroup
	config     stage.Stage
}

func newAPI(scope constructs.Construct, config stage.Stage, users *identity) *api {
	authorizer := awsapigateway.NewCognitoUserPoolsAuthorizer(scope, new("Authorizer"), &awsapigateway.CognitoUserPoolsAuthorizerProps{
		CognitoUserPools: &[]awscognito.IUserPool{users.pool},
		IdentitySource:   new("method.request.header.Authorization"),
		// A cached answer would accept a token for up to five minutes after its expiry.
		ResultsCacheTtl: awscdk.Duration_Seconds(new(0.0)),
	})
	logs := newLogGroup(scope, "AccessLogs", config)
	props := &awsapigateway.RestApiProps{
		RestApiName:   fullName(scope),
		Description:   new("Presigns S3 operations for signed-in users"),
		EndpointTypes: &[]awsapigateway.EndpointType{awsapigateway.EndpointType_REGIONAL},
		// The default of every method, so a new route is protected automatically.
		// With scopes the authorizer accepts only access tokens.
		DefaultMethodOptions: &awsapigateway.MethodOptions{
			Authorizer:          authorizer,
			AuthorizationType:   awsapigateway.AuthorizationType_COGNITO,
			AuthorizationScopes: jsii.Strings(users.scopes...),
		},
		// The URLs of a batch share a long session token, so gzip saves nine tenths of the bytes.
		MinCompressionSize: awscdk.Size_Bytes(new(1024.0)),
		// The role is set for the whole account and region, so the account stack has it: infra/stack/account.go.
		CloudWatchRole: new(false),
		DeployOptions:  deployment(config, logs),
	}
	if config.DomainName != "" {
		props.DomainName = domainOptions(scope, config)
		props.DisableExecuteApiEndpoint = new(true) // the stage's domain is the only address
	}
	rest := awsapigateway.NewRestApi(scope, new("Api"), props)
	setSecurityPolicy(rest)
	rest.Node().TryRemoveChild(new("Endpoint")) // CDK's own output, the same as ApiUrl
	a := &api{rest: rest, accessLogs: logs, config: config}
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
		// Execution logs copy requests into a log group whose retention we can't set.
		LoggingLevel:     awsapigateway.MethodLoggingLevel_OFF,
		DataTraceEnabled: new(false),
		MetricsEnabled:   new(true),
		TracingEnabled:   new(config.Tracing),
	}
}

// accessLogFormat is one line of JSON without a secret: no token, no body, no query. API Gateway escapes nothing, so it has
// only variables that a client can't put a quote into: no username, no message, and not $context.requestId, which a client
// may choose. The line's requestId is $context.extendedRequestId. sub is the user's ID in the pool; the function's line has
// the username.
func accessLogFormat() string {
	fields := []struct{ name, variable string }{
		{"requestId", "extendedRequestId"},
		{"timeMs", "requestTimeEpoch"},
		{"method", "httpMethod"},
		{"resource", "resourcePath"},
		{"status", "status"},
		{"sub", "authorizer.claims.sub"},
		{"client", "authorizer.claims.client_id"},
		{"sourceIp", "identity.sourceIp"},
		{"latencyMs", "responseLatency"},
		{"integrationLatencyMs", "integrationLatency"},
		{"integrationStatus", "integration.status"},
		{"responseBytes", "responseLength"},
		{"errorType", "error.responseType"},
		{"trace", "xrayTraceId"},
	}
	pairs := make([]string, len(fields))
	for i, field := range fields {
		// Numbers are quoted too, because a variable without a value is written as a bare "-".
		pairs[i] = fmt.Sprintf(`"%s":"$context.%s"`, field.name, field.variable)
	}
	return "{" + strings.Join(pairs, ",") + "}"
}

// setSecurityPolicy refuses TLS 1.0, which a Regional API allows by default, and cipher suites without forward secrecy.
// An enhanced policy requires an endpoint access mode; BASIC doesn't check the host name further.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-security-policies-list.html
func setSecurityPolicy(rest awsapigateway.RestApi) {
	resource := rest.Node().DefaultChild().(awsapigateway.CfnRestApi)
	resource.SetSecurityPolicy(new(securityPolicy))
	resource.SetEndpointAccessMode(new("BASIC"))
}

// addRoute makes POST on the route's resource invoke the signer, and OPTIONS answer the preflight.
func (a *api) addRoute(s Signer) {
	resource := a.rest.Root().AddResource(new(strings.TrimPrefix(string(s.Route), "/")), nil)
	integration := awsapigateway.NewLambdaIntegration(s.Function, &awsapigateway.LambdaIntegrationOptions{
		AllowTestInvoke: new(false), // the console's test button would bypass the authorizer
	})
	resource.AddMethod(new("POST"), integration, &awsapigateway.MethodOptions{
		RequestValidator: a.validator,
		RequestModels:    &map[string]awsapigateway.IModel{"application/json": a.addModel(s.Route)},
	})
	if len(a.config.AllowedOrigins) > 0 {
		// A preflight's headers are the same for every caller. The function's answer names the caller's origin.
		preflight := resource.AddCorsPreflight(&awsapigateway.CorsOptions{
			AllowOrigins: jsii.Strings(staticOrigin(a.config.AllowedOrigins)),
			AllowMethods: jsii.Strings("POST", "OPTIONS"),
			AllowHeaders: jsii.Strings("Authorization", "Content-Type"),
			MaxAge:       awscdk.Duration_Seconds(new(float64(corsMaxAge))),
		})
		awscdk.Annotations_Of(preflight).AcknowledgeWarning(new("@aws-cdk/aws-apigateway:invalidAuthScope"),
			new("a browser sends a preflight without a token, so the API's default scopes don't apply to it"))
	}
}

// staticOrigin is the allowed origin in API Gateway's own answers: the stage's origin, or "*" if the stage has several.
// "*" is safe: the answer has no user data and allows no credentials, and a page needs the user's access token to call
// the function.
func staticOrigin(origins []string) string {
	if len(origins) == 1 && origins[0] != stage.LocalOrigin {
		return origins[0]
	}
	return "*"
}

// domainOptions serve the API under the stage's domain name.
func domainOptions(scope constructs.Construct, config stage.Stage) *awsapigateway.DomainNameOptions {
	return &awsapigateway.DomainNameOptions{
		DomainName:   new(config.DomainName),
		Certificate:  awscertificatemanager.Certificate_FromCertificateArn(scope, new("Certificate"), new(config.CertificateArn)),
		EndpointType: awsapigateway.EndpointType_REGIONAL,
		// The API's own policy applies. AWS recommends to give the domain the same one.
		// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-security-policies-update.html
		SecurityPolicy:     awsapigateway.SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09,
		EndpointAccessMode: awsapigateway.EndpointAccessMode_BASIC,
	}
}

// addDomainRecord points the stage's domain name to the API.
func (a *api) addDomainRecord(scope constructs.Construct) {
	zone := awsroute53.HostedZone_FromHostedZoneAttributes(scope, new("Zone"), &awsroute53.HostedZoneAttributes{
		HostedZoneId: new(a.config.HostedZoneID), ZoneName: new(a.config.HostedZoneName),
	})
	awsroute53.NewARecord(scope, new("DomainRecord"), &awsroute53.ARecordProps{
		Zone: zone, RecordName: new(a.config.DomainName + "."), Target: awsroute53.RecordTarget_FromAlias(awsroute53targets.NewApiGateway(a.rest)),
	})
}

// url is where clients call a route; "/" gives the API's base.
func (a *api) url(route operation.Route) *string {
	if a.config.DomainName != "" {
		return new("https://" + a.config.DomainName + string(route))
	}
	return a.rest.UrlForPath(new(string(route)))
}
