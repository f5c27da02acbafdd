package stage

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"example.com/presigned/lambda/operation"
)

// LocalOrigin is the only origin with a wildcard: a page that a developer serves on any port.
const LocalOrigin = "http://localhost:*"

// MaxScanBytes is the largest object that GuardDuty scans, 100 GB.
// https://docs.aws.amazon.com/guardduty/latest/ug/malware-protection-s3-quotas-guardduty.html
const MaxScanBytes = 100_000_000_000

// retentionDays are the periods that CloudWatch Logs takes.
// Source: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
func retentionDays() []int {
	return []int{1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653}
}

// Check reports all errors of the stage together.
func (s Stage) Check() error {
	var wrong []error
	for _, check := range []func() []error{
		s.checkChoices, s.checkNumbers, s.checkUploads, s.checkContentTypes, s.checkOrigins, s.checkUserPool, s.checkSignIn,
		s.checkSignInDomain, s.checkManagedLogin, s.checkProviders, s.checkMachineClients, s.checkBucketName, s.checkKMSKeys, s.checkAccessLogs,
		s.checkWebhook, s.checkDomain, s.checkFirewallAndAlarms, s.checkStackName, s.checkRoles, s.checkTags,
	} {
		wrong = append(wrong, check()...)
	}
	if s.Name != "" {
		for i, err := range wrong {
			wrong[i] = fmt.Errorf("stage %q: %w", s.Name, err)
		}
	}
	return errors.Join(wrong...)
}

// AccountName selects the account stack instead of a stage: `cdk deploy -c stage=account`.
const AccountName = "account"

func checkName(name string) error {
	if name == AccountName {
		return fmt.Errorf("stage %q: the name is taken by the account stack: want another", name)
	}
	if !regexp.MustCompile(`^[a-z][a-z0-9-]{0,19}$`).MatchString(name) {
		return fmt.Errorf(`stage %q: the name must be 1 to 20 of a-z, 0-9 and "-", a letter first, because the stack's name ends with it`, name)
	}
	return nil
}

func (s Stage) checkChoices() []error {
	return slices.Concat(
		oneOf("architecture", s.Architecture, ARM64, X86),
		oneOf("mfa", s.MFA, MFAOff, MFAOptional, MFARequired),
		oneOf("userPoolPlan", s.UserPoolPlan, PlanLite, PlanEssentials, PlanPlus),
		oneOf("logRetentionDays", s.LogRetentionDays, retentionDays()...),
	)
}

func (s Stage) checkNumbers() []error {
	return slices.Concat(
		within("maxBatch", s.MaxBatch, 1, operation.MaxBatch),
		within("memoryMB", s.MemoryMB, 128, 10_240),
		within("accessTokenMinutes", s.AccessTokenMinutes, 5, 1_440),
		within("refreshTokenDays", s.RefreshTokenDays, 1, 3_650),
		within("noncurrentDays", s.NoncurrentDays, 1, 3_650),
		within("throttleRate", s.ThrottleRate, 1, 10_000),
		within("throttleBurst", s.ThrottleBurst, 1, 5_000),
	)
}

func (s Stage) checkUploads() []error {
	wrong := slices.Concat(
		within("partBytes", s.PartBytes, operation.MinPartBytes, operation.MaxSingleBytes),
		within("maxUploadBytes", s.MaxUploadBytes, 0, operation.MaxParts*int64(operation.MaxSingleBytes)),
	)
	if s.Listing && !s.Downloads {
		wrong = append(wrong, errors.New("listing is on and downloads is off: listing is on the download route; switch both on"))
	}
	if s.MalwareScan && (s.MaxUploadBytes == 0 || s.MaxUploadBytes > MaxScanBytes) {
		wrong = append(wrong, fmt.Errorf("malwareScan is on and maxUploadBytes is %d: GuardDuty scans no larger object, and nobody could read one; want 1 to %d",
			s.MaxUploadBytes, int64(MaxScanBytes)))
	}
	switch {
	case len(wrong) > 0:
	case !s.Multipart && s.MaxUploadBytes > operation.MaxSingleBytes:
		wrong = append(wrong, fmt.Errorf("maxUploadBytes is %d and multipart is off: a single PUT takes at most %d bytes, switch multipart on",
			s.MaxUploadBytes, int64(operation.MaxSingleBytes)))
	case s.Multipart && parts(s.MaxUploadBytes, s.PartBytes) > operation.MaxParts:
		wrong = append(wrong, fmt.Errorf("maxUploadBytes is %d and partBytes is %d: that is %d parts, S3 takes at most %d; make partBytes at least %d",
			s.MaxUploadBytes, s.PartBytes, parts(s.MaxUploadBytes, s.PartBytes), operation.MaxParts, parts(s.MaxUploadBytes, operation.MaxParts)))
	}
	return wrong
}

// parts is the number of parts of a size for that many bytes.
func parts(bytes, size int64) int64 { return (bytes + size - 1) / size }

func (s Stage) checkSignIn() []error {
	var wrong []error
	if s.Production && s.PasswordAuth {
		wrong = append(wrong, errors.New("passwordAuth is on in production: use SRP, which never sends the password"))
	}
	// Cognito refuses an access token that outlives the refresh token. Whether it takes equal ones is not documented.
	if s.RefreshTokenDays > 0 && s.AccessTokenMinutes >= s.RefreshTokenDays*24*60 {
		wrong = append(wrong, fmt.Errorf("accessTokenMinutes is %d and refreshTokenDays is %d: want an access token that ends before the refresh token",
			s.AccessTokenMinutes, s.RefreshTokenDays))
	}
	return wrong
}

func (s Stage) checkOrigins() []error {
	var wrong []error
	for _, origin := range s.AllowedOrigins {
		if err := s.checkOrigin(origin); err != nil {
			wrong = append(wrong, fmt.Errorf("allowedOrigins has %q: %w", origin, err))
		}
	}
	return wrong
}

// checkOrigin requires an origin exactly as a browser sends it, because it is compared byte by byte.
func (s Stage) checkOrigin(origin string) error {
	if origin == LocalOrigin && !s.Production {
		return nil
	}
	if origin == LocalOrigin {
		return errors.New("want https:// origins in production")
	}
	if strings.Contains(origin, "*") {
		return errors.New("a wildcard lets any page call with a user's token; want https://host or https://host:port")
	}
	u, err := url.Parse(origin)
	local := err == nil && u.Scheme == "http" && u.Hostname() == "localhost" && !s.Production
	switch {
	case err != nil || u.Host == "" || u.Hostname() == "":
		return errors.New("want https://host or https://host:port")
	case u.Scheme != "https" && !local:
		return errors.New("want https; plain http is for http://localhost, outside production")
	case origin != u.Scheme+"://"+strings.ToLower(u.Host):
		return errors.New("want scheme, host in small letters and port only, without a slash at the end: that is what browsers send")
	case u.Port() == defaultPort(u.Scheme):
		return fmt.Errorf("want no :%s, because browsers leave out the default port", u.Port())
	case !regexp.MustCompile(`^[a-z0-9.-]+(:[1-9][0-9]{0,4})?$`).MatchString(u.Host):
		return errors.New("want a host of a-z, 0-9, \".\" and \"-\", in punycode where it has other letters")
	}
	return nil
}

func defaultPort(scheme string) string {
	if scheme == "http" {
		return "80"
	}
	return "443"
}

func (s Stage) checkContentTypes() []error {
	if len(s.ContentTypes) == 0 {
		return []error{errors.New(`contentTypes is empty: want at least one, or "*/*" for any`)}
	}
	// The comma separates the list in the function's environment, so it must not get into an entry.
	name := "[A-Za-z0-9!#$&^_.+-]+"
	pattern := regexp.MustCompile(`^(\*/\*|` + name + `/(\*|` + name + `))$`)
	var wrong []error
	for _, t := range s.ContentTypes {
		if !pattern.MatchString(t) {
			wrong = append(wrong, fmt.Errorf(`contentTypes has %q: want "type/subtype", "type/*" or "*/*", without parameters`, t))
		}
	}
	return wrong
}

func oneOf[T comparable](field string, got T, want ...T) []error {
	if slices.Contains(want, got) {
		return nil
	}
	return []error{fmt.Errorf("%s is %#v: want one of %v", field, got, want)}
}

func within[T int | int64](field string, got, least, most T) []error {
	if least <= got && got <= most {
		return nil
	}
	return []error{fmt.Errorf("%s is %d: want %d to %d", field, got, least, most)}
}
