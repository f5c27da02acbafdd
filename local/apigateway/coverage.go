package apigateway

import "example.com/presigned/local/template"

// Coverage declares what this package does with the properties of the resources that it stands for.
//
//nolint:funlen // a table, one entry a resource type
func Coverage() template.Coverage {
	const forPeople, noMeaning = "for people", "no meaning at run time"
	const noExecutionLog, noMetrics = "no execution logs are written locally", "no metrics are kept locally"
	return template.Coverage{
		"AWS::ApiGateway::RestApi": {
			NotEnforced: map[string]string{
				"Description": forPeople, "Name": forPeople, "Tags": noMeaning,
				"EndpointConfiguration": "listens on loopback",
				// A stage with a domain of its own closes this address on AWS; locally it is the only one.
				"DisableExecuteApiEndpoint": "listens on loopback",
				"EndpointAccessMode":        "listens on loopback",
				"SecurityPolicy":            "plain http on loopback",
				"FailOnWarnings":            "for imports of OpenAPI documents",
			},
			Only: map[string][]any{
				"ApiKeySourceType": {"HEADER"},
			},
		},
		"AWS::ApiGateway::Resource": {Modelled: []string{"ParentId", "PathPart", "RestApiId"}},
		"AWS::ApiGateway::Method": {
			Modelled: []string{
				"AuthorizationScopes", "AuthorizationType", "AuthorizerId", "HttpMethod", "ResourceId", "RestApiId",
				"RequestModels", "RequestParameters", "RequestValidatorId",
				"Integration.IntegrationHttpMethod", "Integration.IntegrationResponses.ResponseParameters",
				"Integration.IntegrationResponses.ResponseTemplates", "Integration.IntegrationResponses.StatusCode",
				"Integration.PassthroughBehavior", "Integration.RequestTemplates", "Integration.TimeoutInMillis",
				"Integration.Type", "Integration.Uri",
				"MethodResponses.ResponseParameters", "MethodResponses.StatusCode",
			},
			NotEnforced: map[string]string{
				"OperationName":                  forPeople,
				"MethodResponses.ResponseModels": "API Gateway does not validate responses either",
			},
			Only: map[string][]any{"ApiKeyRequired": {false}},
		},
		"AWS::ApiGateway::Model": {
			Modelled:    []string{"ContentType", "Name", "RestApiId", "Schema"},
			NotEnforced: map[string]string{"Description": forPeople},
		},
		"AWS::ApiGateway::RequestValidator": {
			Modelled:    []string{"RestApiId", "ValidateRequestBody", "ValidateRequestParameters"},
			NotEnforced: map[string]string{"Name": forPeople},
		},
		"AWS::ApiGateway::Authorizer": {
			Modelled: []string{"IdentitySource", "ProviderARNs", "RestApiId"},
			NotEnforced: map[string]string{
				"AuthorizerResultTtlInSeconds": "each token is verified anew",
				"AuthType":                     "for OpenAPI documents",
				"Name":                         forPeople,
			},
			Only: map[string][]any{"Type": {"COGNITO_USER_POOLS"}},
		},
		"AWS::ApiGateway::GatewayResponse": {
			Modelled: []string{"ResponseParameters", "ResponseTemplates", "ResponseType", "RestApiId", "StatusCode"},
		},
		"AWS::ApiGateway::Deployment": {
			Modelled:    []string{"RestApiId"},
			NotEnforced: map[string]string{"Description": forPeople},
		},
		"AWS::ApiGateway::Stage": {
			Modelled: []string{
				"AccessLogSetting.Format", "DeploymentId", "RestApiId", "StageName",
				"MethodSettings.HttpMethod", "MethodSettings.ResourcePath",
				"MethodSettings.ThrottlingBurstLimit", "MethodSettings.ThrottlingRateLimit",
			},
			NotEnforced: map[string]string{
				"AccessLogSetting.DestinationArn": "access log lines go to this terminal",
				"Description":                     forPeople,
				"DocumentationVersion":            forPeople,
				"MethodSettings.DataTraceEnabled": noExecutionLog,
				"MethodSettings.LoggingLevel":     noExecutionLog,
				"MethodSettings.MetricsEnabled":   noMetrics,
				"Tags":                            noMeaning,
				"TracingEnabled":                  "no traces are collected locally",
			},
			Only: map[string][]any{
				"CacheClusterEnabled":           {false},
				"MethodSettings.CachingEnabled": {false},
			},
		},
		"AWS::ApiGateway::Account": {Ignored: noExecutionLog},
		"AWS::Lambda::Permission": {
			Modelled: []string{"Action", "FunctionName", "Principal", "SourceAccount", "SourceArn"},
		},
	}
}
