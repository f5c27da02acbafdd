package stack

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigateway"

	"example.com/presigned/infra/stage"
)

const allowOrigin = "Access-Control-Allow-Origin"

// addPreflight answers OPTIONS from a mock, without the function and without the authorizer: a browser
// sends a preflight without a token.
//
// CDK's own AddCorsPreflight knows no port pattern and names its first origin to every page that asks;
// this one names the origin that asked, or none.
func addPreflight(resource awsapigateway.Resource, origins []string) {
	if len(origins) == 0 {
		return
	}
	headers := map[string]string{
		"Access-Control-Allow-Methods": "POST,OPTIONS",
		"Access-Control-Allow-Headers": "Authorization,Content-Type",
		"Access-Control-Max-Age":       strconv.Itoa(corsMaxAge),
		"Vary":                         "Origin",
	}
	values, declared := map[string]*string{}, map[string]*bool{"method.response.header." + allowOrigin: new(true)}
	for name, value := range headers {
		values["method.response.header."+name] = new("'" + value + "'")
		declared["method.response.header."+name] = new(true)
	}
	mock := awsapigateway.NewMockIntegration(&awsapigateway.IntegrationOptions{
		RequestTemplates: &map[string]*string{"application/json": new(`{"statusCode": 204}`)},
		IntegrationResponses: &[]*awsapigateway.IntegrationResponse{{
			StatusCode:         new("204"),
			ResponseParameters: &values,
			ResponseTemplates:  &map[string]*string{"application/json": new(echoOrigin(origins))},
		}},
	})
	method := resource.AddMethod(new("OPTIONS"), mock, &awsapigateway.MethodOptions{
		Authorizer:        &noAuthorizer{},
		AuthorizationType: awsapigateway.AuthorizationType_NONE,
		MethodResponses:   &[]*awsapigateway.MethodResponse{{StatusCode: new("204"), ResponseParameters: &declared}},
	})
	awscdk.Annotations_Of(method).AcknowledgeWarning(new("@aws-cdk/aws-apigateway:invalidAuthScope"),
		new("the API's default scopes are left out here on purpose, with its default authorizer"))
}

// echoOrigin is the mapping template that answers with the caller's origin if it is one of ours.
// HTTP/2 clients send the header's name in small letters, and the lookup minds the difference.
func echoOrigin(origins []string) string {
	tests := make([]string, len(origins))
	for i, origin := range origins {
		tests[i] = fmt.Sprintf("$origin == %q", origin)
		if origin == stage.LocalOrigin {
			tests[i] = `$origin.matches("http://localhost:[0-9]+")`
		}
	}
	return strings.Join([]string{
		`#set($origin = $input.params().header.get("Origin"))`,
		`#if($origin == "")`,
		`  #set($origin = $input.params().header.get("origin"))`,
		`#end`,
		`#if(` + strings.Join(tests, " || ") + `)`,
		`  #set($context.responseOverride.header.` + allowOrigin + ` = $origin)`,
		`#end`,
	}, "\n")
}

// noAuthorizer takes a method out of the API's default authorizer, as CDK's own preflight does. jsii wants
// a pointer to it.
type noAuthorizer struct{}

func (*noAuthorizer) AuthorizationType() awsapigateway.AuthorizationType {
	return awsapigateway.AuthorizationType_NONE
}
func (*noAuthorizer) AuthorizerId() *string { return new("") }
