package stack_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"example.com/presigned/lambda/operation"
)

// signers are the functions' construct IDs and routes.
func (v variant) signers() map[string]operation.Route {
	found := map[string]operation.Route{"UploadSigner": operation.Upload}
	if v.config.Downloads {
		found["DownloadSigner"] = operation.Download
	}
	if v.config.Deletion {
		found["DeleteSigner"] = operation.Delete
	}
	return found
}

func TestASignersRoleAllowsExactlyWhatItsOperationsNeed(t *testing.T) {
	for name, v := range all {
		for id, route := range v.signers() {
			t.Run(name+"/"+id, func(t *testing.T) {
				bucket := v.starting(t, "AWS::S3::Bucket", "Uploads").id
				logs := v.starting(t, "AWS::Logs::LogGroup", id+"Logs").id
				want := []string{
					grant("logs:CreateLogStream", text(t, arn(logs)), "null"),
					grant("logs:PutLogEvents", text(t, arn(logs)), "null"),
				}
				for _, op := range operation.Enabled(route, v.config.Options()...) {
					switch op.Resource {
					case operation.Objects:
						want = append(want, grant(op.Action, text(t, objects(bucket)), "null"))
					case operation.Bucket:
						want = append(want, grant(op.Action, text(t, arn(bucket)), `{"StringLike":{"s3:prefix":"?*/"}}`))
					}
				}
				if v.config.Tracing {
					want = append(want, grant("xray:PutTraceSegments", `"*"`, "null"), grant("xray:PutTelemetryRecords", `"*"`, "null"))
				}
				want = append(want, v.keyGrants(t, route)...)
				slices.Sort(want)
				want = slices.Compact(want)
				role := v.starting(t, "AWS::IAM::Role", id+"Role")
				if got := grants(t, role); !slices.Equal(got, want) {
					t.Errorf("got\n\t%s\nwant\n\t%s", strings.Join(got, "\n\t"), strings.Join(want, "\n\t"))
				}
				if role.Properties["ManagedPolicyArns"] != nil {
					t.Errorf("got managed policies %s, want none", text(t, role.Properties["ManagedPolicyArns"]))
				}
				const trust = `[{"Action":"sts:AssumeRole","Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"}}]`
				if got := text(t, at(role.Properties, "AssumeRolePolicyDocument", "Statement")); got != trust {
					t.Errorf("trusts %s, want %s", got, trust)
				}
				function := v.starting(t, "AWS::Lambda::Function", id)
				if got, want := text(t, function.Properties["Role"]), text(t, arn(role.id)); got != want {
					t.Errorf("runs as %s, want %s", got, want)
				}
			})
		}
	}
}

// keyGrants are what encryption with the stack's own key adds: a data key to write with, and to decrypt only
// where something is read or joined.
func (v variant) keyGrants(t *testing.T, route operation.Route) []string {
	if !v.config.KMSKey {
		return nil
	}
	key := text(t, v.key(t))
	const viaS3 = `{"StringEquals":{"kms:ViaService":{"Fn::Join":["",["s3.",{"Ref":"AWS::Region"},".amazonaws.com"]]}}}`
	decrypt := grant("kms:Decrypt", key, viaS3)
	switch route {
	case operation.Delete: // S3 reads nothing to delete it
		return nil
	case operation.Download:
		read := []string{decrypt}
		for _, former := range v.config.FormerKMSKeyArns {
			read = append(read, grant("kms:Decrypt", quote(former), viaS3))
		}
		return read
	}
	write := []string{grant("kms:GenerateDataKey", key, viaS3)}
	if v.config.Multipart {
		write = append(write, decrypt)
		for _, former := range v.config.FormerKMSKeyArns {
			write = append(write, grant("kms:Decrypt", quote(former), viaS3))
		}
	}
	return write
}

// The table itself, in the numbers of the issue, so that widening it is seen here too.
func TestTheLeastStackMayPutObjectsAndNothingElseOnS3(t *testing.T) {
	v := all["least"]
	bucket := v.starting(t, "AWS::S3::Bucket", "Uploads").id
	var got []string
	for _, role := range v.ofType("AWS::IAM::Role") {
		for _, g := range grants(t, role) {
			if !strings.HasPrefix(g, "logs:") {
				got = append(got, g)
			}
		}
	}
	if want := []string{grant("s3:PutObject", text(t, objects(bucket)), "null")}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if got := len(v.ofType("AWS::Lambda::Function")); got != 1 {
		t.Errorf("got %d functions, want 1", got)
	}
}

func grant(action, resource, condition string) string {
	return fmt.Sprintf("%s on %s if %s", action, resource, condition)
}

// grants lists what a role's inline policies allow, one line for each action and resource, sorted.
func grants(t *testing.T, role resource) []string {
	t.Helper()
	var found []string
	for _, policy := range list(role.Properties["Policies"]) {
		for _, s := range list(at(policy, "PolicyDocument", "Statement")) {
			if at(s, "Effect") != "Allow" || at(s, "NotAction") != nil || at(s, "NotResource") != nil {
				t.Errorf("%s: a statement that is no plain grant: %s", role.id, text(t, s))
			}
			for _, action := range list(at(s, "Action")) {
				for _, r := range list(at(s, "Resource")) {
					found = append(found, grant(action.(string), text(t, r), text(t, at(s, "Condition"))))
				}
			}
		}
	}
	slices.Sort(found)
	return found
}

func TestNothingIsGrantedOutsideTheReviewedRoles(t *testing.T) {
	for name, v := range all {
		t.Run(name, func(t *testing.T) {
			for _, typ := range []string{"AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::IAM::User", "AWS::IAM::AccessKey", "AWS::Lambda::Url"} {
				for _, r := range v.ofType(typ) {
					t.Errorf("got %s %s", typ, r.id)
				}
			}
			for _, role := range v.ofType("AWS::IAM::Role") {
				for _, g := range grants(t, role) {
					if action, _, _ := strings.Cut(g, " "); strings.Contains(action, "*") {
						t.Errorf("%s: wildcard action in %s", role.id, g)
					}
				}
				if !v.reviewed(role.id) {
					t.Errorf("got a role that no test looks at: %s", role.id)
				}
			}
		})
	}
}

// reviewed tells the roles that this package's tests cover: those of the signers, the one that GuardDuty scans with, and the
// one that EventBridge calls the webhook with.
func (v variant) reviewed(roleID string) bool {
	for id := range v.signers() {
		if strings.HasPrefix(roleID, id+"Role") {
			return true
		}
	}
	if v.config.WebhookURL != "" && strings.HasPrefix(roleID, "WebhookRole") {
		return true
	}
	return v.config.MalwareScan && strings.HasPrefix(roleID, "MalwareScanRole")
}

func TestASignersEnvironmentSaysWhatItsRoleAllows(t *testing.T) {
	for name, v := range all {
		for id, route := range v.signers() {
			t.Run(name+"/"+id, func(t *testing.T) {
				want := map[string]string{
					"BUCKET":           text(t, ref(v.starting(t, "AWS::S3::Bucket", "Uploads").id)),
					"OPERATIONS":       quote(strings.Join(operation.Names(v.config.Operations(route)), ",")),
					"MAX_UPLOAD_BYTES": quote(fmt.Sprint(v.config.MaxUploadBytes)),
					"MAX_BATCH":        quote(fmt.Sprint(v.config.MaxBatch)),
					"CLIENT_IDS":       text(t, v.clientIDs(t)),
					"CONTENT_TYPES":    quote(strings.Join(v.config.ContentTypes, ",")),
					"ALLOWED_ORIGINS":  quote(strings.Join(v.config.AllowedOrigins, ",")),
					"GOMAXPROCS":       quote("1"), // these two are for the Go runtime alone
					"GOGC":             quote("400"),
				}
				if v.config.Multipart {
					want["PART_BYTES"] = quote(fmt.Sprint(v.config.PartBytes))
				}
				for variable, on := range map[string]bool{"DUAL_STACK": v.config.DualStack, "ACCELERATE": v.config.Accelerate} {
					if on {
						want[variable] = quote("true")
					}
				}
				env := at(v.starting(t, "AWS::Lambda::Function", id).Properties, "Environment", "Variables").(map[string]any)
				for key, value := range env {
					if got := text(t, value); got != want[key] {
						t.Errorf("%s: got %s, want %s", key, got, want[key])
					}
					delete(want, key)
				}
				for key := range want {
					t.Errorf("no variable %s", key)
				}
			})
		}
	}
}

func quote(s string) string { return `"` + s + `"` }

func TestASignerRunsAsMeasured(t *testing.T) {
	for name, v := range all {
		for id := range v.signers() {
			function := v.starting(t, "AWS::Lambda::Function", id)
			for key, want := range map[string]any{
				"Runtime": "provided.al2023", "Handler": "bootstrap", "Architectures": []any{v.config.Architecture}, "MemorySize": v.config.MemoryMB, "Timeout": 3,
				"LoggingConfig": map[string]any{"LogFormat": "JSON", "LogGroup": ref(v.starting(t, "AWS::Logs::LogGroup", id+"Logs").id)},
				"VpcConfig":     nil,
			} {
				if got, want := text(t, function.Properties[key]), text(t, want); got != want {
					t.Errorf("%s %s: got %s %s, want %s", name, id, key, got, want)
				}
			}
		}
	}
}

func TestEveryLogGroupHasAnEnd(t *testing.T) {
	for name, v := range all {
		for _, group := range v.ofType("AWS::Logs::LogGroup") {
			if got, want := text(t, group.Properties["RetentionInDays"]), fmt.Sprint(v.config.LogRetentionDays); got != want {
				t.Errorf("%s %s: got retention %s days, want %s", name, group.id, got, want)
			}
		}
	}
}
