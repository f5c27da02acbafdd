package stage_test

import (
	"strings"
	"testing"
)

const (
	key   = "arn:aws:kms:eu-central-1:111122223333:key/0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f"
	topic = "arn:aws:sns:eu-central-1:111122223333:alarms"
)

// domain, pool and federated are stages with a custom domain, an existing user pool, and both kinds of identity provider.
var (
	domain = fields{
		"domainName":     "uploads.example.com",
		"certificateArn": "arn:aws:acm:eu-central-1:111122223333:certificate/0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f",
		"hostedZoneId":   "Z1D633PJN98FT9",
		"hostedZoneName": "example.com",
	}
	pool = fields{
		"userPoolArn":  "arn:aws:cognito-idp:eu-central-1:111122223333:userpool/eu-central-1_AbCdEfGhI",
		"appClientIds": []string{"1h57kf5cpq17m0eml12example"},
	}
	federated = with(login("https://app.acme.io/callback", true), fields{
		"samlProvider": "Okta", "samlMetadataUrl": "https://acme.okta.com/app/abc/sso/saml/metadata",
		"oidcProvider": "Entra", "oidcIssuer": "https://login.microsoftonline.com/abc/v2.0", "oidcClientId": "0a1b2c3d",
		"oidcClientSecretArn": "arn:aws:secretsmanager:eu-central-1:111122223333:secret:entra-AbCdEf",
	})
)

func login(callback string, production bool) fields {
	return fields{"production": production, "signInDomain": "acme", "managedLogin": true, "userPoolPlan": "essentials", "callbackUrls": []string{callback}}
}

func TestEachRefusalNamesTheFieldTheValueAndWhatIsAllowed(t *testing.T) {
	testStages(t, []stageTest{
		{fields{"multiprat": true}, `stage "test": unknown field "multiprat": want one of production, multipart, downloads`},
		{fields{"multipart": "yes"}, `stage "test": field "multipart" has the type string: want true or false`},
		{fields{"maxUploadBytes": "1GB"}, `field "maxUploadBytes" has the type string: want a whole number`},
		{fields{"maxUploadBytes": 1.5}, `field "maxUploadBytes" has the type number 1.5: want a whole number`},
		{fields{"contentTypes": "image/*"}, `field "contentTypes" has the type string: want a list of strings`},

		{fields{"architecture": "amd64"}, `architecture is "amd64": want one of [arm64 x86_64]`},
		{fields{"mfa": "sms"}, `mfa is "sms": want one of [off optional required]`},
		{fields{"userPoolPlan": "LITE"}, `userPoolPlan is "LITE": want one of [lite essentials plus]`},
		{fields{"logRetentionDays": 31}, `logRetentionDays is 31: want one of [1 3 5 7 14 30`},
		{fields{"maxBatch": 0}, `maxBatch is 0: want 1 to 100`},
		{fields{"maxBatch": 101}, `maxBatch is 101: want 1 to 100`},
		{fields{"memoryMB": 64}, `memoryMB is 64: want 128 to 10240`},
		{fields{"accessTokenMinutes": 4}, `accessTokenMinutes is 4: want 5 to 1440`},
		{fields{"accessTokenMinutes": 1440, "refreshTokenDays": 1}, `accessTokenMinutes is 1440 and refreshTokenDays is 1: want an access token that ends before`},
		{fields{"refreshTokenDays": 0}, `refreshTokenDays is 0: want 1 to 3650`},
		{fields{"noncurrentDays": 0}, `noncurrentDays is 0: want 1 to 3650`},
		{fields{"throttleRate": 0}, `throttleRate is 0: want 1 to 10000`},
		{fields{"throttleBurst": 5001}, `throttleBurst is 5001: want 1 to 5000`},

		{fields{"partBytes": 5<<20 - 1}, `partBytes is 5242879: want 5242880 to 5368709120`},
		{fields{"partBytes": 5<<30 + 1}, `partBytes is 5368709121: want 5242880 to 5368709120`},
		{fields{"maxUploadBytes": -1}, `maxUploadBytes is -1: want 0 to 53687091200000`},
		{fields{"maxUploadBytes": 5<<30 + 1}, `maxUploadBytes is 5368709121 and multipart is off`},
		{fields{"multipart": true, "partBytes": 5 << 20, "maxUploadBytes": 10_000*(5<<20) + 1}, `S3 takes at most 10000 parts; make partBytes at least 5242881`},
		{fields{"malwareScan": true}, `malwareScan is on and maxUploadBytes is 0: want 1 to`},
		{fields{"malwareScan": true, "multipart": true, "partBytes": 100 << 20, "maxUploadBytes": 100_000_000_001}, `maxUploadBytes is 100000000001`},
		{fields{"listing": true}, `listing is on and downloads is off`},

		{fields{"contentTypes": []string{}}, `contentTypes is empty`},
		{fields{"contentTypes": []string{"image"}}, `contentTypes has "image": want "type/subtype"`},
		{fields{"contentTypes": []string{"*/json"}}, `contentTypes has "*/json"`},
		{fields{"contentTypes": []string{"image/png,text/html"}}, `contentTypes has "image/png,text/html"`},
		{fields{"contentTypes": []string{"text/plain; charset=utf-8"}}, `without parameters`},

		{fields{"production": true, "passwordAuth": true}, `passwordAuth is on in production`},

		{fields{"bucketName": "my.uploads"}, `bucketName is "my.uploads": with a dot, no certificate fits`},
		{fields{"bucketName": "My-Uploads"}, `bucketName has "My-Uploads": want 3 to 63`},
		{fields{"kmsKey": true, "kmsKeyArn": "alias/uploads"}, `kmsKeyArn has "alias/uploads": want the ARN of a KMS key`},
		{fields{"kmsKeyArn": key}, `kmsKeyArn does nothing with kmsKey off`},
		{fields{"accessLogBucketName": "acme-logs"}, `accessLogBucketName does nothing with serverAccessLogs off`},
		{fields{"serverAccessLogs": true, "accessLogBucketName": "Acme"}, `accessLogBucketName has "Acme": want the name of an S3 bucket`},
		{fields{"serverAccessLogs": true, "accessLogBucketName": "acme", "bucketName": "acme"}, `are both "acme": want two buckets`},
		{fields{"stackName": "acme_uploads"}, `stackName has "acme_uploads": want 1 to 128 of letters, digits and "-"`},
		{fields{"stackName": "9-uploads"}, `a letter first`},
		{fields{"permissionsBoundary": "team boundary"}, `permissionsBoundary has "team boundary": want the name or the ARN of a managed policy`},
		{fields{"permissionsBoundary": "arn:aws:iam::111122223333:role/team"}, `want the name or the ARN of a managed policy`},
		{fields{"rolePath": "files"}, `rolePath has "files": want a path such as "/files/"`},
		{fields{"rolePath": "/files"}, `rolePath has "/files"`},
		{fields{"rolePath": "/"}, `rolePath has "/"`},
		{fields{"formerKmsKeyArns": []string{"alias/uploads"}}, `formerKmsKeyArns has "alias/uploads": want the ARN of a KMS key`},
		{fields{"appClientIds": []string{"1example"}}, `appClientIds and authorizationScopes are those of an existing user pool`},
		{fields{"authorizationScopes": []string{"files/write"}}, `are those of an existing user pool`},
		{with(pool, fields{"userPoolArn": "eu-central-1_AbCdEfGhI"}), `userPoolArn has "eu-central-1_AbCdEfGhI": want the ARN of a user pool`},
		{with(pool, fields{"appClientIds": []string{}}), `appClientIds has 0 entries: want 1 to 20`},
		{with(pool, fields{"appClientIds": []string{"my web client"}}), `appClientIds has "my web client": want the ID of an app client, not its name`},
		{with(pool, fields{"appClientIds": []string{"one,two"}}), `appClientIds has "one,two"`},
		{with(pool, fields{"authorizationScopes": []string{"files write"}}), `authorizationScopes has "files write"`},
		{with(pool, fields{"authorizationScopes": []string{"openid"}}), `every sign-in may ask for it`},
		{with(pool, fields{"selfSignUp": true, "mfa": "off"}), `these fields have no effect: selfSignUp, mfa; leave them out`},
		{fields{"domainName": "uploads.example.com"}, `want all four, or none`},
		{with(domain, fields{"domainName": "uploads"}), `domainName has "uploads": want a host`},
		{with(domain, fields{"domainName": "uploads.example.org"}), `is not in the zone hostedZoneName "example.com"`},
		{with(domain, fields{"domainName": "evilexample.com"}), `is not in the zone`},
		{with(domain, fields{"certificateArn": "arn:aws:acm:x"}), `want the ARN of an ACM certificate`},
		{with(domain, fields{"hostedZoneId": "example.com"}), `hostedZoneId has "example.com"`},
		{fields{"machineClients": []string{"Erp"}}, `need signInDomain`},
		{fields{"signInDomain": "acme"}, `nothing uses it`},
		{fields{"signInDomain": "acme-aws", "machineClients": []string{"Erp"}}, `Cognito refuses a prefix with "aws"`},
		{fields{"signInDomain": "Acme", "machineClients": []string{"Erp"}}, `signInDomain has "Acme"`},
		{fields{"signInDomain": "acme", "machineClients": []string{"Erp", "Erp"}}, `machineClients has "Erp" twice`},
		{fields{"signInDomain": "acme", "machineClients": []string{"my erp"}}, `machineClients has "my erp"`},
		{fields{"callbackUrls": []string{"https://app.example.com/"}}, `do nothing with managedLogin off`},
		{fields{"signInDomain": "acme", "managedLogin": true}, `managedLogin is on and userPoolPlan is "lite": want "essentials" or "plus"`},
		{fields{"signInDomain": "none"}, `nothing uses it`},
		{fields{"signInDomain": "acme", "managedLogin": true, "userPoolPlan": "plus"}, `at least one of callbackUrls`},
		{login("http://app.example.com/", false), `want https://`},
		{login("http://localhost:5173/", true), `want https://`},
		{login("https://app.example.com/#x", false), `without * and #`},
		{login("https://*.example.com/", false), `without * and #`},
		{with(federated, fields{"samlMetadataUrl": ""}), `samlProvider and samlMetadataUrl go together`},
		{with(federated, fields{"oidcClientSecretArn": ""}), `want all four, or none`},
		{with(federated, fields{"managedLogin": false, "callbackUrls": []string{}, "signInDomain": ""}), `need the sign-in pages: switch managedLogin on`},
		{with(federated, fields{"oidcProvider": "Okta"}), `are both "Okta": want two names`},
		{with(federated, fields{"samlProvider": "my_okta"}), `samlProvider has "my_okta": want a letter, then 2 to 31 letters`},
		{with(federated, fields{"oidcProvider": "AD"}), `oidcProvider has "AD"`},
		{with(federated, fields{"samlMetadataUrl": "http://acme.okta.com/metadata"}), `samlMetadataUrl has "http://acme.okta.com/metadata": want https://`},
		{with(federated, fields{"oidcIssuer": "https://login.acme.io/"}), `without a slash at the end`},
		{with(federated, fields{"oidcClientId": "a b"}), `oidcClientId has "a b"`},
		{with(federated, fields{"oidcClientSecretArn": "s3cr3t"}), `want the ARN of a secret in Secrets Manager`},
		{fields{"wafRateLimit": 9}, `wafRateLimit is 9: want 10 to 2000000000`},
		{fields{"alarmTopicArn": topic}, `does nothing with alarms off`},
		{fields{"alarms": true, "alarmTopicArn": "me@example.com"}, `want the ARN of a standard SNS topic`},
		{fields{"tags": fields{"aws:x": "y"}}, `"aws:" is AWS's own`},
		{fields{"tags": fields{"": "y"}}, `keys of 1 to 128`},
		{fields{"tags": fields{"a": strings.Repeat("y", 257)}}, `values of at most 256`},
		{fields{"tags": fields{"Team": "a", "team": "b"}}, `tags has "Team" and "team": IAM takes them for one key`},
		{fields{"tags": []string{"a"}}, `field "tags" has the type array: want an object of strings`},
		{fields{"tags": map[string]int{"a": 1}}, `want a string`},
	})
}

func TestAStageAtItsBoundsIsAccepted(t *testing.T) {
	testStages(t, []stageTest{
		{fields{"maxUploadBytes": 5 << 30}, ""},
		{fields{"multipart": true, "partBytes": 5 << 20, "maxUploadBytes": 10_000 * (5 << 20)}, ""},
		{fields{"multipart": true, "partBytes": 5 << 30, "maxUploadBytes": 10_000 * (5 << 30)}, ""},
		{fields{"contentTypes": []string{"*/*"}}, ""},
		{fields{"contentTypes": []string{"image/*", "application/vnd.api+json"}}, ""},
		{fields{"throttleRate": 1, "throttleBurst": 1}, ""},
		{fields{"malwareScan": true, "multipart": true, "partBytes": 100 << 20, "maxUploadBytes": 100_000_000_000}, ""},
		{domain, ""},
		{login("http://localhost:5173/callback", false), ""},
		{login("https://app.example.com/callback", true), ""},
		{fields{"signInDomain": "acme", "machineClients": []string{"Erp", "Scanner2"}}, ""},
		{fields{"signInDomain": "none", "machineClients": []string{"Erp"}}, ""},
		{federated, ""},
		{fields{"signInWithEmail": true}, ""},
		{fields{"wafRateLimit": 10}, ""},
		{fields{"accessTokenMinutes": 1439, "refreshTokenDays": 1}, ""},
		{fields{"formerKmsKeyArns": []string{key}}, ""},
		{fields{"kmsKey": true, "kmsKeyArn": key}, ""},
		{fields{"serverAccessLogs": true, "accessLogBucketName": "acme.logs"}, ""},
		{fields{"stackName": "Acme-uploads-2", "rolePath": "/teams/files/", "permissionsBoundary": "teams/Developer.Boundary"}, ""},
		{fields{"permissionsBoundary": "arn:aws:iam::aws:policy/PowerUserAccess"}, ""},
		{fields{"permissionsBoundary": "arn:aws-us-gov:iam::111122223333:policy/boundaries/team"}, ""},
		{fields{"bucketName": "acme-uploads"}, ""},
		{pool, ""},
		{with(pool, fields{"authorizationScopes": []string{"https://api.acme.com/files.write", "aws.cognito.signin.user.admin"}}), ""},
		{fields{"alarms": true, "alarmTopicArn": topic}, ""},
		{fields{"tags": fields{"team": "files", "cost-center": "42"}}, ""},
	})
}
