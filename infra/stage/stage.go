// Package stage has the options of a deployment: one typed value for each stage, read from a file in the folder stages
// and checked before any construct exists.
//
// Least is the smallest stack: uploads by a single PUT, one function, one role. The fields of Stage add to it. The comment of
// a field has its bounds and its default, and says if the field costs something or adds an IAM action.
//
// infra, infra/configure, infra/stack, infra/uploads and apps that embed the construct import it. It imports
// only the operation table, not awscdk, so its tests take milliseconds.
package stage

import "example.com/presigned/lambda/operation"

// Stage is the configuration of one deployment. The JSON names are those of its file.
type Stage struct {
	// Name is the name of the file without ".json", and the end of the stack's name. 1 to 20 of a-z, 0-9
	// and "-", a letter first.
	Name string `json:"-"`

	// Production refuses what only development may have: http origins, http callback URLs and PasswordAuth. Default false.
	Production bool `json:"production"`

	// Multipart switches on the five multipart operations. It brings s3:AbortMultipartUpload and
	// s3:ListMultipartUploadParts to the upload role. Default false.
	Multipart bool `json:"multipart"`
	// Downloads switches on getObject and headObject: a separate function, route and role with
	// s3:GetObject. Default false.
	Downloads bool `json:"downloads"`
	// Listing switches on listObjectsV2 on the download route: s3:ListBucket for prefixes that end in
	// "/". Requires Downloads. Default false.
	Listing bool `json:"listing"`
	// Deletion switches on deleteObject: a separate function, route and role with s3:DeleteObject, which can't delete
	// versions. With Versioned, deleted objects can be restored for NoncurrentDays. Default false.
	Deletion bool `json:"deletion"`

	// MaxUploadBytes is the largest object, in bytes. With it, each request for putObject must have the content length,
	// which is signed. Each uploadPart must have it always. 0, the default, leaves S3's own bounds: 5 GiB for a single PUT,
	// 10,000 parts of 5 GiB. A bound limits each object, not how many a user stores. Set it in production.
	MaxUploadBytes int64 `json:"maxUploadBytes"`
	// PartBytes is the part size that the API tells clients to use, in bytes: 5 MiB to 5 GiB, and large enough that
	// MaxUploadBytes fits into 10,000 parts. With MaxUploadBytes no part may be larger. Without Multipart it has no effect. Default 8 MiB.
	PartBytes int64 `json:"partBytes"`
	// MaxBatch is how many URLs one request may ask for, 1 to 100, default 100. 1 switches batches off. Throttling counts
	// requests, so a user gets up to MaxBatch times ThrottleRate URLs a second.
	MaxBatch int `json:"maxBatch"`
	// ContentTypes are the content types that may be uploaded: "type/subtype", "type/*" or "*/*".
	// Default application/json, which is also the default of a request.
	ContentTypes []string `json:"contentTypes"`
	// AllowedOrigins are the pages that may call from a browser: "https://host[:port]", and outside
	// production "http://localhost:PORT", or "http://localhost:*" for any port. Default none: no CORS at all.
	AllowedOrigins []string `json:"allowedOrigins"`

	// Architecture of the functions: "arm64" (default; a GB-second costs a fifth less) or "x86_64".
	Architecture string `json:"architecture"`
	// MemoryMB of each function, 128 to 10240, default 256. CPU and price are proportional, and
	// signing needs only CPU.
	MemoryMB int `json:"memoryMB"`
	// Tracing sends X-Ray segments from API and functions: xray:PutTraceSegments and xray:PutTelemetryRecords for each
	// function's role. Not in every region. Billed by trace. Default false.
	Tracing bool `json:"tracing"`

	// UserPoolARN is an existing user pool whose users may call, in the stack's region. Then no pool and no app client is
	// made, and the fields that configure them must be left out. Default none: the stack makes a pool.
	UserPoolARN string `json:"userPoolArn"`
	// AppClientIDs are the app clients of that pool whose tokens are accepted, 1 to 20. Apps sign in with the first.
	AppClientIDs []string `json:"appClientIds"`
	// AuthorizationScopes are the scopes of that pool that authorize a call: an access token needs one of them. Default
	// aws.cognito.signin.user.admin, which sign-in through the SDK gives.
	AuthorizationScopes []string `json:"authorizationScopes"`

	// SignInWithEmail makes users sign in with their email address. Cognito then generates the username, a UUID, which is the
	// key prefix. It can't be changed after the first deployment. Default false: an administrator chooses a username.
	SignInWithEmail bool `json:"signInWithEmail"`
	// SelfSignUp lets anybody create a user, confirmed by email. Default false: administrators only.
	SelfSignUp bool `json:"selfSignUp"`
	// UserPoolPlan is Cognito's feature plan: "lite" (default), "essentials" or "plus". ManagedLogin requires "essentials"
	// or "plus", which cost about three and four times as much for each active user.
	UserPoolPlan string `json:"userPoolPlan"`
	// PasswordAuth adds ALLOW_USER_PASSWORD_AUTH, for curl and emulators. The password then travels
	// (inside TLS) to Cognito; SRP never sends it. Refused in production. Default false.
	PasswordAuth bool `json:"passwordAuth"`
	// MFA is "off", "optional" (default) or "required": time-based one-time codes, no text messages. The sign-in pages of
	// ManagedLogin offer the setup only if it is required.
	MFA string `json:"mfa"`
	// AccessTokenMinutes is how long an access (and ID) token works: 5 to 1440 minutes, less than RefreshTokenDays, default 60.
	// API Gateway doesn't see a sign-out, so a signed-out user's token still gets URLs for this long.
	AccessTokenMinutes int `json:"accessTokenMinutes"`
	// RefreshTokenDays is how long a sign-in lasts: 1 to 3650 days, default 30.
	RefreshTokenDays int `json:"refreshTokenDays"`

	// DeletionProtection keeps everybody from deleting the stack and the user pool. Default false.
	DeletionProtection bool `json:"deletionProtection"`
	// Versioned keeps overwritten and deleted objects as noncurrent versions, billed as storage until
	// NoncurrentDays have passed. Default false.
	Versioned bool `json:"versioned"`
	// NoncurrentDays is how long a noncurrent version is kept, 1 to 3650 days, default 30. Without
	// Versioned it has no effect.
	NoncurrentDays int `json:"noncurrentDays"`
	// RetainData keeps buckets, user pool and log groups when the stack is deleted, except after a failed first deployment.
	// Without it the user pool is deleted with the stack, and the bucket too if it is empty. Default false.
	RetainData bool `json:"retainData"`
	// LogRetentionDays is how long logs are kept: one of CloudWatch's values (1, 3, 5, 7, 14,
	// 30, 60, 90, 180, 365, ...), default 30.
	LogRetentionDays int `json:"logRetentionDays"`

	// ThrottleRate is the API's steady rate in requests a second, 1 to 10000, default 50.
	// 10,000 is the quota of an account and region, shared by all its APIs.
	ThrottleRate int `json:"throttleRate"`
	// ThrottleBurst is how many requests may come at once, 1 to 5000, default 100.
	ThrottleBurst int `json:"throttleBurst"`

	// DomainName serves the API at https://<DomainName>/ and closes API Gateway's own address. Requires the next three. Default
	// none.
	DomainName string `json:"domainName"`
	// CertificateArn of an ACM certificate for DomainName in the stack's own region.
	CertificateArn string `json:"certificateArn"`
	// HostedZoneID and HostedZoneName of the Route 53 zone that gets the alias record.
	HostedZoneID   string `json:"hostedZoneId"`
	HostedZoneName string `json:"hostedZoneName"`

	// SignInDomain is the prefix of Cognito's sign-in pages and token endpoint, unique in the region:
	// https://<SignInDomain>.auth.<region>.amazoncognito.com. ManagedLogin and MachineClients require it. Default: no
	// domain. To change the name, deploy once with "none", because Cognito refuses a second domain.
	SignInDomain string `json:"signInDomain"`
	// ManagedLogin switches on Cognito's own sign-in pages for the app client: authorization code with
	// PKCE. Requires UserPoolPlan "essentials" or "plus".
	ManagedLogin bool `json:"managedLogin"`
	// CallbackURLs and LogoutURLs are where managed login may return to: https, and http://localhost
	// outside production.
	CallbackURLs []string `json:"callbackUrls"`
	LogoutURLs   []string `json:"logoutUrls"`
	// SAMLProvider names a SAML identity provider whose users may sign in through the sign-in pages, and SAMLMetadataURL is
	// where it publishes its metadata. Their usernames begin with the name. Both require ManagedLogin. Default none.
	SAMLProvider    string `json:"samlProvider"`
	SAMLMetadataURL string `json:"samlMetadataUrl"`
	// OIDCProvider names an OpenID Connect provider in the same way. OIDCClientID is the client that it made for the pool;
	// OIDCClientSecretArn is a secret in Secrets Manager whose whole text is the client's secret. Default none.
	OIDCProvider        string `json:"oidcProvider"`
	OIDCIssuer          string `json:"oidcIssuer"`
	OIDCClientID        string `json:"oidcClientId"`
	OIDCClientSecretArn string `json:"oidcClientSecretArn"`
	// MachineClients are app clients for systems without a user, one for each name (a letter, then
	// letters and digits): client credentials with the scope uploads/write. Cognito makes each secret;
	// no template holds it. Cognito bills each client and each token.
	MachineClients []string `json:"machineClients"`

	// BucketName is the bucket's name, for teams that need a fixed one: 3 to 63 of a-z, 0-9 and "-". Default
	// none: CloudFormation generates one, and can then replace the bucket.
	BucketName string `json:"bucketName"`
	// WAFRateLimit puts an AWS WAF before the API: AWS's common, known-bad-input and IP-reputation
	// rules, and at most this many requests of one IP address in five minutes, 10 to 2,000,000,000.
	// 0, the default, means no WAF. Billed by ACL, rule and request.
	WAFRateLimit int `json:"wafRateLimit"`
	// DualStack signs URLs of S3's dual-stack endpoint, which answers over IPv4 and IPv6. Default false: IPv4 only.
	DualStack bool `json:"dualStack"`
	// Accelerate signs URLs of S3 Transfer Acceleration, so that distant clients enter AWS's network near them, and enables
	// it on the bucket. Billed for each GB. Not in every region. Default false.
	Accelerate bool `json:"accelerate"`
	// KMSKey encrypts the bucket with a new key. It brings kms:GenerateDataKey to the upload role, and kms:Decrypt to the
	// download role and, with Multipart, to the upload role, all through S3 only. The key outlives the stack. Billed by month
	// and by request; the bucket key saves most requests. Default false: S3's own keys.
	KMSKey bool `json:"kmsKey"`
	// KMSKeyArn is an existing key of the stack's region that KMSKey uses instead of a new one. Its policy must let the
	// stack's account use it: docs/deploy.md. Default none.
	KMSKeyArn string `json:"kmsKeyArn"`
	// FormerKMSKeyArns are the keys of objects that were written before the bucket's key was changed. The download role and,
	// with Multipart, the upload role get kms:Decrypt for them, with KMSKey on or off. When you switch KMSKey off, put the
	// output KmsKeyArn here, or the old objects can't be read. Default none.
	FormerKMSKeyArns []string `json:"formerKmsKeyArns"`
	// ServerAccessLogs writes a line for each request to the bucket into a second bucket, kept for
	// LogRetentionDays. Default false.
	ServerAccessLogs bool `json:"serverAccessLogs"`
	// AccessLogBucketName is an existing bucket of the stack's account and region that ServerAccessLogs writes to, below
	// "<StackName>/", instead of a new one. Its policy must let S3 write: docs/deploy.md. Default none.
	AccessLogBucketName string `json:"accessLogBucketName"`
	// MalwareScan has GuardDuty scan every upload and tag it; the bucket policy then refuses to read an
	// object until its tag says clean. Requires MaxUploadBytes of at most 100 GB. Not in every region. Billed by object and by
	// GB. Default false.
	MalwareScan bool `json:"malwareScan"`
	// UploadEvents sends an event for each completed upload to a queue, with MalwareScan after a clean scan. It is an example
	// of how to process uploads. Default false.
	UploadEvents bool `json:"uploadEvents"`
	// WebhookURL gets a POST with the same event for each completed upload, through an EventBridge API destination. It is a
	// public "https://host/path". WebhookHeader is the header that carries the secret, such as "X-Webhook-Secret", and
	// WebhookSecretArn is a secret in Secrets Manager whose whole text is its value: up to 512 printable characters. It brings
	// a role for EventBridge with events:InvokeApiDestination on this destination. All three, or none. Default none.
	WebhookURL       string `json:"webhookUrl"`
	WebhookHeader    string `json:"webhookHeader"`
	WebhookSecretArn string `json:"webhookSecretArn"`

	// Alarms adds CloudWatch alarms for the API, the functions, the WAF and the dead-letter queues, billed by alarm. Default false.
	Alarms bool `json:"alarms"`
	// AlarmTopicArn is the SNS topic that gets a message when an alarm begins or ends. Default none: only the console shows
	// alarms.
	AlarmTopicArn string `json:"alarmTopicArn"`
	// Dashboard adds a dashboard, metrics made from the functions' logs (URLs issued by operation,
	// refused by code; each custom metric in use is billed) and saved log queries. Default false.
	Dashboard bool `json:"dashboard"`
	// StackName is the name of the CloudFormation stack. The names of its roles, functions, log groups and buckets begin
	// with it, for rules such as "every role begins with acme-". 1 to 128 letters, digits and "-", a letter
	// first. Default: "PresignedUploads-" and Name.
	StackName string `json:"stackName"`
	// PermissionsBoundary bounds every role: the ARN of a managed policy, or the name of one of the account's, with its
	// path. Default none.
	PermissionsBoundary string `json:"permissionsBoundary"`
	// RolePath is the path of every role, such as "/files/". Default "/".
	RolePath string `json:"rolePath"`
	// Tags are set on every resource of the stack that takes tags: at most 50, and no two keys that differ only in case.
	Tags map[string]string `json:"tags"`
}

// Values of Stage.Architecture, Stage.MFA and Stage.UserPoolPlan.
const (
	ARM64 = "arm64"
	X86   = "x86_64"

	MFAOff      = "off"
	MFAOptional = "optional"
	MFARequired = "required"

	PlanLite       = "lite"
	PlanEssentials = "essentials"
	PlanPlus       = "plus"
)

// NoSignInDomain is the SignInDomain of a stage whose domain is being changed: docs/deploy.md.
const NoSignInDomain = "none"

// Least returns the stage whose file is {}: every default.
func Least() Stage {
	return Stage{
		PartBytes:          8 << 20,
		MaxBatch:           operation.MaxBatch,
		ContentTypes:       []string{"application/json"},
		Architecture:       ARM64,
		MemoryMB:           256,
		MFA:                MFAOptional,
		UserPoolPlan:       PlanLite,
		AccessTokenMinutes: 60,
		RefreshTokenDays:   30,
		NoncurrentDays:     30,
		LogRetentionDays:   30,
		ThrottleRate:       50,
		ThrottleBurst:      100,
	}
}
