package stage

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

const keyARN = `^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$`

func (s Stage) checkStackName() []error {
	if s.StackName == "" {
		return nil
	}
	return matches("stackName", s.StackName, `^[A-Za-z][A-Za-z0-9-]{0,127}$`, "1 to 128 of letters, digits and \"-\", a letter first")
}

// checkRoles: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
func (s Stage) checkRoles() []error {
	var wrong []error
	if s.PermissionsBoundary != "" {
		name := `[A-Za-z0-9_+=,.@/-]{1,512}`
		wrong = matches("permissionsBoundary", s.PermissionsBoundary, `^(arn:aws[a-z-]*:iam::([0-9]{12}|aws):policy/)?`+name+`$`, "the name or the ARN of a managed policy")
	}
	if s.RolePath != "" {
		wrong = append(wrong, matches("rolePath", s.RolePath, `^/([A-Za-z0-9_+=,.@-]{1,64}/){1,7}$`, `a path such as "/files/"`)...)
	}
	return wrong
}

func (s Stage) checkKMSKeys() []error {
	var wrong []error
	if s.KMSKeyArn != "" {
		wrong = matches("kmsKeyArn", s.KMSKeyArn, keyARN, "the ARN of a KMS key")
	}
	if s.KMSKeyArn != "" && !s.KMSKey {
		wrong = append(wrong, errors.New("kmsKeyArn does nothing with kmsKey off: switch kmsKey on"))
	}
	for _, arn := range s.FormerKMSKeyArns {
		wrong = append(wrong, matches("formerKmsKeyArns", arn, keyARN, "the ARN of a KMS key")...)
	}
	return wrong
}

func (s Stage) checkBucketName() []error {
	switch {
	case s.BucketName == "":
		return nil
	case strings.Contains(s.BucketName, "."):
		return []error{fmt.Errorf("bucketName is %q: with a dot, no certificate fits https://%s.s3.<region>.amazonaws.com", s.BucketName, s.BucketName)}
	}
	return matches("bucketName", s.BucketName, `^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$`, "3 to 63 of a-z, 0-9 and \"-\"")
}

func (s Stage) checkAccessLogs() []error {
	switch {
	case s.AccessLogBucketName == "":
		return nil
	case !s.ServerAccessLogs:
		return []error{errors.New("accessLogBucketName does nothing with serverAccessLogs off: switch serverAccessLogs on")}
	case s.AccessLogBucketName == s.BucketName:
		return []error{fmt.Errorf("accessLogBucketName and bucketName are both %q: want two buckets, because writing a log line would be logged too", s.BucketName)}
	}
	return matches("accessLogBucketName", s.AccessLogBucketName, `^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`, "the name of an S3 bucket")
}

// checkTags: https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html
func (s Stage) checkTags() []error {
	var wrong []error
	if len(s.Tags) > 50 {
		wrong = append(wrong, fmt.Errorf("tags has %d entries: want at most 50", len(s.Tags)))
	}
	spelled := map[string]string{}
	for _, key := range slices.Sorted(maps.Keys(s.Tags)) {
		small := strings.ToLower(key)
		if other, ok := spelled[small]; ok {
			wrong = append(wrong, fmt.Errorf("tags has %q and %q: IAM takes them for one key and refuses the roles", other, key))
		}
		spelled[small] = key
		const allowed = `[A-Za-z0-9 _.:/=+@-]`
		if strings.HasPrefix(small, "aws:") {
			wrong = append(wrong, fmt.Errorf(`tags has %q: "aws:" is AWS's own`, key))
		}
		wrong = append(wrong, matches("tags", key, `^`+allowed+`{1,128}$`, "keys of 1 to 128 letters, digits and _.:/=+@-")...)
		wrong = append(wrong, matches("tags", s.Tags[key], `^`+allowed+`{0,256}$`, "values of at most 256 letters, digits and _.:/=+@-")...)
	}
	return wrong
}
