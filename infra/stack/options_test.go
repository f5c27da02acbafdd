package stack_test

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// The types are those of resources that only an option brings.
func TestWhatIsOffBringsNothing(t *testing.T) {
	for _, typ := range []string{
		"AWS::WAFv2::WebACL", "AWS::WAFv2::WebACLAssociation", "AWS::KMS::Key", "AWS::GuardDuty::MalwareProtectionPlan",
		"AWS::SQS::Queue", "AWS::Events::Rule", "AWS::CloudWatch::Alarm", "AWS::CloudWatch::Dashboard", "AWS::Logs::MetricFilter",
		"AWS::Logs::QueryDefinition", "AWS::ApiGateway::DomainName", "AWS::ApiGateway::BasePathMapping", "AWS::Route53::RecordSet",
		"AWS::Cognito::UserPoolDomain", "AWS::Cognito::ManagedLoginBranding", "AWS::Cognito::UserPoolIdentityProvider",
		"AWS::Events::Connection", "AWS::Events::ApiDestination",
	} {
		if found := all["least"].ofType(typ); len(found) > 0 {
			t.Errorf("the least stage has %s %s", typ, found[0].id)
		}
		if len(all["everything"].ofType(typ)) == 0 {
			t.Errorf("everything has no %s", typ)
		}
	}
}

func TestNoResourceRunsCodeThatIsNotOurs(t *testing.T) {
	for name, v := range all {
		for id, r := range v.Resources {
			if strings.HasPrefix(r.Type, "Custom::") || r.Type == "AWS::CloudFormation::CustomResource" {
				t.Errorf("%s: has a custom resource of type %s", name, r.Type)
			}
			if r.Type == "AWS::Lambda::Function" && !strings.HasSuffix(withoutHash(id), "Signer") {
				t.Errorf("%s: has the function %s", name, id)
			}
		}
	}
	promised(t, everyStage, "AWS::Lambda::Function", "*", values{"Runtime": `"provided.al2023"`, "Handler": `"bootstrap"`, "Timeout": `3`, "VpcConfig": `null`})
	promised(t, "dev prod", "AWS::Lambda::Function", "*", values{"Architectures": `["arm64"]`, "MemorySize": `256`})
	promised(t, "everything", "AWS::Lambda::Function", "*", values{"Architectures": `["x86_64"]`, "MemorySize": `512`})
}

func TestTheFirewallProtectsTheStage(t *testing.T) {
	promised(t, "everything", "AWS::WAFv2::WebACLAssociation", "*", values{
		"WebACLArn": `{"Fn::GetAtt":["Firewall","Arn"]}`,
		"ResourceArn": `{"Fn::Join":["",["arn:",{"Ref":"AWS::Partition"},":apigateway:",{"Ref":"AWS::Region"},"::/restapis/",{"Ref":"Api"},` +
			`"/stages/",{"Ref":"ApiDeploymentStagev102147F91"}]]}`,
	})
	const group = `{"ManagedRuleGroupStatement":{"Name":"NAME","VendorName":"AWS"}}`
	rules := values{
		"Name":              `"PresignedUploads-everything"`, // the alarm's metric has it
		"Rules/0/Action":    `{"Block":{}}`,
		"Rules/0/Statement": `{"RateBasedStatement":{"AggregateKeyType":"IP","EvaluationWindowSec":300,"Limit":1000}}`,
		"Rules/1/Statement": strings.Replace(group, "NAME", "AWSManagedRulesAmazonIpReputationList", 1),
		"Rules/2/Statement": strings.Replace(group, "NAME", "AWSManagedRulesKnownBadInputsRuleSet", 1),
		// A batch can have more than 8 KB.
		"Rules/3/Statement": `{"ManagedRuleGroupStatement":{"Name":"AWSManagedRulesCommonRuleSet",` +
			`"RuleActionOverrides":[{"ActionToUse":{"Count":{}},"Name":"SizeRestrictions_BODY"}],"VendorName":"AWS"}}`,
		"Rules/4": `null`,
	}
	for _, rule := range []string{"Rules/0/", "Rules/1/", "Rules/2/", "Rules/3/"} {
		rules[rule+"VisibilityConfig/SampledRequestsEnabled"] = `false` // a sample has an access token
		if rule != "Rules/0/" {
			rules[rule+"OverrideAction"] = `{"None":{}}` // with Count the group would block nothing
		}
	}
	promised(t, "everything", "AWS::WAFv2::WebACL", "*", rules)
}

func TestACustomDomainClosesTheOtherAddress(t *testing.T) {
	promised(t, "everything", "AWS::ApiGateway::RestApi", "*", values{"DisableExecuteApiEndpoint": `true`})
	promised(t, "everything", "AWS::ApiGateway::DomainName", "*", values{"DomainName": `"uploads.example.com"`})
	promised(t, "everything", "AWS::Route53::RecordSet", "*", values{"Name": `"uploads.example.com."`, "HostedZoneId": `"Z1D633PJN98FT9"`})
	for output, path := range map[string]string{
		"ApiUrl": "", "UploadUrl": "generate-presigned-url", "DownloadUrl": "generate-presigned-download-url", "DeleteUrl": "generate-presigned-delete-url",
	} {
		promised(t, "everything", "Output", output, values{"Value": `"https://uploads.example.com/` + path + `"`})
	}
}

func TestURLsPointWhereTheStageSays(t *testing.T) {
	promised(t, "least dev prod", "Output", "BucketUrl", values{"Value": `{"Fn::Join":["",["https://",{"Fn::GetAtt":["Uploads","RegionalDomainName"]}]]}`})
	promised(t, "everything", "Output", "BucketUrl", values{"Value": `{"Fn::Join":["",["https://",{"Ref":"Uploads"},".s3-accelerate.dualstack.amazonaws.com/"]]}`})
	promised(t, "everything", "AWS::S3::Bucket", "Uploads", values{"AccelerateConfiguration/AccelerationStatus": `"Enabled"`})
}

func TestOnlyCleanUploadsReachTheQueueAndNoneIsLost(t *testing.T) {
	const queue, undelivered = "AWS::SQS::Queue", `{"Fn::GetAtt":["UndeliveredUploads","Arn"]}`
	promised(t, "everything", "AWS::GuardDuty::MalwareProtectionPlan", "*", values{"Actions": `{"Tagging":{"Status":"ENABLED"}}`}) // without tags, no download is allowed
	promised(t, "everything", "AWS::Events::Rule", "UploadCompleted", values{
		"EventPattern": `{"detail":{"s3ObjectDetails":{"bucketName":[{"Ref":"Uploads"}]},"scanResultDetails":{"scanResultStatus":["NO_THREATS_FOUND"]}},` +
			`"detail-type":["GuardDuty Malware Protection Object Scan Result"],"source":["aws.guardduty"]}`,
		"Targets/0/DeadLetterConfig/Arn": undelivered,
	})
	promised(t, "everything", queue, "*", values{"SqsManagedSseEnabled": `true`})
	// A week and two, in seconds: a message keeps its age when it moves to the dead-letter queue.
	promised(t, "everything", queue, "UndeliveredUploads", values{"MessageRetentionPeriod": `1209600`})
	promised(t, "everything", queue, "CompletedUploads", values{
		"MessageRetentionPeriod": `604800`,
		"RedrivePolicy":          `{"deadLetterTargetArn":` + undelivered + `,"maxReceiveCount":5}`,
	})
	for policy, rule := range map[string]string{
		"CompletedUploadsPolicy": "UploadCompleted", "UndeliveredUploadsPolicy": "UploadCompleted", "UndeliveredWebhooksPolicy": "UploadCompletedForWebhook",
	} {
		promised(t, "everything", "AWS::SQS::QueuePolicy", policy, values{
			"PolicyDocument/Statement/0/Condition": `{"Bool":{"aws:SecureTransport":"false"}}`,
			"PolicyDocument/Statement/0/Effect":    `"Deny"`,
			"PolicyDocument/Statement/0/Principal": `{"AWS":"*"}`,
			"PolicyDocument/Statement/1/Condition": `{"ArnEquals":{"aws:SourceArn":{"Fn::GetAtt":["` + rule + `","Arn"]}}}`,
			"PolicyDocument/Statement/1/Principal": `{"Service":"events.amazonaws.com"}`,
			"PolicyDocument/Statement/2":           `null`,
		})
	}
}

func TestAccessLogsExpireAndGoWhereTheStageSays(t *testing.T) {
	promised(t, "everything", "AWS::S3::Bucket", "UploadsAccessLogs", values{"LifecycleConfiguration/Rules/0/ExpirationInDays": `365`})
	promised(t, "everything", "AWS::S3::Bucket", "Uploads", values{"LoggingConfiguration/DestinationBucketName": `{"Ref":"UploadsAccessLogs"}`})
	promised(t, "existingpool", "AWS::S3::Bucket", "*", values{"LoggingConfiguration": `{"DestinationBucketName":"acme-access-logs","LogFilePrefix":"acme-uploads/"}`})
	if made := all["existingpool"].ofType("AWS::KMS::Key"); len(made) > 0 {
		t.Errorf("makes the key %s beside an existing one", made[0].id)
	}
}

func TestEveryRoleHasTheStagesBoundaryAndPath(t *testing.T) {
	const boundary = `{"Fn::Join":["",["arn:",{"Ref":"AWS::Partition"},":iam::",{"Ref":"AWS::AccountId"},":policy/NAME"]]}`
	promised(t, "least", "AWS::IAM::Role", "*", values{"PermissionsBoundary": `null`, "Path": `null`})
	promised(t, "everything", "AWS::IAM::Role", "*", values{"PermissionsBoundary": strings.Replace(boundary, "NAME", "boundaries/files", 1), "Path": `"/files/"`})
	promised(t, "bounded", "AWS::IAM::Role", "*", values{"PermissionsBoundary": strings.Replace(boundary, "NAME", "of-the-context", 1)})
}

func TestTagsReachTheResources(t *testing.T) {
	promised(t, "everything", "AWS::Cognito::UserPool", "*", values{"UserPoolTags": `{"cost-center":"42","team":"files"}`})
	for _, r := range all["everything"].Resources {
		tagged := []string{"AWS::S3::Bucket", "AWS::Lambda::Function", "AWS::KMS::Key", "AWS::Logs::LogGroup", "AWS::IAM::Role"}
		if slices.Contains(tagged, r.Type) && !strings.Contains(text(t, r.Properties["Tags"]), `{"Key":"team","Value":"files"}`) {
			t.Errorf("%s: got tags %s", r.Type, text(t, r.Properties["Tags"]))
		}
	}
}

func TestTheAccountStackHoldsNothingButTheRoleForLogs(t *testing.T) {
	promised(t, "account", "AWS::ApiGateway::Account", "*", values{"CloudWatchRoleArn": `{"Fn::GetAtt":["ApiLogsRole","Arn"]}`})
	promised(t, "account", "AWS::IAM::Role", "*", values{
		"ManagedPolicyArns": `[{"Fn::Join":["",["arn:",{"Ref":"AWS::Partition"},":iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs"]]}]`,
		"Policies":          `null`,
	})
	if got := len(account.Resources); got != 2 {
		t.Errorf("got %d resources, want 2", got)
	}
	for _, v := range all {
		if found := v.ofType("AWS::ApiGateway::Account"); len(found) > 0 {
			t.Errorf("a stage changes a setting of the whole account: %s", found[0].id)
		}
	}
}

// Two teams deploy the same options into one account, and an app adds the construct twice to a stack. A name that we choose must
// differ, unless it comes from the stage's file, or is unique only inside a resource that each stack has. The name of an export
// would conflict too.
func TestTwoResourcesShareNoNameOfOurs(t *testing.T) {
	inside := []string{
		"AWS::ApiGateway::Authorizer.Name", "AWS::ApiGateway::GatewayResponse.Name", "AWS::ApiGateway::Model.Name", "AWS::ApiGateway::RequestValidator.Name",
		"AWS::ApiGateway::Stage.StageName", "AWS::CloudWatch::Alarm.MetricName", "AWS::Cognito::UserPoolResourceServer.Name", "AWS::Logs::MetricFilter.FilterName",
	}
	file, err := os.ReadFile(filepath.Join("testdata", "everything.json"))
	if err != nil {
		t.Fatal(err)
	}
	taken := map[string]string{}
	for _, v := range []variant{all["everything"], neighbour, embedded} {
		for id, r := range v.Resources {
			for property, value := range r.Properties {
				name, literal := value.(string)
				kind := r.Type + "." + property
				if !literal || !strings.HasSuffix(property, "Name") && property != "Domain" || slices.Contains(inside, kind) ||
					strings.Contains(string(file), quote(strings.TrimSuffix(name, "."))) {
					continue
				}
				if other, twice := taken[kind+name]; twice {
					t.Errorf("%s and %s have the %s %q", other, id, kind, name)
				}
				taken[kind+name] = id
			}
		}
	}
	if len(taken) < 10 {
		t.Errorf("compared %d names, want those of API, web ACL, saved queries, ...", len(taken))
	}
	for name, v := range all {
		for id, output := range v.Outputs {
			if output.Export != nil {
				t.Errorf("%s: output %s is exported: %v", name, id, output.Export)
			}
		}
	}
}

// Everyone who may describe the stack can read its template, so it must have no secret.
func TestNoTemplateHoldsASecret(t *testing.T) {
	secret := regexp.MustCompile(`\b(AKIA|ASIA)[A-Z0-9]{16}\b` + `|-----BEGIN` + `|\{\{resolve:` + `|\beyJ[A-Za-z0-9_-]{10,}` + `|X-Amz-Signature` +
		`|\b[0-9]{12}\b` /* an account ID */ + `|"/(home|root|Users|tmp|work)/` + `|"[A-Z_]*(SECRET|TOKEN|PASSWORD)[A-Z_]*":`)
	for name, v := range all {
		// The references to secrets and AWS's example account are intended: they are in everything.json.
		content := v.text
		for _, meant := range []string{v.config.OIDCClientSecretArn, v.config.WebhookSecretArn} {
			content = bytes.ReplaceAll(content, []byte("{{resolve:secretsmanager:"+meant+":SecretString:::}}"), nil)
		}
		if found := secret.Find(bytes.ReplaceAll(content, []byte("111122223333"), nil)); found != nil {
			t.Errorf("%s: has %q", name, found)
		}
	}
}
