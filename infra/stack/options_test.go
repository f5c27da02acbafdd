package stack_test

import (
	"slices"
	"strings"
	"testing"
)

// each type of resource that an option brings, and that no other stage may have.
func TestWhatIsOffBringsNothing(t *testing.T) {
	options := []string{
		"AWS::WAFv2::WebACL", "AWS::WAFv2::WebACLAssociation", "AWS::KMS::Key", "AWS::GuardDuty::MalwareProtectionPlan",
		"AWS::SQS::Queue", "AWS::Events::Rule", "AWS::CloudWatch::Alarm", "AWS::CloudWatch::Dashboard", "AWS::Logs::MetricFilter",
		"AWS::Logs::QueryDefinition", "AWS::ApiGateway::DomainName", "AWS::ApiGateway::BasePathMapping", "AWS::Route53::RecordSet",
		"AWS::Cognito::UserPoolDomain", "AWS::Cognito::ManagedLoginBranding", "AWS::Cognito::UserPoolIdentityProvider",
		"AWS::Events::Connection", "AWS::Events::ApiDestination",
	}
	for _, typ := range options {
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
		for _, r := range v.Resources {
			if strings.HasPrefix(r.Type, "Custom::") || r.Type == "AWS::CloudFormation::CustomResource" {
				t.Errorf("%s: has a custom resource of type %s", name, r.Type)
			}
		}
		if got, want := len(v.ofType("AWS::Lambda::Function")), len(v.signers()); got != want {
			t.Errorf("%s: got %d functions, want the %d signers", name, got, want)
		}
	}
}

func TestTheScannerMayScanAndTagThisBucketAlone(t *testing.T) {
	v := all["everything"]
	bucket := v.starting(t, "AWS::S3::Bucket", "Uploads").id
	role := v.starting(t, "AWS::IAM::Role", "MalwareScanRole")
	for _, g := range grants(t, role) {
		onBucket := strings.Contains(g, `"`+bucket+`"`)
		onKey := strings.HasPrefix(g, "kms:") && (strings.Contains(g, v.only(t, "AWS::KMS::Key").id) || strings.HasPrefix(g, "kms:Decrypt on "+quote(v.config.FormerKMSKeyArns[0]))) && strings.Contains(g, "kms:ViaService")
		onRule := strings.HasPrefix(g, "events:") && strings.Contains(g, ":rule/DO-NOT-DELETE-AmazonGuardDutyMalwareProtectionS3*")
		if !onBucket && !onKey && !onRule {
			t.Errorf("may do more than scan this bucket: %s", g)
		}
		if strings.HasPrefix(g, "s3:PutObject on") && !strings.Contains(g, "/malware-protection-resource-validation-object") {
			t.Errorf("may write objects: %s", g)
		}
	}
	const trust = `[{"Action":"sts:AssumeRole","Effect":"Allow","Principal":{"Service":"malware-protection-plan.guardduty.amazonaws.com"}}]`
	if got := text(t, at(role.Properties, "AssumeRolePolicyDocument", "Statement")); got != trust {
		t.Errorf("trusts %s, want %s", got, trust)
	}
	plan := v.only(t, "AWS::GuardDuty::MalwareProtectionPlan").Properties
	if got := at(plan, "Actions", "Tagging", "Status"); got != "ENABLED" {
		t.Errorf("got tagging %v: without the tag every download is refused", got)
	}
}

func TestTheFirewallStandsBeforeTheStage(t *testing.T) {
	v := all["everything"]
	acl, association := v.only(t, "AWS::WAFv2::WebACL"), v.only(t, "AWS::WAFv2::WebACLAssociation")
	if got, want := text(t, association.Properties["WebACLArn"]), text(t, arn(acl.id)); got != want {
		t.Errorf("got ACL %s, want %s", got, want)
	}
	if got, want := acl.Properties["Name"], "PresignedUploads-everything"; got != want {
		t.Errorf("got name %v, want %s: the alarm's metric has it", got, want)
	}
	target := text(t, association.Properties["ResourceArn"])
	if stage := v.only(t, "AWS::ApiGateway::Stage").id; !strings.Contains(target, `{"Ref":"`+stage+`"}`) || !strings.Contains(target, "/restapis/") {
		t.Errorf("guards %s, want the API's stage", target)
	}
	var names []string
	for _, rule := range list(acl.Properties["Rules"]) {
		names = append(names, at(rule, "Name").(string))
		if got := at(rule, "VisibilityConfig", "SampledRequestsEnabled"); got != false {
			t.Errorf("%s: keeps sampled requests, and with them access tokens", at(rule, "Name"))
		}
		counted := text(t, at(rule, "Statement", "ManagedRuleGroupStatement", "RuleActionOverrides"))
		if want := `[{"ActionToUse":{"Count":{}},"Name":"SizeRestrictions_BODY"}]`; at(rule, "Name") == "AWSManagedRulesCommonRuleSet" && counted != want {
			t.Errorf("got overrides %s, want %s: a batch has more than 8 KB", counted, want)
		}
		if limit := at(rule, "Statement", "RateBasedStatement", "Limit"); limit != nil && limit != float64(v.config.WAFRateLimit) {
			t.Errorf("got rate limit %v, want %d", limit, v.config.WAFRateLimit)
		}
	}
	want := []string{"RateLimit", "AWSManagedRulesAmazonIpReputationList", "AWSManagedRulesKnownBadInputsRuleSet", "AWSManagedRulesCommonRuleSet"}
	if !slices.Equal(names, want) {
		t.Errorf("got rules %v, want %v", names, want)
	}
}

func TestACustomDomainClosesTheOtherAddress(t *testing.T) {
	v := all["everything"]
	if got := v.only(t, "AWS::ApiGateway::RestApi").Properties["DisableExecuteApiEndpoint"]; got != true {
		t.Errorf("got DisableExecuteApiEndpoint %v, want true", got)
	}
	domain := v.only(t, "AWS::ApiGateway::DomainName").Properties
	if domain["DomainName"] != "uploads.example.com" || domain["SecurityPolicy"] != "SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09" || domain["EndpointAccessMode"] != "BASIC" {
		t.Errorf("got domain %s", text(t, domain))
	}
	for _, r := range v.ofType("AWS::Route53::RecordSet") {
		if r.Properties["Name"] != "uploads.example.com." || r.Properties["HostedZoneId"] != "Z1D633PJN98FT9" {
			t.Errorf("got record %s", text(t, r.Properties))
		}
	}
	for id, want := range map[string]string{
		"ApiUrl":      "https://uploads.example.com/",
		"UploadUrl":   "https://uploads.example.com/generate-presigned-url",
		"DownloadUrl": "https://uploads.example.com/generate-presigned-download-url",
		"DeleteUrl":   "https://uploads.example.com/generate-presigned-delete-url",
	} {
		if got := v.Outputs[id].Value; got != want {
			t.Errorf("%s: got %s, want %s", id, text(t, got), want)
		}
	}
}

func TestEachClientHasOneFlow(t *testing.T) {
	v := all["everything"]
	scope := text(t, map[string]any{"Fn::Join": []any{"", []any{ref(v.only(t, "AWS::Cognito::UserPoolResourceServer").id), "/write"}}})
	for _, client := range v.ofType("AWS::Cognito::UserPoolClient") {
		flows, scopes, secret, auth := `["code"]`, `["openid",`+scope+`]`, false, `["ALLOW_USER_SRP_AUTH","ALLOW_REFRESH_TOKEN_AUTH"]`
		if strings.HasPrefix(client.id, "UsersMachine") {
			flows, scopes, secret, auth = `["client_credentials"]`, `[`+scope+`]`, true, `["ALLOW_REFRESH_TOKEN_AUTH"]`
		}
		for key, want := range map[string]string{"AllowedOAuthFlows": flows, "AllowedOAuthScopes": scopes, "ExplicitAuthFlows": auth} {
			if got := text(t, client.Properties[key]); got != want {
				t.Errorf("%s: got %s %s, want %s", client.id, key, got, want)
			}
		}
		if got := client.Properties["GenerateSecret"]; got != secret {
			t.Errorf("%s: got secret %v, want %v", client.id, got, secret)
		}
	}
	if got := v.only(t, "AWS::Cognito::UserPool").Properties["UserPoolTier"]; got != "PLUS" {
		t.Errorf("got plan %v, want the stage's PLUS", got)
	}
}

func TestAccessLogsLieInAPrivateBucketAndEnd(t *testing.T) {
	v := all["everything"]
	logs := v.starting(t, "AWS::S3::Bucket", "UploadsAccessLogs")
	if got, want := text(t, at(v.starting(t, "AWS::S3::Bucket", "Uploads").Properties, "LoggingConfiguration", "DestinationBucketName")), text(t, ref(logs.id)); got != want {
		t.Errorf("got log bucket %s, want %s", got, want)
	}
	if got := text(t, logs.Properties["PublicAccessBlockConfiguration"]); strings.Count(got, "true") != 4 {
		t.Errorf("got public access block %s", got)
	}
	if got := at(list(at(logs.Properties, "LifecycleConfiguration", "Rules"))[0], "ExpirationInDays"); got != float64(v.config.LogRetentionDays) {
		t.Errorf("got expiry after %v days, want %d", got, v.config.LogRetentionDays)
	}
	for _, s := range list(at(v.starting(t, "AWS::S3::BucketPolicy", "UploadsAccessLogsPolicy").Properties, "PolicyDocument", "Statement")) {
		if at(s, "Effect") == "Allow" && text(t, at(s, "Principal")) != `{"Service":"logging.s3.amazonaws.com"}` {
			t.Errorf("lets more than S3's log delivery in: %s", text(t, s))
		}
	}
}

func TestTagsReachEveryBucketFunctionAndPool(t *testing.T) {
	v := all["everything"]
	for _, typ := range []string{"AWS::S3::Bucket", "AWS::Lambda::Function", "AWS::KMS::Key", "AWS::Logs::LogGroup", "AWS::IAM::Role"} {
		for _, r := range v.ofType(typ) {
			if got := text(t, r.Properties["Tags"]); !strings.Contains(got, `{"Key":"team","Value":"files"}`) {
				t.Errorf("%s: got tags %s", r.id, got)
			}
		}
	}
	if got := text(t, v.only(t, "AWS::Cognito::UserPool").Properties["UserPoolTags"]); got != `{"cost-center":"42","team":"files"}` {
		t.Errorf("got user pool tags %s", got)
	}
}
