package cognito

import (
	"encoding/json"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestSettingsThatAreNotModelledStopTheStart(t *testing.T) {
	for _, tt := range []struct {
		id, property string
		value        any
		want         string
	}{
		{"Users", "MfaConfiguration", "MAYBE", `MfaConfiguration: "MAYBE"`},
		{"Users", "EnabledMfas", []any{"SMS_MFA"}, `EnabledMfas: "SMS_MFA"`},
		{"Users", "EnabledMfas", nil, "want SOFTWARE_TOKEN_MFA in it"},
		{"Users", "AutoVerifiedAttributes", []any{"phone_number"}, `AutoVerifiedAttributes: "phone_number"`},
		{"Users", "Policies", props{"PasswordPolicy": props{"MinimumLength": 5}}, "MinimumLength: got 5, want 6 to 99"},
		{"Users", "Policies", props{"SignInPolicy": props{"AllowedFirstAuthFactors": []any{"WEB_AUTHN"}}}, `"WEB_AUTHN"`},
		{"AppClient", "ExplicitAuthFlows", []any{"ALLOW_CUSTOM_AUTH"}, `ExplicitAuthFlows: "ALLOW_CUSTOM_AUTH"`},
		{"AppClient", "AccessTokenValidity", 4, "AccessTokenValidity: got 4m0s, want 5m0s to 24h0m0s"},
		{"AppClient", "RefreshTokenValidity", 59, "RefreshTokenValidity: got 59m0s"},
		{"AppClient", "AuthSessionValidity", 16, "AuthSessionValidity: got 16m0s, want 3m0s to 15m0s"},
		{"AppClient", "TokenValidityUnits", props{"AccessToken": "weeks"}, `got "weeks", want seconds, minutes, hours or days`},
		{"AppClient", "AllowedOAuthFlows", []any{"implicit"}, `AllowedOAuthFlows: "implicit"`},
		{"AppClient", "SupportedIdentityProviders", []any{"Google"}, `"Google"`},
		{"AppClient", "PreventUserExistenceErrors", "YES", `"YES"`},
		{"AppClient", "RefreshTokenRotation", props{"Feature": "ENABLED"}, "RefreshTokenRotation excludes ALLOW_REFRESH_TOKEN_AUTH"},
	} {
		_, err := New(Config{Template: load(t, with(tt.id, tt.property, tt.value)), BaseURL: "http://127.0.0.1:1", Keys: testKeys()})
		if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), tt.id) {
			t.Errorf("%s.%s %v: got error %v, want %q", tt.id, tt.property, tt.value, err, tt.want)
		}
	}
}

func TestAnOAuthScopeMustExist(t *testing.T) {
	res := oauthPool()
	res["MachineClient"]["AllowedOAuthScopes"] = []any{"uploads/delete"}
	_, err := New(Config{Template: load(t, res), BaseURL: "http://127.0.0.1:1", Keys: testKeys()})
	if err == nil || !strings.Contains(err.Error(), `no resource server of the pool has a scope "uploads/delete"`) {
		t.Errorf("got %v", err)
	}
}

func TestAMachineClientNeedsASecret(t *testing.T) {
	res := oauthPool()
	res["MachineClient"]["GenerateSecret"] = false
	_, err := New(Config{Template: load(t, res), BaseURL: "http://127.0.0.1:1", Keys: testKeys()})
	if err == nil || !strings.Contains(err.Error(), "GenerateSecret: want true for the client_credentials flow") {
		t.Errorf("got %v", err)
	}
}

func TestCoverageKnowsWhatIsReadAndNothingElse(t *testing.T) {
	if _, err := load(t, oauthPool()).Check(Coverage()); err != nil {
		t.Error(err)
	}
	_, err := load(t, with("Users", "LambdaConfig", props{"PreSignUp": "arn"})).Check(Coverage())
	if err == nil || !strings.Contains(err.Error(), "LambdaConfig") {
		t.Errorf("got %v, want LambdaConfig named", err)
	}
	list, err := load(t, with("Users", "DeletionProtection", "ACTIVE")).Check(Coverage())
	if err != nil || len(list) != 1 || list[0].Property != "DeletionProtection" {
		t.Errorf("got %v, %v", list, err)
	}
}

func TestTheProjectsOwnTemplatesAreModelled(t *testing.T) {
	files, err := filepath.Glob("../../infra/stack/testdata/*.template.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("no golden templates: %v", err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var doc struct{ Resources map[string]props }
		if err := json.Unmarshal(data, &doc); err != nil {
			t.Fatal(err)
		}
		maps.DeleteFunc(doc.Resources, func(_ string, r props) bool { return !strings.HasPrefix(r["Type"].(string), "AWS::Cognito::") })
		tmpl := assemble(t, doc.Resources)
		if _, err := tmpl.Check(Coverage()); err != nil {
			t.Errorf("%s: %v", file, err)
		}
		if _, err := New(Config{Template: tmpl, BaseURL: "http://127.0.0.1:1", Keys: testKeys()}); err != nil {
			t.Errorf("%s: %v", file, err)
		}
	}
}

func TestReferencesToThePoolResolve(t *testing.T) {
	f := serve(t, oauthPool())
	for want, ref := range map[string]any{
		f.pool.ID():  ref("Users"),
		f.pool.ARN(): props{"Fn::GetAtt": []any{"Users", "Arn"}},
		"uploads":    ref("UploadScopes"),
		"presigned":  ref("Domain"),
		"https://cognito-idp.us-east-1.amazonaws.com/" + f.pool.ID(): props{"Fn::GetAtt": []any{"Users", "ProviderURL"}},
	} {
		if got, err := f.tmpl.String(ref); err != nil || got != want {
			t.Errorf("%v: got %q, %v, want %q", ref, got, err, want)
		}
	}
	if again := serve(t, oauthPool()); again.pool.ID() != f.pool.ID() || again.client != f.client {
		t.Error("IDs change from start to start")
	}
	if len(f.client) != 26 || !strings.HasPrefix(f.pool.ID(), "us-east-1_") || len(f.pool.ID()) != 19 {
		t.Errorf("got client ID %q and pool ID %q", f.client, f.pool.ID())
	}
}

func TestClientsBelongToTheirPool(t *testing.T) {
	res := oauthPool()
	res["OtherUsers"] = props{}
	res["OtherClient"] = maps.Clone(resources()["AppClient"])
	res["OtherClient"]["UserPoolId"] = ref("OtherUsers")
	tmpl := load(t, res)
	if _, err := New(Config{Template: tmpl, BaseURL: "http://127.0.0.1:1", Keys: testKeys()}); err == nil || !strings.Contains(err.Error(), "want exactly 1") {
		t.Errorf("no pool named: got %v", err)
	}
	pool, err := New(Config{Template: tmpl, UserPool: "OtherUsers", BaseURL: "http://127.0.0.1:1", Keys: testKeys()})
	if err != nil {
		t.Fatal(err)
	}
	if len(pool.clients) != 1 || len(pool.scopes) != 0 || pool.settings.domain {
		t.Errorf("got %d clients, scopes %v, domain %v; want 1 and nothing of the other pool", len(pool.clients), pool.scopes, pool.settings.domain)
	}
	if _, err := New(Config{Template: tmpl, UserPool: "Nothing", BaseURL: "http://127.0.0.1:1"}); err == nil {
		t.Error("unknown pool: got no error")
	}
}

func TestBrowsersMayCallFromAnyOrigin(t *testing.T) {
	f := serve(t, resources())
	r, err := http.NewRequest(http.MethodOptions, f.url+"/", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Origin", "http://localhost:8083")
	r.Header.Set("Access-Control-Request-Method", "POST")
	r.Header.Set("Access-Control-Request-Headers", "content-type,x-amz-target,x-amz-user-agent")
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusOK || resp.Header.Get("Access-Control-Allow-Origin") != "*" ||
		resp.Header.Get("Access-Control-Allow-Headers") != "content-type,x-amz-target,x-amz-user-agent" {
		t.Errorf("got %s, %v", resp.Status, resp.Header)
	}
}

func TestErrorsStandInBodyAndHeaders(t *testing.T) {
	f := serve(t, resources())
	for _, tt := range []struct{ target, body, code, message string }{
		{"AWSCognitoIdentityProviderService.GetUser", `{"AccessToken":"x"}`, "NotAuthorizedException", "Invalid Access Token"},
		{"AWSCognitoIdentityProviderService.GetUser", `{`, "SerializationException", "Unexpected token or value in the request body"},
		{"AWSCognitoIdentityProviderService.ListUsers", `{}`, "UnknownOperationException", "ListUsers is not modelled by the local run"},
		{"DynamoDB_20120810.ListTables", `{}`, "UnknownOperationException", ""},
	} {
		r, err := http.NewRequest(http.MethodPost, f.url+"/", strings.NewReader(tt.body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("X-Amz-Target", tt.target)
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		h := resp.Header
		if resp.StatusCode != http.StatusBadRequest || h.Get("X-Amzn-ErrorType") != tt.code+":" || h.Get("X-Amzn-ErrorMessage") != tt.message ||
			h.Get("Access-Control-Allow-Origin") != "*" || h.Get("X-Amzn-RequestId") == "" || h.Get("Content-Type") != "application/x-amz-json-1.1" {
			t.Errorf("%s: got %s, %v", tt.target, resp.Status, h)
		}
	}
}
