package apigateway

import (
	"encoding/json"

	"example.com/presigned/local/template"
)

// The resource types of the API, each with every property that is known. The others stop the start.

// restAPI is AWS::ApiGateway::RestApi.
type restAPI struct {
	MinimumCompressionSize                                    *int                 // bytes; nil compresses nothing
	Name                                                      template.NotEnforced `why:"for people"`
	EndpointConfiguration, EndpointAccessMode, SecurityPolicy template.NotEnforced `why:"plain http on loopback"`
	DisableExecuteApiEndpoint                                 template.NotEnforced `why:"the loopback address is the only one" option:"domainName"`
}

// deployment is AWS::ApiGateway::Deployment.
type deployment struct {
	RestApiId string
}

// stage is AWS::ApiGateway::Stage.
type stage struct {
	RestApiId, StageName, DeploymentId string

	AccessLogSetting template.NotEnforced `why:"a line for each request goes to this terminal, in a form of its own"`
	MethodSettings   []struct {
		HttpMethod                     template.Fixed `want:"*"`
		ResourcePath                   template.Fixed `want:"/*"`
		ThrottlingRateLimit            float64        // requests a second
		ThrottlingBurstLimit           int
		DataTraceEnabled, LoggingLevel template.NotEnforced `why:"no execution logs are written locally"`
		MetricsEnabled                 template.NotEnforced `why:"no metrics are kept locally"`
	}
	TracingEnabled template.NotEnforced `why:"no traces are collected locally"`
}

// cognitoAuthorizer is AWS::ApiGateway::Authorizer.
type cognitoAuthorizer struct {
	RestApiId                    string
	IdentitySource               template.Fixed `want:"method.request.header.Authorization"`
	ProviderARNs                 []string
	Type                         template.Fixed       `want:"COGNITO_USER_POOLS"`
	AuthorizerResultTtlInSeconds template.NotEnforced `why:"each token is verified again"`
	Name                         template.NotEnforced `why:"for people"`
}

// requestModel is AWS::ApiGateway::Model.
type requestModel struct {
	RestApiId   string
	ContentType template.Fixed `want:"application/json"`
	Schema      json.RawMessage
}

// requestValidator is AWS::ApiGateway::RequestValidator.
type requestValidator struct {
	RestApiId           string
	ValidateRequestBody template.Fixed `want:"true"`
}

// pathResource is AWS::ApiGateway::Resource.
type pathResource struct{ RestApiId, ParentId, PathPart string }

// methodProperties is AWS::ApiGateway::Method.
type methodProperties struct {
	RestApiId, ResourceId, HttpMethod string
	AuthorizationType, AuthorizerId   string
	AuthorizationScopes               []string
	RequestValidatorId                string
	RequestModels                     map[string]string
	ApiKeyRequired                    template.Fixed `want:"false"`
	Integration                       struct {
		Type                  string
		IntegrationHttpMethod template.Fixed `want:"POST"` // Lambda is invoked by POST
		Uri                   string
		RequestTemplates      map[string]string
		IntegrationResponses  []struct {
			StatusCode         json.Number
			ResponseParameters map[string]string
		}
	}
	MethodResponses template.NotEnforced `why:"API Gateway checks at the deployment that they declare the headers"`
}

// gatewayResponseProperties is AWS::ApiGateway::GatewayResponse.
type gatewayResponseProperties struct {
	RestApiId, ResponseType               string
	StatusCode                            json.Number
	ResponseParameters, ResponseTemplates map[string]string
}

// permission is AWS::Lambda::Permission: who besides the account itself may invoke a function.
type permission struct {
	Action, FunctionName, Principal, SourceArn string
}
