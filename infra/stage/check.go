package stage

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"example.com/presigned/lambda/operation"
)

// MaxScanBytes is the largest object that GuardDuty scans, 100 GB.
// https://docs.aws.amazon.com/guardduty/latest/ug/malware-protection-s3-quotas-guardduty.html
const MaxScanBytes = 100_000_000_000

// AccountName selects the account stack instead of a stage: `cdk deploy -c stage=account`.
const AccountName = "account"

// Check reports all errors of the stage together. Each line of the functions below is one rule.
func (s Stage) Check() error {
	var r refusals
	for _, check := range []func(*refusals){
		s.checkUploads, s.checkFunctions, s.checkOrigins, s.checkExistingPool, s.checkOwnPool, s.checkSignInPages, s.checkProviders,
		s.checkBucket, s.checkWebhook, s.checkAPI, s.checkStack, s.checkTags,
	} {
		check(&r)
	}
	if s.Name != "" {
		for i, err := range r {
			r[i] = fmt.Errorf("stage %q: %w", s.Name, err)
		}
	}
	return errors.Join(r...)
}

func checkName(name string) error {
	var r refusals
	r.when(name == AccountName, "stage %q: the name is taken by the account stack: want another", name)
	r.when(!matches(name, `^[a-z][a-z0-9-]{0,19}$`),
		`stage %q: the name must be 1 to 20 of a-z, 0-9 and "-", a letter first, because the stack's name ends with it`, name)
	return errors.Join(r...)
}

func (s Stage) checkUploads(r *refusals) {
	const maxSingle, maxParts = int64(operation.MaxSingleBytes), int64(operation.MaxParts)
	r.within("partBytes", s.PartBytes, operation.MinPartBytes, maxSingle)
	r.within("maxUploadBytes", s.MaxUploadBytes, 0, maxParts*maxSingle)
	r.within("maxBatch", int64(s.MaxBatch), 1, operation.MaxBatch)
	r.when(s.Listing && !s.Downloads, "listing is on and downloads is off: listing is on the download route; switch both on")
	r.when(s.MalwareScan && (s.MaxUploadBytes == 0 || s.MaxUploadBytes > MaxScanBytes),
		"malwareScan is on and maxUploadBytes is %d: want 1 to %d, because GuardDuty scans no larger object, and nobody can read an object without a scan",
		s.MaxUploadBytes, int64(MaxScanBytes))
	r.when(!s.Multipart && s.MaxUploadBytes > maxSingle,
		"maxUploadBytes is %d and multipart is off: a single PUT takes at most %d bytes, switch multipart on", s.MaxUploadBytes, maxSingle)
	r.when(s.Multipart && s.MaxUploadBytes > maxParts*s.PartBytes,
		"maxUploadBytes is %d and partBytes is %d: S3 takes at most %d parts; make partBytes at least %d",
		s.MaxUploadBytes, s.PartBytes, maxParts, (s.MaxUploadBytes+maxParts-1)/maxParts)
	r.when(len(s.ContentTypes) == 0, `contentTypes is empty: want at least one, or "*/*" for any`)
	// The comma separates the list in the function's environment, so it must not get into an entry.
	const name = "[A-Za-z0-9!#$&^_.+-]+"
	r.match("contentTypes", s.ContentTypes, `^(\*/\*|`+name+`/(\*|`+name+`))$`, `"type/subtype", "type/*" or "*/*", without parameters`)
}

func (s Stage) checkFunctions(r *refusals) {
	// https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
	days := []int{1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653}
	r.when(!slices.Contains(days, s.LogRetentionDays), "logRetentionDays is %d: want one of %v", s.LogRetentionDays, days)
	r.oneOf("architecture", s.Architecture, ARM64, X86)
	r.within("memoryMB", int64(s.MemoryMB), 128, 10_240)
}

func (s Stage) checkExistingPool(r *refusals) {
	r.match("userPoolArn", ifSet(s.UserPoolARN), `^arn:aws[a-z-]*:cognito-idp:[a-z0-9-]+:[0-9]{12}:userpool/[a-z0-9-]+_[A-Za-z0-9]+$`, "the ARN of a user pool")
	r.match("appClientIds", s.AppClientIDs, `^[A-Za-z0-9_+]{1,128}$`, "the ID of an app client, not its name")
	*r = append(*r, CheckScopes(s.AuthorizationScopes)...)
	if s.UserPoolARN == "" {
		r.when(len(s.AppClientIDs)+len(s.AuthorizationScopes) > 0,
			"appClientIds and authorizationScopes are those of an existing user pool: name it with userPoolArn, or leave them out")
		return
	}
	n := len(s.AppClientIDs)
	r.when(n < 1 || n > 20, "appClientIds has %d entries: want 1 to 20 app clients of the pool %s", n, s.UserPoolARN)
	unused := s.ChangedOwnPoolFields()
	r.when(len(unused) > 0, "userPoolArn names an existing pool, so these fields have no effect: %s; leave them out", strings.Join(unused, ", "))
}

// CheckScopes reports what is wrong with the scopes that authorize a call.
func CheckScopes(scopes []string) []error {
	var r refusals
	r.match("authorizationScopes", scopes, `^[\x21\x23-\x5B\x5D-\x7E]{1,512}$`, `a scope of an access token, such as "files/write"`)
	for _, scope := range []string{"openid", "email", "phone", "profile"} {
		r.when(slices.Contains(scopes, scope),
			"authorizationScopes has %q: every sign-in may ask for it, so it doesn't restrict who uploads; want a scope of a resource server", scope)
	}
	return r
}

func (s Stage) checkOwnPool(r *refusals) {
	r.oneOf("userPoolPlan", s.UserPoolPlan, PlanLite, PlanEssentials, PlanPlus)
	r.oneOf("mfa", s.MFA, MFAOff, MFAOptional, MFARequired)
	r.when(s.Production && s.PasswordAuth, "passwordAuth is on in production: use SRP, which never sends the password")
	r.within("accessTokenMinutes", int64(s.AccessTokenMinutes), 5, 1_440)
	r.within("refreshTokenDays", int64(s.RefreshTokenDays), 1, 3_650)
	// Cognito refuses an access token that outlives the refresh token. Whether it takes equal ones is not documented.
	r.when(s.RefreshTokenDays > 0 && s.AccessTokenMinutes >= s.RefreshTokenDays*24*60,
		"accessTokenMinutes is %d and refreshTokenDays is %d: want an access token that ends before the refresh token", s.AccessTokenMinutes, s.RefreshTokenDays)
	r.match("machineClients", s.MachineClients, `^[A-Za-z][A-Za-z0-9]{0,30}$`, "a letter, then letters and digits, 31 at most")
	for i, name := range s.MachineClients {
		r.when(slices.Contains(s.MachineClients[:i], name), "machineClients has %q twice", name)
	}
}

func (s Stage) checkSignInPages(r *refusals) {
	needed := s.ManagedLogin || len(s.MachineClients) > 0
	r.when(s.SignInDomain == "" && needed,
		"managedLogin and machineClients need signInDomain, whose endpoint issues their tokens: want a prefix, or %q while you change it", NoSignInDomain)
	r.when(s.SignInDomain != "" && !needed, "signInDomain is set and nothing uses it: switch managedLogin on, name machineClients, or leave it out")
	r.when(matches(s.SignInDomain, `aws|amazon|cognito`), `signInDomain is %q: Cognito refuses a prefix with "aws", "amazon" or "cognito"`, s.SignInDomain)
	r.match("signInDomain", ifSet(s.SignInDomain), `^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`, `1 to 63 of a-z, 0-9 and "-"`)
	r.when(s.ManagedLogin && s.UserPoolPlan == PlanLite, "managedLogin is on and userPoolPlan is %q: want %q or %q", PlanLite, PlanEssentials, PlanPlus)
	r.when(s.ManagedLogin && len(s.CallbackURLs) == 0, "managedLogin needs at least one of callbackUrls")
	urls := slices.Concat(s.CallbackURLs, s.LogoutURLs)
	r.when(!s.ManagedLogin && len(urls) > 0, "callbackUrls and logoutUrls do nothing with managedLogin off")
	for _, url := range urls {
		r.when(!s.returnsTo(url), "callbackUrls or logoutUrls has %q: want https://..., or http://localhost outside production, without * and #", url)
	}
}

// checkProviders: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateIdentityProvider.html
func (s Stage) checkProviders(r *refusals) {
	r.together("samlProvider and samlMetadataUrl go together: want both, or none", s.SAMLProvider, s.SAMLMetadataURL)
	r.together("oidcProvider, oidcIssuer, oidcClientId and oidcClientSecretArn go together: want all four, or none",
		s.OIDCProvider, s.OIDCIssuer, s.OIDCClientID, s.OIDCClientSecretArn)
	names := slices.Concat(ifSet(s.SAMLProvider), ifSet(s.OIDCProvider))
	r.when(len(names) > 0 && !s.ManagedLogin, "samlProvider and oidcProvider need the sign-in pages: switch managedLogin on")
	r.when(len(names) == 2 && names[0] == names[1],
		"samlProvider and oidcProvider are both %q: want two names, because the usernames of a provider's users begin with its name", s.SAMLProvider)
	const pattern, want = `^[A-Za-z][A-Za-z0-9-]{2,31}$`, `a letter, then 2 to 31 letters, digits and "-": "_" ends the name in a username`
	r.match("samlProvider", ifSet(s.SAMLProvider), pattern, want)
	r.match("oidcProvider", ifSet(s.OIDCProvider), pattern, want)
	r.match("samlMetadataUrl", ifSet(s.SAMLMetadataURL), `^https://[^\s/]+/\S*$`, "https://...")
	r.match("oidcIssuer", ifSet(s.OIDCIssuer), `^https://[^\s]*[^\s/]$`, "https://... without a slash at the end")
	r.match("oidcClientId", ifSet(s.OIDCClientID), `^[!-~]{1,255}$`, "the client ID that the provider gave")
	r.secretARN("oidcClientSecretArn", s.OIDCClientSecretArn)
}

func (s Stage) checkBucket(r *refusals) {
	r.when(strings.Contains(s.BucketName, "."),
		"bucketName is %q: with a dot, no certificate fits https://%[1]s.s3.<region>.amazonaws.com", s.BucketName)
	r.match("bucketName", ifSet(s.BucketName), `^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$`, `3 to 63 of a-z, 0-9 and "-"`)
	r.within("noncurrentDays", int64(s.NoncurrentDays), 1, 3_650)
	const keyARN = `^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$`
	r.match("kmsKeyArn", ifSet(s.KMSKeyArn), keyARN, "the ARN of a KMS key")
	r.match("formerKmsKeyArns", s.FormerKMSKeyArns, keyARN, "the ARN of a KMS key")
	r.when(s.KMSKeyArn != "" && !s.KMSKey, "kmsKeyArn does nothing with kmsKey off: switch kmsKey on")
	logs := s.AccessLogBucketName
	r.match("accessLogBucketName", ifSet(logs), `^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`, "the name of an S3 bucket")
	r.when(logs != "" && !s.ServerAccessLogs, "accessLogBucketName does nothing with serverAccessLogs off: switch serverAccessLogs on")
	r.when(logs != "" && logs == s.BucketName,
		"accessLogBucketName and bucketName are both %q: want two buckets, because writing a log line would be logged too", logs)
}

func (s Stage) checkAPI(r *refusals) {
	r.within("throttleRate", int64(s.ThrottleRate), 1, 10_000)
	r.within("throttleBurst", int64(s.ThrottleBurst), 1, 5_000)
	if s.WAFRateLimit != 0 {
		r.within("wafRateLimit", int64(s.WAFRateLimit), 10, 2_000_000_000)
	}
	r.when(s.AlarmTopicArn != "" && !s.Alarms, "alarmTopicArn does nothing with alarms off")
	r.match("alarmTopicArn", ifSet(s.AlarmTopicArn), `^arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,256}$`, "the ARN of a standard SNS topic")
	r.together("domainName, certificateArn, hostedZoneId and hostedZoneName go together: want all four, or none",
		s.DomainName, s.CertificateArn, s.HostedZoneID, s.HostedZoneName)
	r.match("domainName", ifSet(s.DomainName), `^[a-z0-9-]+(\.[a-z0-9-]+)+$`, "a host such as uploads.example.com")
	r.match("certificateArn", ifSet(s.CertificateArn), `^arn:aws[a-z-]*:acm:[a-z0-9-]+:[0-9]{12}:certificate/[0-9a-f-]+$`, "the ARN of an ACM certificate")
	r.match("hostedZoneId", ifSet(s.HostedZoneID), `^Z[A-Z0-9]+$`, "an ID such as Z1D633PJN98FT9")
	r.when(s.DomainName != s.HostedZoneName && !strings.HasSuffix(s.DomainName, "."+s.HostedZoneName),
		"domainName %q is not in the zone hostedZoneName %q", s.DomainName, s.HostedZoneName)
}

// checkStack: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
func (s Stage) checkStack(r *refusals) {
	r.match("stackName", ifSet(s.StackName), `^[A-Za-z][A-Za-z0-9-]{0,127}$`, `1 to 128 of letters, digits and "-", a letter first`)
	r.match("permissionsBoundary", ifSet(s.PermissionsBoundary), `^(arn:aws[a-z-]*:iam::([0-9]{12}|aws):policy/)?[A-Za-z0-9_+=,.@/-]{1,512}$`, "the name or the ARN of a managed policy")
	r.match("rolePath", ifSet(s.RolePath), `^/([A-Za-z0-9_+=,.@-]{1,64}/){1,7}$`, `a path such as "/files/"`)
}

// checkTags: https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html
func (s Stage) checkTags(r *refusals) {
	r.when(len(s.Tags) > 50, "tags has %d entries: want at most 50", len(s.Tags))
	const allowed = `[A-Za-z0-9 _.:/=+@-]`
	spelled := map[string]string{} // by its letters in lower case
	for _, key := range slices.Sorted(maps.Keys(s.Tags)) {
		small := strings.ToLower(key)
		other, twice := spelled[small]
		spelled[small] = key
		r.when(twice, "tags has %q and %q: IAM takes them for one key and refuses the roles", other, key)
		r.when(strings.HasPrefix(small, "aws:"), `tags has %q: "aws:" is AWS's own`, key)
		r.match("tags", []string{key}, `^`+allowed+`{1,128}$`, "keys of 1 to 128 letters, digits and _.:/=+@-")
		r.match("tags", []string{s.Tags[key]}, `^`+allowed+`{0,256}$`, "values of at most 256 letters, digits and _.:/=+@-")
	}
}
