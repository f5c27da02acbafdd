package stack_test

import (
	"path"
	"regexp"
	"strings"
	"testing"
)

// The golden templates show every change. A promise of security.md, runbook.md or deploy.md depends on each of these
// properties. These tests fail even after `make golden` has accepted a change that breaks the promise. test/iam proves what
// roles and policies allow.

// values are JSON by path, such as "OwnershipControls/Rules". JSON names a resource by its construct ID.
type values map[string]string

// everyStage is all stages that have such a resource. Otherwise each of the named stages must have one.
const everyStage = ""

// promised compares properties of all resources of a type whose construct IDs match a pattern. "Output" is a type too.
func promised(t *testing.T, stages, typ, pattern string, want values) {
	t.Helper()
	found := 0
	looked := all
	if stages != everyStage {
		looked = variants{}
		for name := range strings.FieldsSeq(stages) {
			looked[name] = all[name]
			if more, other := (variants{"embedded": embedded, "bounded": bounded, "account": account})[name]; other {
				looked[name] = more
			}
		}
	}
	for name, v := range looked {
		before := found
		for _, r := range v.ofType(typ) {
			if matches, err := path.Match(pattern, withoutHash(r.id)); err != nil || !matches {
				continue
			}
			found++
			for where, want := range want {
				got := text(t, at(r.Properties, strings.Split(where, "/")...))
				if got = hash.ReplaceAllString(got, "$1"); got != want {
					t.Errorf("%s: %s: %s:\n got %s\nwant %s", name, r.id, where, got, want)
				}
			}
		}
		if stages != everyStage && found == before {
			t.Errorf("%s: no %s is named %s", name, typ, pattern)
		}
	}
	if found == 0 {
		t.Errorf("no stage has a %s named %s", typ, pattern)
	}
}

// hash is what makes a logical ID unique, after the construct ID.
var hash = regexp.MustCompile(`([A-Za-z])[0-9A-F]{8}\b`)

func withoutHash(id string) string { return hash.ReplaceAllString(id, "$1") }

func TestSignInIsAsTightAsTheStageSays(t *testing.T) {
	const pool, client = "AWS::Cognito::UserPool", "AWS::Cognito::UserPoolClient"
	promised(t, everyStage, client, "*", values{"PreventUserExistenceErrors": `"ENABLED"`, "EnableTokenRevocation": `true`})
	promised(t, everyStage, client, "UsersAppClient", values{"GenerateSecret": `false`, "WriteAttributes": `["email"]`})
	promised(t, everyStage, pool, "*", values{
		"UsernameConfiguration/CaseSensitive":   `false`,
		"EnabledMfas":                           `["SOFTWARE_TOKEN_MFA"]`,
		"Policies/PasswordPolicy/MinimumLength": `12`,
		"AliasAttributes":                       `null`, // an alias is no key prefix
	})
	promised(t, "least dev prod", pool, "*", values{
		"AdminCreateUserConfig/AllowAdminCreateUserOnly": `true`,
		"MfaConfiguration":   `"OPTIONAL"`,
		"UsernameAttributes": `null`,
	})
	promised(t, "least dev prod", client, "*", values{"AllowedOAuthFlowsUserPoolClient": `false`})
	promised(t, "everything", pool, "*", values{"UserPoolTier": `"PLUS"`, "UsernameAttributes": `["email"]`})
	promised(t, "least prod", client, "*", values{"ExplicitAuthFlows": `["ALLOW_USER_SRP_AUTH","ALLOW_REFRESH_TOKEN_AUTH"]`})
	promised(t, "dev", client, "*", values{"ExplicitAuthFlows": `["ALLOW_USER_PASSWORD_AUTH","ALLOW_USER_SRP_AUTH","ALLOW_REFRESH_TOKEN_AUTH"]`})
	promised(t, "least dev", client, "*", values{"AccessTokenValidity": `60`, "RefreshTokenValidity": `43200`}) // minutes
	promised(t, "prod", client, "*", values{"AccessTokenValidity": `15`, "RefreshTokenValidity": `10080`})
	promised(t, "least dev", pool, "*", values{"DeletionProtection": `"INACTIVE"`})
	promised(t, "prod", pool, "*", values{"DeletionProtection": `"ACTIVE"`})
	promised(t, everyStage, "AWS::Cognito::UserPoolResourceServer", "*", values{"Identifier": `"uploads"`, "Scopes/0/ScopeName": `"write"`, "Scopes/1": `null`})
}

func TestEachClientHasOneFlow(t *testing.T) {
	const client = "AWS::Cognito::UserPoolClient"
	promised(t, "everything", client, "UsersAppClient", values{
		"AllowedOAuthFlows":          `["code"]`,
		"AllowedOAuthScopes":         `["openid",{"Fn::Join":["",[{"Ref":"UsersUploadScopes"},"/write"]]}]`,
		"ExplicitAuthFlows":          `["ALLOW_USER_SRP_AUTH","ALLOW_REFRESH_TOKEN_AUTH"]`,
		"SupportedIdentityProviders": `["COGNITO",{"Ref":"SamlProvider"},{"Ref":"OidcProvider"}]`,
	})
	promised(t, "everything", client, "UsersMachine*", values{
		"AllowedOAuthFlows":          `["client_credentials"]`,
		"AllowedOAuthScopes":         `[{"Fn::Join":["",[{"Ref":"UsersUploadScopes"},"/write"]]}]`,
		"ExplicitAuthFlows":          `["ALLOW_REFRESH_TOKEN_AUTH"]`,
		"GenerateSecret":             `true`,
		"SupportedIdentityProviders": `["COGNITO"]`,
	})
	promised(t, "everything", "AWS::Cognito::UserPoolIdentityProvider", "OidcProvider", values{
		"ProviderDetails/client_secret": `"{{resolve:secretsmanager:arn:aws:secretsmanager:eu-central-1:111122223333:secret:entra-AbCdEf:SecretString:::}}"`,
	})
}

func TestNoMethodButPreflightIsReachableWithoutTheAuthorizer(t *testing.T) {
	const method = "AWS::ApiGateway::Method"
	promised(t, everyStage, method, "*POST", values{"HttpMethod": `"POST"`, "AuthorizationType": `"COGNITO_USER_POOLS"`, "AuthorizerId": `{"Ref":"Authorizer"}`})
	promised(t, everyStage, method, "*OPTIONS", values{"Integration/Type": `"MOCK"`})
	for name, v := range all {
		for _, m := range v.ofType(method) {
			if verb := m.Properties["HttpMethod"]; verb != "POST" && verb != "OPTIONS" {
				t.Errorf("%s: %s takes %v", name, m.id, verb)
			}
		}
	}
	// Without scopes the authorizer takes ID tokens, which any app client of the pool has.
	promised(t, "least dev prod everything", method, "*POST", values{"AuthorizationScopes": `["uploads/write","aws.cognito.signin.user.admin"]`})
	promised(t, "existingpool", method, "*POST", values{"AuthorizationScopes": `["aws.cognito.signin.user.admin","files/write"]`})
	promised(t, everyStage, "AWS::ApiGateway::RequestValidator", "*", values{"ValidateRequestBody": `true`})
	promised(t, everyStage, "AWS::ApiGateway::Model", "*", values{"Schema/additionalProperties": `false`})
}

func TestTheAuthorizerTrustsTheStagesPoolAlone(t *testing.T) {
	const authorizer = "AWS::ApiGateway::Authorizer"
	promised(t, everyStage, authorizer, "*", values{
		"Type":                         `"COGNITO_USER_POOLS"`,
		"IdentitySource":               `"method.request.header.Authorization"`,
		"AuthorizerResultTtlInSeconds": `0`, // a cached answer would accept an expired token
		"RestApiId":                    `{"Ref":"Api"}`,
	})
	promised(t, "least dev prod everything", authorizer, "*", values{"ProviderARNs": `[{"Fn::GetAtt":["Users","Arn"]}]`})
	promised(t, "existingpool", authorizer, "*", values{"ProviderARNs": `["arn:aws:cognito-idp:eu-central-1:111122223333:userpool/eu-central-1_AbCdEfGhI"]`})
	for _, r := range all["existingpool"].Resources {
		if strings.HasPrefix(r.Type, "AWS::Cognito::") {
			t.Errorf("existingpool has a %s", r.Type)
		}
	}
}

func TestEachRouteInvokesItsOwnFunctionAndNobodyElseMay(t *testing.T) {
	const uri = `{"Fn::Join":["",["arn:",{"Ref":"AWS::Partition"},":apigateway:",{"Ref":"AWS::Region"},` +
		`":lambda:path/2015-03-31/functions/",{"Fn::GetAtt":["FUNCTION","Arn"]},"/invocations"]]}`
	for function, route := range map[string]string{"UploadSigner": "url", "DownloadSigner": "downloadurl", "DeleteSigner": "deleteurl"} {
		promised(t, everyStage, "AWS::ApiGateway::Method", "Apigeneratepresigned"+route+"POST", values{
			"Integration/Uri": strings.Replace(uri, "FUNCTION", function, 1),
			"RequestModels":   `{"application/json":{"Ref":"Api` + function + `Request"}}`,
		})
		promised(t, everyStage, "AWS::Lambda::Function", function, values{
			"Role":          `{"Fn::GetAtt":["` + function + `Role","Arn"]}`,
			"LoggingConfig": `{"LogFormat":"JSON","LogGroup":{"Ref":"` + function + `Logs"}}`,
		})
	}
	promised(t, everyStage, "AWS::Lambda::Permission", "*", values{"Principal": `"apigateway.amazonaws.com"`, "SourceArn/Fn::Join/1/7": `{"Ref":"Api"}`})
	for name, v := range all {
		if strings.Contains(string(v.text), "test-invoke-stage") {
			t.Errorf("%s lets the console call around the authorizer", name)
		}
	}
}

func TestTheStageThrottlesAndLogsAsJSONWithoutSecrets(t *testing.T) {
	const stage, settings = "AWS::ApiGateway::Stage", "MethodSettings/0/"
	// API Gateway escapes nothing, so nothing that a client chooses is in the line, such as a username with a quote. The
	// runbook searches it for who, from where, and which line of the function belongs to it.
	const format = `"{\"requestId\":\"$context.extendedRequestId\",\"timeMs\":\"$context.requestTimeEpoch\",\"method\":\"$context.httpMethod\",` +
		`\"resource\":\"$context.resourcePath\",\"status\":\"$context.status\",\"sub\":\"$context.authorizer.claims.sub\",` +
		`\"client\":\"$context.authorizer.claims.client_id\",\"sourceIp\":\"$context.identity.sourceIp\",\"latencyMs\":\"$context.responseLatency\",` +
		`\"integrationLatencyMs\":\"$context.integrationLatency\",\"integrationStatus\":\"$context.integration.status\",` +
		`\"responseBytes\":\"$context.responseLength\",\"errorType\":\"$context.error.responseType\",\"trace\":\"$context.xrayTraceId\"}"`
	promised(t, everyStage, stage, "*", values{
		settings + "ResourcePath": `"/*"`, settings + "HttpMethod": `"*"`, settings + "DataTraceEnabled": `false`, settings + "LoggingLevel": `"OFF"`,
		"AccessLogSetting/DestinationArn": `{"Fn::GetAtt":["AccessLogs","Arn"]}`, "AccessLogSetting/Format": format,
	})
	promised(t, "least dev", stage, "*", values{settings + "ThrottlingRateLimit": `50`, settings + "ThrottlingBurstLimit": `100`})
	promised(t, "prod", stage, "*", values{settings + "ThrottlingRateLimit": `200`, settings + "ThrottlingBurstLimit": `400`})
	for stage, days := range map[string]string{"least": "30", "dev": "7", "prod": "90", "everything": "365"} {
		promised(t, stage, "AWS::Logs::LogGroup", "*", values{"RetentionInDays": days})
	}
}

func TestTheAPITakesCurrentTLSOnly(t *testing.T) {
	current := values{"SecurityPolicy": `"SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09"`, "EndpointAccessMode": `"BASIC"`}
	promised(t, everyStage, "AWS::ApiGateway::RestApi", "*", current)
	promised(t, "everything", "AWS::ApiGateway::DomainName", "*", current)
}

func TestTheBucketIsPrivate(t *testing.T) {
	const bucket = "AWS::S3::Bucket"
	promised(t, everyStage, bucket, "*", values{
		"PublicAccessBlockConfiguration": `{"BlockPublicAcls":true,"BlockPublicPolicy":true,"IgnorePublicAcls":true,"RestrictPublicBuckets":true}`,
		"OwnershipControls/Rules":        `[{"ObjectOwnership":"BucketOwnerEnforced"}]`,
		"AccessControl":                  `null`,
		"WebsiteConfiguration":           `null`,
	})
	const encryption, byDefault = "BucketEncryption/ServerSideEncryptionConfiguration", `{"ServerSideEncryptionByDefault":{"SSEAlgorithm":"AES256"}}`
	const byKey = `[{"BucketKeyEnabled":true,"ServerSideEncryptionByDefault":{"KMSMasterKeyID":KEY,"SSEAlgorithm":"aws:kms"}}]`
	promised(t, "least dev prod", bucket, "Uploads", values{encryption: `[` + byDefault + `]`})
	promised(t, "everything", bucket, "Uploads", values{encryption: strings.Replace(byKey, "KEY", `{"Fn::GetAtt":["UploadsKey","Arn"]}`, 1)})
	promised(t, "existingpool", bucket, "Uploads", values{encryption: strings.Replace(byKey, "KEY", quote(all["existingpool"].config.KMSKeyArn), 1)})
	promised(t, "everything", "AWS::KMS::Key", "*", values{"EnableKeyRotation": `true`})
	for name, v := range all {
		for _, policy := range v.ofType("AWS::S3::BucketPolicy") {
			for _, s := range list(at(policy.Properties, "PolicyDocument", "Statement")) {
				if at(s, "Effect") != "Deny" && text(t, at(s, "Principal")) != `{"Service":"logging.s3.amazonaws.com"}` {
					t.Errorf("%s: %s grants %s", name, policy.id, text(t, s))
				}
			}
		}
	}
}

func TestTheBucketKeepsWhatTheStageSays(t *testing.T) {
	const bucket, rules = "AWS::S3::Bucket", "LifecycleConfiguration/Rules/"
	promised(t, everyStage, bucket, "Uploads", values{
		rules + "0":                 `{"AbortIncompleteMultipartUpload":{"DaysAfterInitiation":1},"Id":"AbortIncompleteUploads","Status":"Enabled"}`,
		"NotificationConfiguration": `{"EventBridgeConfiguration":{"EventBridgeEnabled":true}}`,
	})
	promised(t, "least dev prod", bucket, "Uploads", values{
		rules + "1": `{"ExpiredObjectDeleteMarker":true,"Id":"ExpireNoncurrentVersions","NoncurrentVersionExpiration":{"NoncurrentDays":30},"Status":"Enabled"}`,
	})
	promised(t, "least dev", bucket, "Uploads", values{"VersioningConfiguration": `null`, "DeletionPolicy": `"Delete"`})
	promised(t, "prod everything", bucket, "*", values{"DeletionPolicy": `"RetainExceptOnCreate"`})
	promised(t, "prod", bucket, "Uploads", values{"VersioningConfiguration": `{"Status":"Enabled"}`})
	promised(t, "everything", "AWS::KMS::Key", "*", values{"DeletionPolicy": `"RetainExceptOnCreate"`}) // an object without its key is lost
	for name, v := range all {
		for id, r := range v.Resources {
			if r.Properties["DeletionPolicy"] == "Retain" { // after a rollback it would stay, and the next deployment would fail on it
				t.Errorf("%s: %s has deletion policy Retain, want RetainExceptOnCreate", name, id)
			}
		}
		for _, policy := range v.ofType("AWS::S3::BucketPolicy") { // a retained bucket without its policy loses every denial
			of := v.Resources[at(policy.Properties, "Bucket", "Ref").(string)]
			if got, want := policy.Properties["DeletionPolicy"], of.Properties["DeletionPolicy"]; got != want {
				t.Errorf("%s: %s has deletion policy %v, its bucket %v", name, policy.id, got, want)
			}
		}
	}
}

func quote(s string) string { return `"` + s + `"` }
