package apigateway_test

import (
	"path/filepath"
	"strings"
	"testing"
)

func TestATemplateThatCannotBeServedStopsTheStart(t *testing.T) {
	edit := func(logicalID, property string, value any) func(map[string]any) {
		return func(r map[string]any) { properties(r, logicalID)[property] = value }
	}
	integration := func(property string, value any) func(map[string]any) {
		return func(r map[string]any) { properties(r, "OpenPut")["Integration"].(map[string]any)[property] = value }
	}
	preflight := func(property string, value any) func(map[string]any) {
		return func(r map[string]any) { properties(r, "OpenOptions")["Integration"].(map[string]any)[property] = value }
	}
	response := func(property string, value any) func(map[string]any) {
		return func(r map[string]any) {
			responses := properties(r, "OpenOptions")["Integration"].(map[string]any)["IntegrationResponses"].([]any)
			responses[0].(map[string]any)[property] = value
		}
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
		"path below a path":   {edit("OpenPath", "ParentId", map[string]any{"Ref": "SignedPath"}), "below the root only"},
		"IAM authorization":   {edit("OpenPut", "AuthorizationType", "AWS_IAM"), "AWS_IAM"},
		"unknown authorizer":  {edit("SignedPost", "AuthorizerId", "gone"), "no authorizer"},
		"authorizer ignored":  {edit("SignedPost", "AuthorizationType", "NONE"), "NONE"},
		"unknown validator":   {edit("OpenPut", "RequestValidatorId", "gone"), "no request validator"},
		"unknown model":       {edit("SignedPost", "RequestModels", map[string]any{"application/json": "gone"}), "no model"},
		"request parameters":  {edit("OpenPut", "RequestParameters", map[string]any{"method.request.header.A": true}), "RequestParameters"},
		"model not looked at": {edit("SignedPost", "RequestValidatorId", ""), "no validator"},
		"response template":   {response("ResponseTemplates", map[string]any{"application/json": "#set($a = 1)"}), "ResponseTemplates"},
		"mapped header":       {response("ResponseParameters", map[string]any{"method.response.header.Vary": "integration.response.header.Vary"}), "'static' values only"},
		"selected response":   {response("SelectionPattern", "4.."), "SelectionPattern"},
		"request template":    {preflight("RequestTemplates", map[string]any{"application/json": "#if(true)#end"}), "{ statusCode: n }"},
		"one method slower":   {edit("Stage", "MethodSettings", []any{map[string]any{"ResourcePath": "/~1open", "HttpMethod": "*"}}), "MethodSettings.ResourcePath is /~1open"},
		"HTTP integration":    {integration("Type", "HTTP_PROXY"), "HTTP_PROXY"},
		"Lambda by GET":       {integration("IntegrationHttpMethod", "GET"), "Integration.IntegrationHttpMethod is GET"},
		"another function":    {integration("Uri", "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/other/invocations"), "no such function"},
		"token from a query":  {edit("Authorizer", "IdentitySource", "method.request.querystring.token"), "IdentitySource"},
		"another user pool":   {edit("Authorizer", "ProviderARNs", []any{"arn:aws:cognito-idp:us-east-1:1:userpool/x"}), "no user pool"},
		"unknown response":    {edit("OnBadBody", "ResponseType", "BAD_LUCK"), "BAD_LUCK"},
		"two templates":       {edit("OnBadBody", "ResponseTemplates", map[string]any{"a/b": "", "c/d": ""}), "2 response templates"},
		"unknown variable":    {edit("OnBadBody", "ResponseTemplates", map[string]any{"a/b": "$context.luck"}), "$context.luck"},
		"unknown log field":   {edit("Stage", "AccessLogSetting", map[string]any{"Format": "$context.luck"}), "$context.luck"},
		"unknown mapping":     {edit("OnBadBody", "ResponseParameters", map[string]any{"gatewayresponse.header.X": "stageVariables.x"}), "stageVariables"},
		"mapping of a body":   {edit("OnBadBody", "ResponseParameters", map[string]any{"gatewayresponse.body": "'x'"}), "gatewayresponse.body"},
		"undeclared header":   {edit("OpenOptions", "MethodResponses", []any{map[string]any{"StatusCode": "204"}}), "not declared"},
		"undeclared status":   {edit("OpenOptions", "MethodResponses", []any{}), "one method response"},
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

func TestPropertiesThatNobodyModelsStopTheStart(t *testing.T) {
	for _, tc := range []struct {
		logicalID, property string
		value               any
	}{
		{"Api", "Policy", map[string]any{"Version": "2012-10-17"}},
		{"Api", "BinaryMediaTypes", []any{"*/*"}},
		{"Stage", "CacheClusterEnabled", true},
		{"Stage", "Variables", map[string]any{"a": "b"}},
		{"Authorizer", "Type", "TOKEN"},
		{"Authorizer", "IdentityValidationExpression", ".*"},
		{"OpenPut", "ApiKeyRequired", true},
		{"Body", "ValidateRequestBody", false},
		{"MayCallOpen", "EventSourceToken", "x"},
	} {
		_, _, err := setup{edit: func(r map[string]any) { properties(r, tc.logicalID)[tc.property] = tc.value }}.load(t)
		if err == nil || !strings.Contains(err.Error(), tc.property) || !strings.Contains(err.Error(), tc.logicalID+" (AWS::") {
			t.Errorf("%s.%s: got %v, want an error that names it", tc.logicalID, tc.property, err)
		}
	}
}

func TestThePreflightIsTheTemplates(t *testing.T) {
	resp := send(setup{}.api(t), "OPTIONS", "/v1/open", "", "Origin: https://elsewhere.example.com")
	if got := resp.Header.Get("Access-Control-Allow-Origin"); got != "https://app.example.com" || resp.StatusCode != 204 || resp.Header.Get("Vary") != "Origin" {
		t.Errorf("got %d %v, want 204 and the template's headers", resp.StatusCode, resp.Header)
	}
	if resp := send(setup{}.api(t), "OPTIONS", "/v1/open", "", "Content-Type: text/plain"); resp.StatusCode != 500 {
		t.Errorf("a content type without a request template: got %d, want 500", resp.StatusCode)
	}
}
