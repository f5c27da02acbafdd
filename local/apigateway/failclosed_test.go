package apigateway_test

import (
	"path/filepath"
	"strings"
	"testing"

	"example.com/presigned/local/apigateway"
	"example.com/presigned/local/template"
)

func TestATemplateThatCannotBeServedStopsTheStart(t *testing.T) {
	edit := func(logicalID, property string, value any) func(map[string]any) {
		return func(r map[string]any) { properties(r, logicalID)[property] = value }
	}
	integration := func(property string, value any) func(map[string]any) {
		return func(r map[string]any) { properties(r, "OpenPut")["Integration"].(map[string]any)[property] = value }
	}
	file, err := filepath.Abs("testdata/recorded-event.json") // any object is a schema that allows all
	if err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct {
		edit func(map[string]any)
		want string
	}{
		"no API":              {func(r map[string]any) { delete(r, "Api") }, "Api"},
		"two stages":          {func(r map[string]any) { r["Stage2"] = r["Stage"] }, "2 resources of type AWS::ApiGateway::Stage"},
		"path parameter":      {edit("OpenPath", "PathPart", "{proxy+}"), "{proxy+}"},
		"resource of nothing": {edit("OpenPath", "ParentId", "gone"), "OpenPath"},
		"IAM authorization":   {edit("OpenPut", "AuthorizationType", "AWS_IAM"), "AWS_IAM"},
		"unknown authorizer":  {edit("SignedPost", "AuthorizerId", "gone"), "no authorizer"},
		"authorizer ignored":  {edit("SignedPost", "AuthorizationType", "NONE"), "NONE"},
		"unknown validator":   {edit("OpenPut", "RequestValidatorId", "gone"), "no request validator"},
		"unknown model":       {edit("SignedPost", "RequestModels", map[string]any{"application/json": "gone"}), "no model"},
		"query parameter":     {edit("OpenPut", "RequestParameters", map[string]any{"method.request.querystring.a": true}), "querystring"},
		"HTTP integration":    {integration("Type", "HTTP_PROXY"), "HTTP_PROXY"},
		"Lambda by GET":       {integration("IntegrationHttpMethod", "GET"), "POST"},
		"another function":    {integration("Uri", "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/other/invocations"), "no such function"},
		"token from a query":  {edit("Authorizer", "IdentitySource", "method.request.querystring.token"), "identity source"},
		"another user pool":   {edit("Authorizer", "ProviderARNs", []any{"arn:aws:cognito-idp:us-east-1:1:userpool/x"}), "no user pool"},
		"unknown response":    {edit("OnBadBody", "ResponseType", "BAD_LUCK"), "BAD_LUCK"},
		"two templates":       {edit("OnBadBody", "ResponseTemplates", map[string]any{"a/b": "", "c/d": ""}), "a/b"},
		"unknown variable":    {edit("OnBadBody", "ResponseTemplates", map[string]any{"a/b": "$context.luck"}), "$context.luck"},
		"variable of the log": {edit("OnBadBody", "ResponseTemplates", map[string]any{"a/b": "$context.status"}), "access logs only"},
		"unknown log field":   {edit("Stage", "AccessLogSetting", map[string]any{"Format": "${context.luck}"}), "$context.luck"},
		"unknown mapping":     {edit("OnBadBody", "ResponseParameters", map[string]any{"gatewayresponse.header.X": "stageVariables.x"}), "stageVariables"},
		"mapping of a body":   {edit("OnBadBody", "ResponseParameters", map[string]any{"gatewayresponse.body": "'x'"}), "gatewayresponse.body"},
		"undeclared header":   {edit("OpenOptions", "MethodResponses", []any{map[string]any{"StatusCode": "204"}}), "not declared"},
		"undeclared status":   {edit("OpenOptions", "MethodResponses", []any{}), "no method response"},
		"a model that is not": {edit("Model", "Schema", map[string]any{"type": "thing"}), "Model"},
		"a model elsewhere":   {edit("Model", "Schema", map[string]any{"$ref": "https://apigateway.amazonaws.com/restapis/x/models/y"}), "Model"},
		"a model in a file":   {edit("Model", "Schema", map[string]any{"$ref": "file://" + file}), "Model"},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := setup{edit: tc.edit}.load(t)
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %v, want an error that names %s", err, tc.want)
			}
		})
	}
}

func TestPropertiesThatNobodyModelsAreReported(t *testing.T) {
	others := template.Coverage{
		"AWS::Logs::LogGroup": {Ignored: "test"}, "AWS::Cognito::UserPool": {Ignored: "test"}, "AWS::Lambda::Function": {Ignored: "test"},
	}
	tmpl, _, err := setup{}.load(t)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tmpl.Check(apigateway.Coverage(), others); err != nil {
		t.Errorf("the test's own template: %v", err)
	}
	for _, tc := range []struct {
		logicalID, property string
		value               any
	}{
		{"Api", "Policy", map[string]any{"Version": "2012-10-17"}},
		{"Api", "BinaryMediaTypes", []any{"*/*"}},
		{"Api", "ApiKeySourceType", "AUTHORIZER"},
		{"Stage", "CacheClusterEnabled", true},
		{"Stage", "Variables", map[string]any{"a": "b"}},
		{"Authorizer", "Type", "TOKEN"},
		{"Authorizer", "IdentityValidationExpression", ".*"},
		{"OpenPut", "ApiKeyRequired", true},
		{"MayCallOpen", "EventSourceToken", "x"},
	} {
		edited := setup{edit: func(r map[string]any) { properties(r, tc.logicalID)[tc.property] = tc.value }}
		tmpl, _, _ := edited.load(t)
		if _, err := tmpl.Check(apigateway.Coverage(), others); err == nil || !strings.Contains(err.Error(), tc.property) {
			t.Errorf("%s.%s: got %v, want an error that names it", tc.logicalID, tc.property, err)
		}
	}
}
