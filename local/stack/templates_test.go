package stack

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
)

func TestATemplateThatIsNotModelledStopsTheStart(t *testing.T) {
	other := map[string]string{"amd64": "arm64", "arm64": "x86_64"}[runtime.GOARCH]
	for _, c := range []struct{ name, from, to, want string }{
		{"bucket", `"OwnershipControls"`, `"WebsiteConfiguration": {"IndexDocument": "i"}, "OwnershipControls"`,
			`(AWS::S3::Bucket): property not modelled by the local run: json: unknown field "WebsiteConfiguration"`},
		{"public bucket", `"BlockPublicPolicy": true`, `"BlockPublicPolicy": false`, "property PublicAccessBlockConfiguration.BlockPublicPolicy is false"},
		{"condition key", `"s3:signatureAge"`, `"s3:ResourceAccount"`, "s3:ResourceAccount: key not modelled"},
		{"statement that grants", `"Effect": "Deny",`, `"Effect": "Allow",`, "effect Allow not modelled"},
		{"statement about all others", `"Principal": {`, `"NotPrincipal": {`, `unknown field "NotPrincipal"`},
		{"condition operator", `"NumericGreaterThan"`, `"NumericMoreThan"`, "want operators of IAM"},
		{"condition that is no number", `"s3:signatureAge": 300000`, `"s3:signatureAge": "soon"`, `got "soon", want a number`},
		{"policy variable", `"REST-QUERY-STRING"`, `"${aws:username}"`, "no policy variable"},
		{"malware scan", `"Type": "AWS::S3::BucketPolicy"`, `"Type": "AWS::GuardDuty::MalwareProtectionPlan"`, "does not serve the stage's option malwareScan"},
		{"resource type", `"Type": "AWS::S3::BucketPolicy"`, `"Type": "AWS::S3::AccessPoint"`, "(AWS::S3::AccessPoint)"},

		{"section", `"Resources": {`, `"Transform": "AWS::Serverless-2016-10-31", "Resources": {`, `unknown field "Transform"`},
		{"condition", `"Type": "AWS::S3::BucketPolicy"`, `"Condition": "Yes", "Type": "AWS::S3::BucketPolicy"`, `unknown field "Condition"`},
		{"intrinsic function", `"Fn::Join"`, `"Fn::Select"`, "intrinsic function Fn::Select of "},
		{"missing resource", `"Fn::Sub": "`, `"Fn::Sub": "${Missing}`, "reference Missing: no such resource"},
		{"missing attribute", `"Arn"`, `"Uid"`, ".Uid: the local run gives no such value for AWS::"},

		{"function", `"Handler": "bootstrap"`, `"Handler": "bootstrap", "VpcConfig": {"SubnetIds": ["s"]}`, `(AWS::Lambda::Function): property not modelled by the local run: json: unknown field "VpcConfig"`},
		{"another runtime", `"provided.al2023"`, `"nodejs24.x"`, "property Runtime is nodejs24.x"},
		{"another processor", `"Architectures": [`, `"Architectures": ["` + other + `"], "Tags": [`, "hint: synthesize with `-c architecture="},
		{"no asset", `"S3Key": "`, `"S3Key": "gone-`, `asset "gone-`},

		{"usernames with case", `"CaseSensitive": false`, `"CaseSensitive": true`, "UsernameConfiguration.CaseSensitive is true"},
		{"another second factor", `"SOFTWARE_TOKEN_MFA"`, `"SMS_MFA"`, "EnabledMfas"},
		{"another password policy", `"RequireSymbols": true`, `"RequireSymbols": false`, "Policies.PasswordPolicy.RequireSymbols is false"},
		{"user names that show", `"PreventUserExistenceErrors": "ENABLED"`, `"PreventUserExistenceErrors": "LEGACY"`, "PreventUserExistenceErrors is LEGACY"},
		{"tokens for days", `"AccessToken": "minutes"`, `"AccessToken": "days"`, "TokenValidityUnits.AccessToken is days"},
		{"triggers", `"MfaConfiguration"`, `"LambdaConfig": {"PreSignUp": "arn"}, "MfaConfiguration"`, `unknown field "LambdaConfig"`},

		{"path parameter", `"PathPart": "`, `"PathPart": "{proxy}`, "fixed paths below the root only"},
		{"IAM authorization", `"COGNITO_USER_POOLS",`, `"AWS_IAM",`, "AWS_IAM"},
		{"no scopes", `"AuthorizationScopes": [`, `"AuthorizationScopes": [], "RequestModels": {}, "MethodResponses": [`, "with scopes"},
		{"authorizer without effect", `"AuthorizationType": "NONE",`, `"AuthorizationType": "NONE", "AuthorizerId": "x",`, "with authorization type NONE"},
		{"token in the query", `"method.request.header.Authorization"`, `"method.request.querystring.token"`, "IdentitySource"},
		{"unchecked bodies", `"ValidateRequestBody": true`, `"ValidateRequestBody": false`, "ValidateRequestBody is false"},
		{"no validator", `"RequestValidatorId": {`, `"RequestValidatorId": "", "MethodResponses": {`, "no validator"},
		{"a model elsewhere", `"$schema": `, `"$ref": "https://apigateway.amazonaws.com/restapis/x/models/y", "$schema": `, "(AWS::ApiGateway::Model)"},
		{"HTTP integration", `"AWS_PROXY"`, `"HTTP_PROXY"`, "HTTP_PROXY"},
		{"no permission", `"lambda:InvokeFunction"`, `"lambda:GetFunction"`, "no AWS::Lambda::Permission"},
		{"preflight by a template", `"{ statusCode: 200 }"`, `"#if(true)#end"`, "{ statusCode: n }"},
		{"VTL", `"IntegrationResponses": [`, `"IntegrationResponses": [{"StatusCode": 200, "ResponseTemplates": {"application/json": "#set($a = 1)"}},`, `unknown field "ResponseTemplates"`},
		{"mapped header", `"'no-store'"`, `"stageVariables.x"`, "'static' values only"},
		{"another variable", "$context.extendedRequestId", "$context.luck", "$context.luck"},
		{"no default response", `"DEFAULT_5XX"`, `"QUOTA_EXCEEDED"`, "requires the gateway responses"},
		{"one method slower", `"ResourcePath": "/*"`, `"ResourcePath": "/x"`, "MethodSettings.ResourcePath is /x"},
	} {
		cfg := config(t)
		cfg.Assembly = altered(t, c.from, c.to)
		s, err := Start(t.Context(), cfg)
		if err == nil {
			s.Close()
		}
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want an error with %q", c.name, err, c.want)
		}
	}
}

// The templates of all stages are served, except for the malware scan, which stops the start.
func TestEveryStageOfTheProjectStarts(t *testing.T) {
	files, err := filepath.Glob("../../infra/stack/testdata/*.template.json")
	if err != nil || len(files) < 2 {
		t.Fatalf("golden templates: got %v, %v", files, err)
	}
	for _, file := range files {
		if filepath.Base(file) == "account.template.json" { // a stack without an API
			continue
		}
		t.Run(filepath.Base(file), func(t *testing.T) {
			cfg := config(t)
			cfg.Assembly = served(t, file)
			s := start(t, cfg)
			options := map[string]bool{}
			for _, n := range s.NotEnforced {
				options[n.Option] = true
			}
			for _, want := range []string{"accelerate", "kmsKey", "managedLogin", "mfa", "selfSignUp", "signInWithEmail", "uploadEvents", "wafRateLimit"} {
				if filepath.Base(file) == "everything.template.json" && !options[want] {
					t.Errorf("not served: got %v, want %s", options, want)
				}
			}
			if options["uploadEvents"] && filepath.Base(file) != "everything.template.json" { // a webhook has a queue too
				t.Error("not served: got uploadEvents of a stage without it")
			}
		})
	}
}

// served makes a cloud assembly of a golden template with this machine's function in it, and without the malware scan.
func served(t *testing.T, golden string) string {
	t.Helper()
	text, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	return withTemplate(t, func(own []byte) []byte {
		for _, of := range []string{`"S3Key": "[0-9a-f]{64}\.zip"`, `"(arm64|x86_64)"`} {
			text = regexp.MustCompile(of).ReplaceAll(text, regexp.MustCompile(of).Find(own))
		}
		var doc struct {
			Resources map[string]map[string]any
			Outputs   map[string]any
		}
		if err := json.Unmarshal(text, &doc); err != nil {
			t.Fatal(err)
		}
		for id, r := range doc.Resources {
			switch r["Type"] {
			case "AWS::GuardDuty::MalwareProtectionPlan":
				delete(doc.Resources, id)
			case "AWS::S3::BucketPolicy":
				policy := r["Properties"].(map[string]any)["PolicyDocument"].(map[string]any)
				policy["Statement"] = slices.DeleteFunc(policy["Statement"].([]any), func(s any) bool {
					text, _ := json.Marshal(s)
					return bytes.Contains(text, []byte("GuardDuty")) || bytes.Contains(text, []byte("ArnNotEquals"))
				})
			}
		}
		text, err := json.Marshal(doc)
		if err != nil {
			t.Fatal(err)
		}
		return text
	})
}

// altered makes a cloud assembly with one text of the template replaced, wherever it is.
func altered(t *testing.T, from, to string) string {
	t.Helper()
	return withTemplate(t, func(own []byte) []byte {
		if !bytes.Contains(own, []byte(from)) {
			t.Fatalf("%s is not in the template", from)
		}
		return bytes.ReplaceAll(own, []byte(from), []byte(to))
	})
}

// withTemplate makes a cloud assembly like this machine's, with another template.
func withTemplate(t *testing.T, change func(own []byte) []byte) string {
	t.Helper()
	dir := t.TempDir()
	files, err := os.ReadDir(assembly)
	if err != nil {
		t.Fatalf("%v\nhint: `make build` writes %s", err, assembly)
	}
	for _, file := range files {
		path, err := filepath.Abs(filepath.Join(assembly, file.Name()))
		if err != nil {
			t.Fatal(err)
		}
		copied := filepath.Join(dir, file.Name())
		if !strings.HasSuffix(path, ".template.json") {
			err = os.Symlink(path, copied)
		} else if text, readErr := os.ReadFile(path); readErr != nil {
			err = readErr
		} else {
			err = os.WriteFile(copied, change(text), 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return dir
}
