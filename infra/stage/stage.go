// Package stage holds what a deployment may choose: one typed value for each stage, read from the
// "stages" object in cdk.json, checked before any construct exists.
//
// Least is the smallest stack: uploads by a single PUT, one function, one role. Every field adds to
// that, and its comment says what it costs or which IAM action it brings.
//
// Only infra and infra/stack may import it. It imports the operation table only, never awscdk, so that its tests take
// milliseconds, and needs no IAM action.
package stage

import "example.com/presigned/lambda/operation"

// Stage is the configuration of one deployment. The JSON names are those of cdk.json.
type Stage struct {
	// Name is the key in cdk.json's "stages" and the end of the stack's name. 1 to 20 of a-z, 0-9
	// and "-", a letter first.
	Name string `json:"-"`

	// Production refuses what only development may have: http origins and the plain password flow.
	// Default false.
	Production bool `json:"production"`

	// Multipart switches on the five multipart operations. It brings s3:AbortMultipartUpload and
	// s3:ListMultipartUploadParts to the upload role. Default false.
	Multipart bool `json:"multipart"`
	// Downloads switches on getObject and headObject: a second function, route and role, which may
	// s3:GetObject. Default false.
	Downloads bool `json:"downloads"`
	// Listing switches on listObjectsV2 on the download route: s3:ListBucket for prefixes that end in
	// "/". Wants Downloads. Default false.
	Listing bool `json:"listing"`

	// MaxUploadBytes is the largest object, in bytes. With it every request must say its content
	// length, which is signed. 0, the default, leaves S3's own bounds: 5 GiB for a single PUT,
	// 10,000 times PartBytes in parts. Somebody else's terabyte is our bill: set it in production.
	MaxUploadBytes int64 `json:"maxUploadBytes"`
	// PartBytes is the size of each part but the last, in bytes: 5 MiB to 5 GiB, and large enough that
	// MaxUploadBytes fits into 10,000 parts. Without Multipart it does nothing. Default 8 MiB.
	PartBytes int64 `json:"partBytes"`
	// ContentTypes are the content types that may be uploaded: "type/subtype", "type/*" or "*/*".
	// Default application/json, which is also what a request without a content type means.
	ContentTypes []string `json:"contentTypes"`
	// AllowedOrigins are the pages that may call from a browser: "https://host[:port]", and outside
	// production "http://localhost:*" for any port. Default none: no CORS at all.
	AllowedOrigins []string `json:"allowedOrigins"`

	// Architecture of the functions: "arm64" (default; a fifth cheaper) or "x86_64".
	Architecture string `json:"architecture"`
	// MemoryMB of each function, 128 to 10240, default 256. Lambda gives CPU in proportion, and bills
	// in proportion: signing is CPU alone.
	MemoryMB int `json:"memoryMB"`
	// Tracing sends X-Ray segments from API and functions: xray:PutTraceSegments and
	// xray:PutTelemetryRecords for each role, and X-Ray's price per trace. Default false.
	Tracing bool `json:"tracing"`

	// SelfSignUp lets anybody create a user, confirmed by e-mail. Default false: administrators only.
	SelfSignUp bool `json:"selfSignUp"`
	// PasswordAuth adds ALLOW_USER_PASSWORD_AUTH, for curl and emulators. The password then travels
	// (inside TLS) to Cognito; SRP never sends it. Refused in production. Default false.
	PasswordAuth bool `json:"passwordAuth"`
	// MFA is "off", "optional" (default) or "required": time-based one-time codes, no text messages.
	MFA string `json:"mfa"`
	// AccessTokenMinutes is how long an access (and ID) token works: 5 to 1440 minutes, default 60.
	// API Gateway cannot see a sign-out, so this is also how long a signed-out token still signs.
	AccessTokenMinutes int `json:"accessTokenMinutes"`
	// RefreshTokenDays is how long a sign-in lasts: 1 to 3650 days, default 30.
	RefreshTokenDays int `json:"refreshTokenDays"`

	// DeletionProtection keeps `cdk destroy` from removing the stack and the user pool. Default false.
	DeletionProtection bool `json:"deletionProtection"`
	// Versioned keeps overwritten and deleted objects as noncurrent versions, billed as storage until
	// NoncurrentDays have passed. Default false.
	Versioned bool `json:"versioned"`
	// NoncurrentDays is how long a noncurrent version is kept, 1 to 3650 days, default 30. Without
	// Versioned it does nothing.
	NoncurrentDays int `json:"noncurrentDays"`
	// RetainData keeps bucket, user pool and log groups when the stack is deleted. Without it the user
	// pool goes with the stack, and the bucket too if it is empty. Default false.
	RetainData bool `json:"retainData"`
	// LogRetentionDays is how long logs are kept: one of the numbers CloudWatch takes (1, 3, 5, 7, 14,
	// 30, 60, 90, 180, 365, ...), default 30.
	LogRetentionDays int `json:"logRetentionDays"`

	// ThrottleRate is the API's steady rate in requests a second, 1 to 10000, default 50.
	// 10,000 is the quota of an account and region, shared by all its APIs.
	ThrottleRate int `json:"throttleRate"`
	// ThrottleBurst is how many requests may come at once, 1 to 5000, default 100.
	ThrottleBurst int `json:"throttleBurst"`
	// APIAccountRole creates the role that lets API Gateway write access logs, and sets it for the
	// whole account and region. Without one there a first deployment fails ("CloudWatch Logs role ARN
	// must be set in account settings"). false, the default, is right where the account has one.
	APIAccountRole bool `json:"apiAccountRole"`

	Platform
}

// Values of Stage.Architecture and Stage.MFA.
const (
	ARM64 = "arm64"
	X86   = "x86_64"

	MFAOff      = "off"
	MFAOptional = "optional"
	MFARequired = "required"
)

// Least returns the stage that an empty object in cdk.json means.
func Least() Stage {
	return Stage{
		PartBytes:          8 << 20,
		ContentTypes:       []string{"application/json"},
		Architecture:       ARM64,
		MemoryMB:           256,
		MFA:                MFAOptional,
		AccessTokenMinutes: 60,
		RefreshTokenDays:   30,
		NoncurrentDays:     30,
		LogRetentionDays:   30,
		ThrottleRate:       50,
		ThrottleBurst:      100,
	}
}

// Options returns the operation table's options that the stage switches on.
func (s Stage) Options() []operation.Option {
	options := []operation.Option{operation.Single}
	if s.Multipart {
		options = append(options, operation.Multipart)
	}
	if s.Downloads {
		options = append(options, operation.Downloads)
	}
	if s.Listing {
		options = append(options, operation.Listing)
	}
	return options
}

// Operations returns what the stage switches on for one route, the route's default first.
func (s Stage) Operations(route operation.Route) []operation.Operation {
	return operation.Enabled(route, s.Options()...)
}
