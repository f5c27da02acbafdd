package stage

import (
	"errors"
	"fmt"
	"regexp"
	"slices"

	"example.com/presigned/lambda/operation"
)

// retentionDays are the periods that CloudWatch Logs takes.
// Source: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
func retentionDays() []int {
	return []int{1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653}
}

// Check reports everything that is wrong with the stage at once.
func (s Stage) Check() error {
	var wrong []error
	for _, check := range []func() []error{
		s.checkName, s.checkChoices, s.checkNumbers, s.checkUploads, s.checkTypes, s.checkOrigins, s.checkSignIn, s.checkPlatform,
	} {
		wrong = append(wrong, check()...)
	}
	for i, err := range wrong {
		wrong[i] = fmt.Errorf("stage %q: %w", s.Name, err)
	}
	return errors.Join(wrong...)
}

func (s Stage) checkName() []error {
	if !regexp.MustCompile(`^[a-z][a-z0-9-]{0,19}$`).MatchString(s.Name) {
		return []error{errors.New(`the name must be 1 to 20 of a-z, 0-9 and "-", a letter first: it ends the stack's name`)}
	}
	return nil
}

func (s Stage) checkChoices() []error {
	return slices.Concat(
		oneOf("architecture", s.Architecture, ARM64, X86),
		oneOf("mfa", s.MFA, MFAOff, MFAOptional, MFARequired),
		oneOf("logRetentionDays", s.LogRetentionDays, retentionDays()...),
	)
}

func (s Stage) checkNumbers() []error {
	return slices.Concat(
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
		wrong = append(wrong, errors.New("listing is on and downloads is off: listing lives on the download route, switch both on"))
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

// parts is how many parts of a size hold that many bytes.
func parts(bytes, size int64) int64 { return (bytes + size - 1) / size }

func (s Stage) checkSignIn() []error {
	if s.Production && s.PasswordAuth {
		return []error{errors.New("passwordAuth is on in production: use SRP, which never sends the password")}
	}
	return nil
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
