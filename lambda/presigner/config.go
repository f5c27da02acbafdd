package presigner

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"example.com/presigned/lambda/operation"
)

// Config is what a function may sign, and the credentials for it. The stack (ownVariables in infra/uploads/signer.go) and Lambda
// set it in the environment.
type Config struct {
	Region         string                // AWS_REGION: signed into each URL; the URL's host is the regional one, without Accelerate and Endpoint
	Bucket         string                // BUCKET
	DualStack      bool                  // DUAL_STACK, "true" or empty: the URL's host also has IPv6 addresses
	Accelerate     bool                  // ACCELERATE, "true" or empty: the URL has the host of S3 Transfer Acceleration
	Endpoint       string                // AWS_ENDPOINT_URL_S3, as in every AWS SDK; empty means AWS
	Operations     []operation.Operation // OPERATIONS, comma-separated; the first is the route's default
	MaxUploadBytes int64                 // MAX_UPLOAD_BYTES: largest object; 0 means only S3's own limits
	PartBytes      int64                 // PART_BYTES: part size told to clients, and enforced when MaxUploadBytes is set
	MaxBatch       int                   // MAX_BATCH: requests of one batch, 1 to 100; 1 means no batches
	ContentTypes   []string              // CONTENT_TYPES, comma-separated patterns: "image/*", "application/json", "*/*"
	ClientIDs      []string              // CLIENT_IDS, comma-separated: app clients whose tokens are accepted
	AllowedOrigins []string              // ALLOWED_ORIGINS, comma-separated, empty for none; "http://localhost:*" allows any port

	// Credentials is the execution role's session, from the variables that Lambda sets. They don't change within a
	// process. Lambda doesn't say when they expire, but it ends the process before they do. If AWS_CREDENTIAL_EXPIRATION
	// (RFC 3339, the AWS CLI's name) is set, no URL has a later expiry.
	Credentials aws.Credentials
}

// ConfigFromEnv reads the environment through getenv and reports all errors together.
func ConfigFromEnv(getenv func(string) string) (Config, error) {
	env := envReader{getenv: getenv}
	expires := env.time("AWS_CREDENTIAL_EXPIRATION")
	config := Config{
		Region:         env.required("AWS_REGION"),
		Bucket:         env.required("BUCKET"),
		DualStack:      env.flag("DUAL_STACK"),
		Accelerate:     env.flag("ACCELERATE"),
		Endpoint:       getenv("AWS_ENDPOINT_URL_S3"),
		Operations:     env.operations("OPERATIONS"),
		MaxUploadBytes: env.number("MAX_UPLOAD_BYTES", 0, math.MaxInt64),
		PartBytes:      env.number("PART_BYTES", 0, math.MaxInt64),
		MaxBatch:       int(env.number("MAX_BATCH", 1, operation.MaxBatch)),
		ContentTypes:   strings.Split(env.required("CONTENT_TYPES"), ","),
		ClientIDs:      strings.Split(env.required("CLIENT_IDS"), ","),
		AllowedOrigins: strings.Split(getenv("ALLOWED_ORIGINS"), ","),
		Credentials: aws.Credentials{
			AccessKeyID:     env.required("AWS_ACCESS_KEY_ID"),
			SecretAccessKey: env.required("AWS_SECRET_ACCESS_KEY"),
			SessionToken:    getenv("AWS_SESSION_TOKEN"),
			CanExpire:       !expires.IsZero(), Expires: expires,
		},
	}
	return config, errors.Join(env.errs...)
}

type envReader struct {
	getenv func(string) string
	errs   []error
}

func (e *envReader) fail(name, want string) {
	e.errs = append(e.errs, fmt.Errorf("environment variable %s is %q: want %s", name, e.getenv(name), want))
}

func (e *envReader) required(name string) string {
	value := e.getenv(name)
	if value == "" {
		e.fail(name, "a value, which the stack or Lambda sets")
	}
	return value
}

func (e *envReader) flag(name string) bool {
	value := e.getenv(name)
	if value != "" && value != "true" {
		e.fail(name, `"true" or nothing`)
	}
	return value == "true"
}

func (e *envReader) number(name string, least, most int64) int64 {
	n, err := strconv.ParseInt(cmp.Or(e.getenv(name), "0"), 10, 64)
	if err != nil || n < least || n > most {
		e.fail(name, fmt.Sprintf("a whole number from %d to %d", least, most))
	}
	return n
}

func (e *envReader) time(name string) time.Time {
	value := e.getenv(name)
	if value == "" {
		return time.Time{}
	}
	t, err := time.Parse(time.RFC3339, value)
	if err != nil {
		e.fail(name, "a time in the format of RFC 3339")
	}
	return t
}

func (e *envReader) operations(name string) []operation.Operation {
	ops, err := operation.Parse(e.getenv(name))
	if err != nil {
		e.errs = append(e.errs, fmt.Errorf("environment variable %s: %w", name, err))
	}
	return ops
}
