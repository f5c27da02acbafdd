package cognito

import (
	"encoding/json"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"example.com/presigned/local/template"
)

func newPool(tmpl *template.Template) (*Pool, error) {
	return New(Config{Template: tmpl, BaseURL: "http://127.0.0.1:1", Keys: testKeys(), Clock: time.Now})
}

func TestSettingsThatAreNotModelledStopTheStart(t *testing.T) {
	for _, tt := range []struct {
		id, property string
		value        any
		want         string
	}{
		{"Users", "MfaConfiguration", "MAYBE", `MfaConfiguration: "MAYBE"`},
		{"Users", "EnabledMfas", []any{"SMS_MFA"}, `EnabledMfas: "SMS_MFA"`},
		{"Users", "UsernameConfiguration", props{"CaseSensitive": true}, "UsernameConfiguration.CaseSensitive is true"},
		{"Users", "LambdaConfig", props{"PreSignUp": "arn"}, `"LambdaConfig"`},
		{"AppClient", "ExplicitAuthFlows", []any{"ALLOW_CUSTOM_AUTH"}, `ExplicitAuthFlows: "ALLOW_CUSTOM_AUTH"`},
		{"AppClient", "TokenValidityUnits", props{"AccessToken": "weeks"}, `got "weeks", want minutes`},
		{"AppClient", "AllowedOAuthFlows", []any{"device"}, `AllowedOAuthFlows: "device"`},
		{"AppClient", "SupportedIdentityProviders", []any{"Google"}, `"Google"`},
		{"AppClient", "PreventUserExistenceErrors", "LEGACY", "PreventUserExistenceErrors is LEGACY"},
		{"AppClient", "EnableTokenRevocation", false, "EnableTokenRevocation is false"},
		{"AppClient", "RefreshTokenRotation", props{"Feature": "ENABLED"}, `"RefreshTokenRotation"`},
	} {
		_, err := newPool(load(t, with(tt.id, tt.property, tt.value)))
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s.%s %v: got error %v, want %q", tt.id, tt.property, tt.value, err, tt.want)
		}
	}
}

func TestOptionsThatAreNotServedAreListed(t *testing.T) {
	res := oauthPool()
	res["Users"]["AdminCreateUserConfig"] = props{"AllowAdminCreateUserOnly": false}
	res["AppClient"]["AllowedOAuthFlows"] = []any{"code"}
	res["Users"]["UsernameAttributes"] = []any{"email"}
	res["Okta"] = props{"ProviderName": "Okta", "ProviderType": "SAML"}
	res["AppClient"]["SupportedIdentityProviders"] = []any{"COGNITO", ref("Okta")}
	res["AppClient"]["CallbackURLs"] = []any{"http://localhost/callback"}
	tmpl := load(t, res)
	if _, err := newPool(tmpl); err != nil {
		t.Fatal(err)
	}
	options := map[string]bool{}
	for _, n := range tmpl.NotEnforced() {
		options[n.Option] = true
	}
	for _, want := range []string{"selfSignUp", "managedLogin", "signInWithEmail", "samlProvider and oidcProvider"} {
		if !options[want] {
			t.Errorf("got %v, want %s", options, want)
		}
	}
}

func TestTheProjectsOwnTemplatesAreModelled(t *testing.T) {
	files, err := filepath.Glob("../../infra/stack/testdata/*.template.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("no golden templates: %v", err)
	}
	for _, file := range files {
		if filepath.Base(file) == "account.template.json" { // a stack without users
			continue
		}
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var doc struct{ Resources map[string]props }
		if err := json.Unmarshal(data, &doc); err != nil {
			t.Fatal(err)
		}
		maps.DeleteFunc(doc.Resources, func(_ string, r props) bool {
			return !strings.HasPrefix(r["Type"].(string), "AWS::Cognito::") && r["Type"] != "AWS::ApiGateway::Authorizer" && r["Type"] != "AWS::Lambda::Function"
		})
		if _, err := newPool(assemble(t, doc.Resources)); err != nil {
			t.Errorf("%s: %v", file, err)
		}
	}
}

func TestReferencesToThePoolResolve(t *testing.T) {
	f := serve(t, oauthPool())
	for want, ref := range map[string]any{
		f.pool.ID(): ref("Users"),
		"arn:aws:cognito-idp:us-east-1:000000000000:userpool/" + f.pool.ID(): props{"Fn::GetAtt": []any{"Users", "Arn"}},
		"uploads":   ref("UploadScopes"),
		"presigned": ref("Domain"),
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
		{"AWSCognitoIdentityProviderService.GlobalSignOut", `{"AccessToken":"x"}`, "NotAuthorizedException", "Invalid Access Token"},
		{"AWSCognitoIdentityProviderService.GlobalSignOut", `{`, "SerializationException", "Unexpected token or value in the request body"},
		{"AWSCognitoIdentityProviderService.SignUp", `{}`, "UnknownOperationException", "SignUp is not modelled by the local run"},
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
