package stage_test

import (
	"encoding/json"
	"maps"
	"reflect"
	"strings"
	"testing"

	"example.com/presigned/infra/stage"
	"example.com/presigned/lambda/operation"
)

// parsed reads a stage from a file with these fields.
func parsed(fields map[string]any) (stage.Stage, error) {
	text, err := json.Marshal(fields)
	if err != nil {
		return stage.Stage{}, err
	}
	return stage.Parse("test", text, "")
}

func TestAnEmptyObjectIsTheLeastStage(t *testing.T) {
	got, err := parsed(map[string]any{})
	if err != nil {
		t.Fatal(err)
	}
	want := stage.Least()
	want.Name = "test"
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if names := operation.Names(got.Operations(operation.Upload)); !reflect.DeepEqual(names, []string{"putObject"}) {
		t.Errorf("got upload operations %v, want putObject alone", names)
	}
	for _, route := range []operation.Route{operation.Download, operation.Delete} {
		if ops := got.Operations(route); len(ops) > 0 {
			t.Errorf("%s: got operations %v, want none", route, operation.Names(ops))
		}
	}
}

func TestOptionsSwitchOnTheirOperations(t *testing.T) {
	got, err := parsed(map[string]any{"multipart": true, "downloads": true, "listing": true, "deletion": true})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, route := range operation.Routes() {
		names = append(names, operation.Names(got.Operations(route))...)
	}
	if want := operation.Names(operation.Table()); !reflect.DeepEqual(names, want) {
		t.Errorf("got %v, want the whole table %v", names, want)
	}
}

func TestTheArchitectureOfTheCommandLineWins(t *testing.T) {
	text := []byte(`{"architecture": "arm64"}`)
	got, err := stage.Parse("dev", text, "x86_64")
	if err != nil || got.Architecture != stage.X86 {
		t.Errorf("got %q, %v, want %q", got.Architecture, err, stage.X86)
	}
	if _, err := stage.Parse("dev", text, "riscv"); err == nil {
		t.Error("took architecture riscv")
	}
}

const key = "arn:aws:kms:eu-central-1:111122223333:key/0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f"

const topic = "arn:aws:sns:eu-central-1:111122223333:alarms"

// domain is an entry with a custom domain, some of it changed.
func domain(change map[string]any) map[string]any {
	entry := map[string]any{
		"domainName":     "uploads.example.com",
		"certificateArn": "arn:aws:acm:eu-central-1:111122223333:certificate/0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f",
		"hostedZoneId":   "Z1D633PJN98FT9",
		"hostedZoneName": "example.com",
	}
	maps.Copy(entry, change)
	return entry
}

func login(callback string, production bool) map[string]any {
	return map[string]any{"production": production, "signInDomain": "acme", "managedLogin": true, "userPoolPlan": "essentials", "callbackUrls": []any{callback}}
}

// federated is an entry with both kinds of identity provider, some of it changed.
func federated(change map[string]any) map[string]any {
	entry := login("https://app.acme.io/callback", true)
	maps.Copy(entry, map[string]any{
		"samlProvider": "Okta", "samlMetadataUrl": "https://acme.okta.com/app/abc/sso/saml/metadata",
		"oidcProvider": "Entra", "oidcIssuer": "https://login.microsoftonline.com/abc/v2.0", "oidcClientId": "0a1b2c3d",
		"oidcClientSecretArn": "arn:aws:secretsmanager:eu-central-1:111122223333:secret:entra-AbCdEf",
	})
	maps.Copy(entry, change)
	return entry
}

func TestEachRefusalNamesTheFieldTheValueAndWhatIsAllowed(t *testing.T) {
	for _, tt := range []struct {
		entry map[string]any
		want  string
	}{
		{map[string]any{"multiprat": true}, `stage "test": unknown field "multiprat": want one of production, multipart, downloads`},
		{map[string]any{"multipart": "yes"}, `stage "test": field "multipart" is a string: want true or false`},
		{map[string]any{"maxUploadBytes": "1GB"}, `field "maxUploadBytes" is a string: want a whole number`},
		{map[string]any{"maxUploadBytes": 1.5}, `field "maxUploadBytes" is a number 1.5: want a whole number`},
		{map[string]any{"contentTypes": "image/*"}, `field "contentTypes" is a string: want a list of strings`},

		{map[string]any{"architecture": "amd64"}, `architecture is "amd64": want one of [arm64 x86_64]`},
		{map[string]any{"mfa": "sms"}, `mfa is "sms": want one of [off optional required]`},
		{map[string]any{"userPoolPlan": "LITE"}, `userPoolPlan is "LITE": want one of [lite essentials plus]`},
		{map[string]any{"logRetentionDays": 31}, `logRetentionDays is 31: want one of [1 3 5 7 14 30`},
		{map[string]any{"maxBatch": 0}, `maxBatch is 0: want 1 to 100`},
		{map[string]any{"maxBatch": 101}, `maxBatch is 101: want 1 to 100`},
		{map[string]any{"memoryMB": 64}, `memoryMB is 64: want 128 to 10240`},
		{map[string]any{"accessTokenMinutes": 4}, `accessTokenMinutes is 4: want 5 to 1440`},
		{map[string]any{"accessTokenMinutes": 1440, "refreshTokenDays": 1}, `accessTokenMinutes is 1440 and refreshTokenDays is 1: want an access token that ends before`},
		{map[string]any{"refreshTokenDays": 0}, `refreshTokenDays is 0: want 1 to 3650`},
		{map[string]any{"noncurrentDays": 0}, `noncurrentDays is 0: want 1 to 3650`},
		{map[string]any{"throttleRate": 0}, `throttleRate is 0: want 1 to 10000`},
		{map[string]any{"throttleBurst": 5001}, `throttleBurst is 5001: want 1 to 5000`},

		{map[string]any{"partBytes": 5<<20 - 1}, `partBytes is 5242879: want 5242880 to 5368709120`},
		{map[string]any{"partBytes": 5<<30 + 1}, `partBytes is 5368709121: want 5242880 to 5368709120`},
		{map[string]any{"maxUploadBytes": -1}, `maxUploadBytes is -1: want 0 to 53687091200000`},
		{map[string]any{"maxUploadBytes": 5<<30 + 1}, `maxUploadBytes is 5368709121 and multipart is off`},
		{map[string]any{"multipart": true, "partBytes": 5 << 20, "maxUploadBytes": 10_000*(5<<20) + 1}, `that is 10001 parts, S3 takes at most 10000; make partBytes at least 5242881`},
		{map[string]any{"malwareScan": true}, `malwareScan is on and maxUploadBytes is 0: GuardDuty scans no larger object`},
		{map[string]any{"malwareScan": true, "multipart": true, "partBytes": 100 << 20, "maxUploadBytes": 100_000_000_001}, `maxUploadBytes is 100000000001`},
		{map[string]any{"listing": true}, `listing is on and downloads is off`},

		{map[string]any{"contentTypes": []any{}}, `contentTypes is empty`},
		{map[string]any{"contentTypes": []any{"image"}}, `contentTypes has "image": want "type/subtype"`},
		{map[string]any{"contentTypes": []any{"*/json"}}, `contentTypes has "*/json"`},
		{map[string]any{"contentTypes": []any{"image/png,text/html"}}, `contentTypes has "image/png,text/html"`},
		{map[string]any{"contentTypes": []any{"text/plain; charset=utf-8"}}, `without parameters`},

		{map[string]any{"production": true, "passwordAuth": true}, `passwordAuth is on in production`},

		{map[string]any{"bucketName": "my.uploads"}, `bucketName is "my.uploads": with a dot, no certificate fits`},
		{map[string]any{"bucketName": "My-Uploads"}, `bucketName has "My-Uploads": want 3 to 63`},
		{map[string]any{"kmsKey": true, "kmsKeyArn": "alias/uploads"}, `kmsKeyArn has "alias/uploads": want the ARN of a KMS key`},
		{map[string]any{"kmsKeyArn": key}, `kmsKeyArn does nothing with kmsKey off`},
		{map[string]any{"accessLogBucketName": "acme-logs"}, `accessLogBucketName does nothing with serverAccessLogs off`},
		{map[string]any{"serverAccessLogs": true, "accessLogBucketName": "Acme"}, `accessLogBucketName has "Acme": want the name of an S3 bucket`},
		{map[string]any{"serverAccessLogs": true, "accessLogBucketName": "acme", "bucketName": "acme"}, `are both "acme": want two buckets`},
		{map[string]any{"stackName": "acme_uploads"}, `stackName has "acme_uploads": want 1 to 128 of letters, digits and "-"`},
		{map[string]any{"stackName": "9-uploads"}, `a letter first`},
		{map[string]any{"permissionsBoundary": "team boundary"}, `permissionsBoundary has "team boundary": want the name or the ARN of a managed policy`},
		{map[string]any{"permissionsBoundary": "arn:aws:iam::111122223333:role/team"}, `want the name or the ARN of a managed policy`},
		{map[string]any{"rolePath": "files"}, `rolePath has "files": want a path such as "/files/"`},
		{map[string]any{"rolePath": "/files"}, `rolePath has "/files"`},
		{map[string]any{"rolePath": "/"}, `rolePath has "/"`},
		{map[string]any{"formerKmsKeyArns": []any{"alias/uploads"}}, `formerKmsKeyArns has "alias/uploads": want the ARN of a KMS key`},
		{map[string]any{"appClientIds": []any{"1example"}}, `appClientIds and authorizationScopes are those of an existing user pool`},
		{map[string]any{"authorizationScopes": []any{"files/write"}}, `are those of an existing user pool`},
		{pool(map[string]any{"userPoolArn": "eu-central-1_AbCdEfGhI"}), `userPoolArn has "eu-central-1_AbCdEfGhI": want the ARN of a user pool`},
		{pool(map[string]any{"appClientIds": []any{}}), `appClientIds has 0 entries: want 1 to 20`},
		{pool(map[string]any{"appClientIds": []any{"my web client"}}), `appClientIds has "my web client": want the ID of an app client, not its name`},
		{pool(map[string]any{"appClientIds": []any{"one,two"}}), `appClientIds has "one,two"`},
		{pool(map[string]any{"authorizationScopes": []any{"files write"}}), `authorizationScopes has "files write"`},
		{pool(map[string]any{"authorizationScopes": []any{"openid"}}), `every sign-in may ask for it`},
		{pool(map[string]any{"selfSignUp": true, "mfa": "off"}), `these fields have no effect: selfSignUp, mfa; leave them out`},
		{map[string]any{"domainName": "uploads.example.com"}, `want all four, or none`},
		{domain(map[string]any{"domainName": "uploads"}), `domainName has "uploads": want a host`},
		{domain(map[string]any{"domainName": "uploads.example.org"}), `is not in the zone hostedZoneName "example.com"`},
		{domain(map[string]any{"domainName": "evilexample.com"}), `is not in the zone`},
		{domain(map[string]any{"certificateArn": "arn:aws:acm:x"}), `want the ARN of an ACM certificate`},
		{domain(map[string]any{"hostedZoneId": "example.com"}), `hostedZoneId has "example.com"`},
		{map[string]any{"machineClients": []any{"Erp"}}, `need signInDomain`},
		{map[string]any{"signInDomain": "acme"}, `nothing uses it`},
		{map[string]any{"signInDomain": "acme-aws", "machineClients": []any{"Erp"}}, `Cognito refuses a prefix with "aws"`},
		{map[string]any{"signInDomain": "Acme", "machineClients": []any{"Erp"}}, `signInDomain has "Acme"`},
		{map[string]any{"signInDomain": "acme", "machineClients": []any{"Erp", "Erp"}}, `machineClients has "Erp" twice`},
		{map[string]any{"signInDomain": "acme", "machineClients": []any{"my erp"}}, `machineClients has "my erp"`},
		{map[string]any{"callbackUrls": []any{"https://app.example.com/"}}, `do nothing with managedLogin off`},
		{map[string]any{"signInDomain": "acme", "managedLogin": true}, `managedLogin is on and userPoolPlan is "lite": want "essentials" or "plus"`},
		{map[string]any{"signInDomain": "none"}, `nothing uses it`},
		{map[string]any{"signInDomain": "acme", "managedLogin": true, "userPoolPlan": "plus"}, `at least one of callbackUrls`},
		{login("http://app.example.com/", false), `want https://`},
		{login("http://localhost:5173/", true), `want https://`},
		{login("https://app.example.com/#x", false), `without * and #`},
		{login("https://*.example.com/", false), `without * and #`},
		{federated(map[string]any{"samlMetadataUrl": ""}), `samlProvider and samlMetadataUrl go together`},
		{federated(map[string]any{"oidcClientSecretArn": ""}), `want all four, or none`},
		{federated(map[string]any{"managedLogin": false, "callbackUrls": []any{}, "signInDomain": ""}), `need the sign-in pages: switch managedLogin on`},
		{federated(map[string]any{"oidcProvider": "Okta"}), `are both "Okta": want two names`},
		{federated(map[string]any{"samlProvider": "my_okta"}), `samlProvider has "my_okta": want a letter, then 2 to 31 letters`},
		{federated(map[string]any{"oidcProvider": "AD"}), `oidcProvider has "AD"`},
		{federated(map[string]any{"samlMetadataUrl": "http://acme.okta.com/metadata"}), `samlMetadataUrl has "http://acme.okta.com/metadata": want https://`},
		{federated(map[string]any{"oidcIssuer": "https://login.acme.io/"}), `without a slash at the end`},
		{federated(map[string]any{"oidcClientId": "a b"}), `oidcClientId has "a b"`},
		{federated(map[string]any{"oidcClientSecretArn": "s3cr3t"}), `want the ARN of a secret in Secrets Manager`},
		{map[string]any{"wafRateLimit": 9}, `wafRateLimit is 9: want 10 to 2000000000`},
		{map[string]any{"alarmTopicArn": topic}, `does nothing with alarms off`},
		{map[string]any{"alarms": true, "alarmTopicArn": "me@example.com"}, `want the ARN of a standard SNS topic`},
		{map[string]any{"tags": map[string]any{"aws:x": "y"}}, `"aws:" is AWS's own`},
		{map[string]any{"tags": map[string]any{"": "y"}}, `keys of 1 to 128`},
		{map[string]any{"tags": map[string]any{"a": strings.Repeat("y", 257)}}, `values of at most 256`},
		{map[string]any{"tags": map[string]any{"Team": "a", "team": "b"}}, `tags has "Team" and "team": IAM takes them for one key`},
		{map[string]any{"tags": []any{"a"}}, `field "tags" is an array: want an object of strings`},
		{map[string]any{"tags": map[string]any{"a": 1}}, `want a string`},
	} {
		_, err := parsed(tt.entry)
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%v:\n got %v\nwant %q", tt.entry, err, tt.want)
		}
	}
}

func TestAStageAtItsBoundsIsAccepted(t *testing.T) {
	for _, entry := range []map[string]any{
		{"maxUploadBytes": 5 << 30},
		{"multipart": true, "partBytes": 5 << 20, "maxUploadBytes": 10_000 * (5 << 20)},
		{"multipart": true, "partBytes": 5 << 30, "maxUploadBytes": 10_000 * (5 << 30)},
		{"contentTypes": []any{"*/*"}},
		{"contentTypes": []any{"image/*", "application/vnd.api+json"}},
		{"throttleRate": 1, "throttleBurst": 1},
		{"malwareScan": true, "multipart": true, "partBytes": 100 << 20, "maxUploadBytes": 100_000_000_000},
		domain(nil),
		login("http://localhost:5173/callback", false),
		login("https://app.example.com/callback", true),
		{"signInDomain": "acme", "machineClients": []any{"Erp", "Scanner2"}},
		{"signInDomain": "none", "machineClients": []any{"Erp"}},
		federated(nil),
		{"signInWithEmail": true},
		{"wafRateLimit": 10},
		{"accessTokenMinutes": 1439, "refreshTokenDays": 1},
		{"formerKmsKeyArns": []any{key}},
		{"kmsKey": true, "kmsKeyArn": key},
		{"serverAccessLogs": true, "accessLogBucketName": "acme.logs"},
		{"stackName": "Acme-uploads-2", "rolePath": "/teams/files/", "permissionsBoundary": "teams/Developer.Boundary"},
		{"permissionsBoundary": "arn:aws:iam::aws:policy/PowerUserAccess"},
		{"permissionsBoundary": "arn:aws-us-gov:iam::111122223333:policy/boundaries/team"},
		{"bucketName": "acme-uploads"},
		pool(nil),
		pool(map[string]any{"authorizationScopes": []any{"https://api.acme.com/files.write", "aws.cognito.signin.user.admin"}}),
		{"alarms": true, "alarmTopicArn": topic},
		{"tags": map[string]any{"team": "files", "cost-center": "42"}},
	} {
		if _, err := parsed(entry); err != nil {
			t.Errorf("%v: %v", entry, err)
		}
	}
}
