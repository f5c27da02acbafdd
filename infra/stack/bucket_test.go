package stack_test

import (
	"slices"
	"strings"
	"testing"

	"example.com/presigned/lambda/operation"
)

func TestTheBucketIsPrivate(t *testing.T) {
	for name, v := range all {
		t.Run(name, func(t *testing.T) {
			bucket := v.starting(t, "AWS::S3::Bucket", "Uploads")
			for _, tt := range []struct {
				what string
				got  any
				want string
			}{
				{"public access block", bucket.Properties["PublicAccessBlockConfiguration"],
					`{"BlockPublicAcls":true,"BlockPublicPolicy":true,"IgnorePublicAcls":true,"RestrictPublicBuckets":true}`},
				{"ownership", at(bucket.Properties, "OwnershipControls", "Rules"), `[{"ObjectOwnership":"BucketOwnerEnforced"}]`},
				{"encryption", at(bucket.Properties, "BucketEncryption", "ServerSideEncryptionConfiguration"), v.encryption(t)},
				{"events", bucket.Properties["NotificationConfiguration"], `{"EventBridgeConfiguration":{"EventBridgeEnabled":true}}`},
				{"physical name", bucket.Properties["BucketName"], v.bucketName()},
				{"ACL", bucket.Properties["AccessControl"], "null"},
				{"website", bucket.Properties["WebsiteConfiguration"], "null"},
			} {
				if got := text(t, tt.got); got != tt.want {
					t.Errorf("%s: got %s, want %s", tt.what, got, tt.want)
				}
			}
		})
	}
}

// bucketName is CloudFormation's own choice unless the stage has one.
func (v variant) bucketName() string {
	if v.config.BucketName == "" {
		return "null"
	}
	return quote(v.config.BucketName)
}

func (v variant) encryption(t *testing.T) string {
	if !v.config.KMSKey {
		return `[{"ServerSideEncryptionByDefault":{"SSEAlgorithm":"AES256"}}]`
	}
	return `[{"BucketKeyEnabled":true,"ServerSideEncryptionByDefault":{"KMSMasterKeyID":` +
		text(t, v.key(t)) + `,"SSEAlgorithm":"aws:kms"}}]`
}

// key is the ARN of the bucket's key: the stage's, or that of the stack's own.
func (v variant) key(t *testing.T) any {
	if v.config.KMSKeyArn != "" {
		return v.config.KMSKeyArn
	}
	return arn(v.only(t, "AWS::KMS::Key").id)
}

func TestTheBucketPolicyDeniesEverythingThatAPresignedURLNeverNeeds(t *testing.T) {
	// The form that AWS documents: it says nothing of the key's value.
	const once = `{"Null":{"s3:if-none-match":"true"}}`
	const onceButParts = `{"Bool":{"s3:ObjectCreationOperation":"true"},"Null":{"s3:if-none-match":"true"}}`
	for name, overwrite := range map[string]string{"least": once, "dev": onceButParts, "prod": onceButParts, "everything": onceButParts} {
		t.Run(name, func(t *testing.T) {
			v := all[name]
			bucket := v.starting(t, "AWS::S3::Bucket", "Uploads").id
			everyone, everything := `{"AWS":"*"}`, text(t, []any{arn(bucket), objects(bucket)})
			want := map[string]statement{
				"DenyPlainHTTP":         {everyone, `"s3:*"`, everything, `{"Bool":{"aws:SecureTransport":"false"}}`},
				"DenyOldTLS":            {everyone, `"s3:*"`, everything, `{"NumericLessThan":{"s3:TlsVersion":"1.2"}}`},
				"DenyOldSignatures":     {everyone, `"s3:*"`, everything, `{"NumericGreaterThan":{"s3:signatureAge":300000}}`},
				"DenySignatureVersion2": {everyone, `"s3:*"`, everything, `{"StringEquals":{"s3:signatureversion":"AWS"}}`},
				"DenyPresignedPOST":     {everyone, `"s3:*"`, everything, `{"StringEquals":{"s3:authType":"POST"}}`},
				"DenyOverwrite":         {everyone, `"s3:PutObject"`, text(t, objects(bucket)), overwrite},
				"DenySignersAllButPresignedURLs": {everyone, `"s3:*"`, everything,
					`{"ArnEquals":{"aws:PrincipalArn":` + v.signerRoles(t) + `},"StringNotEquals":{"s3:authType":"REST-QUERY-STRING"}}`},
				"DenyDeletionBySigners": {everyone, `"s3:DeleteObject"`, text(t, objects(bucket)),
					`{"ArnEquals":{"aws:PrincipalArn":` + v.signerRoles(t, operation.Delete) + `}}`},
				"DenyDeletionOfVersionsBySigners": {everyone, `"s3:DeleteObjectVersion"`, text(t, objects(bucket)),
					`{"ArnEquals":{"aws:PrincipalArn":` + v.signerRoles(t) + `}}`},
			}
			if v.config.MalwareScan {
				v.addScanStatements(t, want)
			}
			policy := v.starting(t, "AWS::S3::BucketPolicy", "UploadsPolicy")
			if got, want := text(t, policy.Properties["Bucket"]), text(t, ref(bucket)); got != want {
				t.Errorf("the policy is on %s, want %s", got, want)
			}
			for _, s := range list(at(policy.Properties, "PolicyDocument", "Statement")) {
				sid, _ := at(s, "Sid").(string)
				got := statement{text(t, at(s, "Principal")), text(t, at(s, "Action")), text(t, at(s, "Resource")), text(t, at(s, "Condition"))}
				if at(s, "Effect") != "Deny" {
					t.Errorf("%s: got effect %v, want Deny: the policy grants nothing", sid, at(s, "Effect"))
				}
				if got != want[sid] {
					t.Errorf("%s:\n got %v\nwant %v", sid, got, want[sid])
				}
				delete(want, sid)
			}
			for sid := range want {
				t.Errorf("no statement %s", sid)
			}
		})
	}
}

// addScanStatements changes the policy to what it is with a malware scan.
func (v variant) addScanStatements(t *testing.T, want map[string]statement) {
	bucket := v.starting(t, "AWS::S3::Bucket", "Uploads").id
	others := `"ArnNotEquals":{"aws:PrincipalArn":` + text(t, arn(v.starting(t, "AWS::IAM::Role", "MalwareScanRole").id)) + `}`
	write := want["DenyOverwrite"]
	write.condition = `{` + others + `,` + strings.TrimPrefix(write.condition, `{`) // GuardDuty's probe
	want["DenyOverwrite"] = write
	everyone, objects := write.principal, text(t, objects(bucket))
	want["DenyReadUntilScannedClean"] = statement{everyone, `["s3:GetObject","s3:GetObjectVersion"]`, objects,
		`{` + others + `,"StringNotEquals":{"s3:ExistingObjectTag/GuardDutyMalwareScanStatus":"NO_THREATS_FOUND"}}`}
	want["DenyTaggingButByScanner"] = statement{everyone,
		`["s3:DeleteObjectTagging","s3:DeleteObjectVersionTagging","s3:PutObjectTagging","s3:PutObjectVersionTagging"]`, objects, `{` + others + `}`}
}

// statement is a policy statement, each part as JSON.
type statement struct{ principal, action, resource, condition string }

// signerRoles are the ARNs of the functions' roles, but those of some routes. They are a condition: as Principal, S3 would
// store their unique IDs.
func (v variant) signerRoles(t *testing.T, but ...operation.Route) string {
	t.Helper()
	var roles []any
	for _, route := range operation.Routes() {
		if id := route.Name() + "Signer"; v.signers()[id] == route && !slices.Contains(but, route) {
			roles = append(roles, arn(v.starting(t, "AWS::IAM::Role", id+"Role").id))
		}
	}
	return text(t, roles)
}

func TestTheBucketKeepsWhatTheStageSays(t *testing.T) {
	const abort = `{"AbortIncompleteMultipartUpload":{"DaysAfterInitiation":1},"Id":"AbortIncompleteUploads","Status":"Enabled"}`
	const expire = `{"ExpiredObjectDeleteMarker":true,"Id":"ExpireNoncurrentVersions","NoncurrentVersionExpiration":{"NoncurrentDays":30},"Status":"Enabled"}`
	for _, tt := range []struct{ stage, lifecycle, versioning, deletion string }{
		{"least", `[` + abort + `,` + expire + `]`, "null", "Delete"},
		{"dev", `[` + abort + `,` + expire + `]`, "null", "Delete"},
		{"prod", `[` + abort + `,` + expire + `]`, `{"Status":"Enabled"}`, "RetainExceptOnCreate"},
	} {
		bucket := all[tt.stage].starting(t, "AWS::S3::Bucket", "Uploads")
		if got := text(t, at(bucket.Properties, "LifecycleConfiguration", "Rules")); got != tt.lifecycle {
			t.Errorf("%s: got lifecycle %s, want %s", tt.stage, got, tt.lifecycle)
		}
		if got := text(t, bucket.Properties["VersioningConfiguration"]); got != tt.versioning {
			t.Errorf("%s: got versioning %s, want %s", tt.stage, got, tt.versioning)
		}
		if bucket.DeletionPolicy != tt.deletion {
			t.Errorf("%s: got deletion policy %s, want %s", tt.stage, bucket.DeletionPolicy, tt.deletion)
		}
	}
}

func TestPagesMaySendAndReadWhatTheOperationsNeed(t *testing.T) {
	for _, tt := range []struct{ stage, origins, methods string }{
		{"least", "null", "null"},
		{"dev", `["http://localhost:*"]`, `["PUT","POST","GET","DELETE","HEAD"]`},
		{"prod", `["https://app.example.com"]`, `["PUT","POST","GET","DELETE","HEAD"]`},
	} {
		bucket := all[tt.stage].starting(t, "AWS::S3::Bucket", "Uploads")
		rules := list(at(bucket.Properties, "CorsConfiguration", "CorsRules"))
		if tt.origins == "null" {
			if len(rules) > 0 {
				t.Errorf("%s: got CORS without an origin", tt.stage)
			}
			continue
		}
		if got := text(t, at(rules[0], "AllowedOrigins")); got != tt.origins || len(rules) != 1 {
			t.Errorf("%s: got %d rules with origins %s, want 1 with %s", tt.stage, len(rules), got, tt.origins)
		}
		if got := text(t, at(rules[0], "AllowedMethods")); got != tt.methods {
			t.Errorf("%s: got methods %s, want %s", tt.stage, got, tt.methods)
		}
		for _, want := range []any{"ETag", "x-amz-checksum-sha256"} {
			if !contains(at(rules[0], "ExposedHeaders"), want) {
				t.Errorf("%s: a page cannot read %s", tt.stage, want)
			}
		}
	}
}

func contains(values, want any) bool {
	for _, v := range list(values) {
		if v == want {
			return true
		}
	}
	return false
}

// A creation that is rolled back must not leave anything that the next try meets.
func TestNothingOfAFailedCreationStays(t *testing.T) {
	for name, v := range all {
		for id, r := range v.Resources {
			if r.DeletionPolicy == "Retain" {
				t.Errorf("%s: %s has deletion policy Retain, want RetainExceptOnCreate", name, id)
			}
		}
	}
}

// A bucket that is kept without its policy would have lost every denial.
func TestABucketsPolicyStaysAsLongAsTheBucket(t *testing.T) {
	for name, v := range all {
		for _, policy := range v.ofType("AWS::S3::BucketPolicy") {
			bucket := v.Resources[at(policy.Properties["Bucket"], "Ref").(string)]
			if policy.DeletionPolicy != bucket.DeletionPolicy {
				t.Errorf("%s: %s has deletion policy %s, its bucket %s", name, policy.id, policy.DeletionPolicy, bucket.DeletionPolicy)
			}
		}
	}
}

func TestTheKeyRotatesAndOutlivesTheStack(t *testing.T) {
	key := all["everything"].only(t, "AWS::KMS::Key")
	if got := key.Properties["EnableKeyRotation"]; got != true {
		t.Errorf("got key rotation %v, want true", got)
	}
	if key.DeletionPolicy != "RetainExceptOnCreate" {
		t.Errorf("got deletion policy %s: an object without its key is lost", key.DeletionPolicy)
	}
}

func TestURLsPointWhereTheStageSays(t *testing.T) {
	for _, name := range []string{"dev", "everything"} {
		v := all[name]
		bucket := v.starting(t, "AWS::S3::Bucket", "Uploads").id
		want := map[string]any{"Fn::Join": []any{"", []any{"https://", map[string]any{"Fn::GetAtt": []any{bucket, "RegionalDomainName"}}}}}
		if v.config.Accelerate {
			want = map[string]any{"Fn::Join": []any{"", []any{"https://", ref(bucket), ".s3-accelerate.dualstack.amazonaws.com/"}}}
		}
		if got, want := text(t, v.Outputs["BucketUrl"].Value), text(t, want); got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
		if got := at(v.starting(t, "AWS::S3::Bucket", "Uploads").Properties, "AccelerateConfiguration", "AccelerationStatus"); (got == "Enabled") != v.config.Accelerate {
			t.Errorf("%s: got acceleration %v", name, got)
		}
	}
}
