package stack_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"example.com/presigned/lambda/operation"
)

func TestNoMethodButPreflightIsReachableWithoutTheAuthorizer(t *testing.T) {
	for name, v := range all {
		t.Run(name, func(t *testing.T) {
			authorizer := v.only(t, "AWS::ApiGateway::Authorizer")
			for _, m := range v.ofType("AWS::ApiGateway::Method") {
				if m.Properties["HttpMethod"] == "OPTIONS" {
					if got := at(m.Properties, "Integration", "Type"); got != "MOCK" {
						t.Errorf("%s: open to everybody and integrated with %v, want MOCK", m.id, got)
					}
					continue
				}
				if got := m.Properties["AuthorizationType"]; got != "COGNITO_USER_POOLS" {
					t.Errorf("%s: got authorization type %v, want COGNITO_USER_POOLS", m.id, got)
				}
				if got, want := text(t, m.Properties["AuthorizerId"]), text(t, ref(authorizer.id)); got != want {
					t.Errorf("%s: got authorizer %s, want %s", m.id, got, want)
				}
				// Without scopes the authorizer takes ID tokens, which any app client of the pool has.
				if got, want := text(t, m.Properties["AuthorizationScopes"]), text(t, v.scopes()); got != want {
					t.Errorf("%s: got scopes %s, want %s", m.id, got, want)
				}
			}
		})
	}
}

func TestTheAuthorizerTrustsThisStacksPoolAlone(t *testing.T) {
	for name, v := range all {
		t.Run(name, func(t *testing.T) {
			authorizer := v.only(t, "AWS::ApiGateway::Authorizer")
			var pool any = v.config.UserPoolARN
			if pool == "" {
				pool = arn(v.only(t, "AWS::Cognito::UserPool").id)
			}
			for key, want := range map[string]any{
				"Type":                         "COGNITO_USER_POOLS",
				"ProviderARNs":                 []any{pool},
				"IdentitySource":               "method.request.header.Authorization",
				"AuthorizerResultTtlInSeconds": 0, // or a token works after its end
				"RestApiId":                    ref(v.only(t, "AWS::ApiGateway::RestApi").id),
			} {
				if got, want := text(t, authorizer.Properties[key]), text(t, want); got != want {
					t.Errorf("%s: got %s, want %s", key, got, want)
				}
			}
		})
	}
}

func TestEachRouteInvokesItsOwnFunctionAndNobodyElseMay(t *testing.T) {
	for name, v := range all {
		t.Run(name, func(t *testing.T) {
			want := map[string]string{}
			for id, route := range v.signers() {
				want[string(route)] = id
			}
			for _, r := range v.ofType("AWS::ApiGateway::Resource") {
				route := "/" + r.Properties["PathPart"].(string)
				function := v.starting(t, "AWS::Lambda::Function", want[route])
				delete(want, route)
				if post := v.method(r.id, "POST"); !strings.Contains(text(t, at(post.Properties, "Integration", "Uri")), text(t, arn(function.id))) {
					t.Errorf("%s: does not invoke %s", route, function.id)
				}
			}
			if len(want) > 0 {
				t.Errorf("got no resource for %v", want)
			}
			for _, p := range v.ofType("AWS::Lambda::Permission") {
				if p.Properties["Principal"] != "apigateway.amazonaws.com" || p.Properties["SourceArn"] == nil {
					t.Errorf("%s: lets more than this API invoke a function: %s", p.id, text(t, p.Properties))
				}
				if strings.Contains(text(t, p.Properties["SourceArn"]), "test-invoke-stage") {
					t.Errorf("%s: lets the console call around the authorizer", p.id)
				}
			}
		})
	}
}

// method returns a method of an API resource.
func (t template) method(resourceID, verb string) resource {
	for _, m := range t.ofType("AWS::ApiGateway::Method") {
		if at(m.Properties["ResourceId"], "Ref") == resourceID && m.Properties["HttpMethod"] == verb {
			return m
		}
	}
	return resource{}
}

func TestBodiesAreValidatedAgainstTheOperationTable(t *testing.T) {
	for name, v := range all {
		t.Run(name, func(t *testing.T) {
			for _, m := range v.ofType("AWS::ApiGateway::Method") {
				if m.Properties["HttpMethod"] == "OPTIONS" {
					continue
				}
				validator := v.Resources[at(m.Properties["RequestValidatorId"], "Ref").(string)]
				if validator.Properties["ValidateRequestBody"] != true {
					t.Errorf("%s: its validator does not look at the body", m.id)
				}
				model := v.Resources[at(m.Properties["RequestModels"], "application/json", "Ref").(string)]
				schema := model.Properties["Schema"].(map[string]any)
				if schema["additionalProperties"] != false {
					t.Errorf("%s: takes unknown fields", m.id)
				}
				route := operation.Route("/" + v.Resources[at(m.Properties, "ResourceId", "Ref").(string)].Properties["PathPart"].(string))
				if got, want := keys(schema["properties"]), v.fields(route); !slices.Equal(got, want) {
					t.Errorf("%s: got fields %v, want %v", m.id, got, want)
				}
			}
		})
	}
}

// fields are those of the operations that a stage switches on for a route, sorted.
func (v variant) fields(route operation.Route) []string {
	names := []string{"operation", "requests", "username"}
	for _, op := range v.config.Operations(route) {
		for _, f := range slices.Concat(op.Required, op.Optional) {
			if !slices.Contains(names, string(f)) {
				names = append(names, string(f))
			}
		}
	}
	slices.Sort(names)
	return names
}

func keys(object any) []string {
	var names []string
	for name := range object.(map[string]any) {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// The model says names, types and choices. What a value may be, the function says, in words: see TestRefusals of
// lambda/presigner, which has a row for each pattern and bound.
func TestTheModelIsTheTablesNamesTypesAndChoices(t *testing.T) {
	want := map[string]string{
		"operation": text(t, map[string]any{"type": "string", "enum": operation.Names(operation.Table())}),
		"username":  text(t, map[string]any{"type": "string"}),
		"requests":  text(t, map[string]any{"type": "array"}),
	}
	for field, f := range operation.Fields() {
		schema := map[string]any{"type": f.Type}
		if f.Enum != nil {
			schema["enum"] = f.Enum
		}
		want[string(field)] = text(t, schema)
	}
	for name, v := range all {
		for _, m := range v.ofType("AWS::ApiGateway::Model") {
			for field, schema := range at(m.Properties, "Schema", "properties").(map[string]any) {
				if got := text(t, schema); got != want[field] {
					t.Errorf("%s: %s: got %s, want %s", name, field, got, want[field])
				}
			}
		}
	}
}

func TestTheStageThrottlesAndLogsAsJSONWithoutSecrets(t *testing.T) {
	for name, v := range all {
		t.Run(name, func(t *testing.T) {
			stage := v.only(t, "AWS::ApiGateway::Stage")
			settings := stage.Properties["MethodSettings"].([]any)[0]
			for key, want := range map[string]any{
				"ResourcePath": "/*", "HttpMethod": "*", "DataTraceEnabled": false, "LoggingLevel": "OFF",
				"ThrottlingRateLimit": float64(v.config.ThrottleRate), "ThrottlingBurstLimit": float64(v.config.ThrottleBurst),
			} {
				if got := at(settings, key); got != want {
					t.Errorf("%s: got %v, want %v", key, got, want)
				}
			}
			logs := v.starting(t, "AWS::Logs::LogGroup", "AccessLogs")
			if got, want := text(t, at(stage.Properties, "AccessLogSetting", "DestinationArn")), text(t, arn(logs.id)); got != want {
				t.Errorf("access log goes to %s, want %s", got, want)
			}
			format := at(stage.Properties, "AccessLogSetting", "Format").(string)
			if !json.Valid([]byte(format)) {
				t.Errorf("access log format is not JSON: %s", format)
			}
			if !strings.Contains(format, `"sub":"$context.authorizer.claims.sub"`) {
				t.Errorf("access log format names no user: %s", format)
			}
			// API Gateway escapes nothing: a username with a quote in it would forge the line.
			for _, chosen := range []string{"$context.requestId", "claims.username", "error.message", "domainName", "identity.user"} {
				if strings.Contains(format, chosen) {
					t.Errorf("access log format has %s, which a client chooses: %s", chosen, format)
				}
			}
			for _, secret := range []string{"header", "Authorization", "body", "querystring", "path\""} {
				if strings.Contains(format, secret) {
					t.Errorf("access log format has %q: %s", secret, format)
				}
			}
		})
	}
}

func TestTheAPITakesCurrentTLSOnly(t *testing.T) {
	for name, v := range all {
		api := v.only(t, "AWS::ApiGateway::RestApi").Properties
		if got := api["SecurityPolicy"]; got != "SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09" || api["EndpointAccessMode"] != "BASIC" {
			t.Errorf("%s: got security policy %v, endpoint access mode %v", name, got, api["EndpointAccessMode"])
		}
	}
}
