package presigner

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"example.com/presigned/lambda/operation"
)

// Config is what a function may sign, and with what. The stack writes it into the environment.
type Config struct {
	Region         string                // AWS_REGION: the regional S3 host is signed, never the global one
	Bucket         string                // BUCKET
	Operations     []operation.Operation // OPERATIONS, comma-separated; the first is the route's default
	MaxUploadBytes int64                 // MAX_UPLOAD_BYTES: largest object; 0 means only S3's own limits
	PartBytes      int64                 // PART_BYTES: part size told to clients, and enforced when MaxUploadBytes is set
	ContentTypes   []string              // CONTENT_TYPES, comma-separated patterns: "image/*", "application/json", "*/*"
	ClientIDs      []string              // CLIENT_IDS, comma-separated: app clients whose tokens are accepted
	AllowedOrigins []string              // ALLOWED_ORIGINS, comma-separated, empty for none; "http://localhost:*" allows any port
	Endpoint       string                // AWS_ENDPOINT_URL_S3, as every AWS SDK reads it; empty means AWS's own
	Credentials    CredentialsFunc       // the execution role's session
}

// ConfigFromEnv reads the environment through getenv and reports everything that is wrong with it at once.
func ConfigFromEnv(getenv func(string) string) (Config, error) {
	env := envReader{getenv: getenv}
	config := Config{
		Region:         env.required("AWS_REGION"),
		Bucket:         env.required("BUCKET"),
		Operations:     env.operations("OPERATIONS"),
		MaxUploadBytes: env.bytes("MAX_UPLOAD_BYTES"),
		PartBytes:      env.bytes("PART_BYTES"),
		ContentTypes:   strings.Split(env.required("CONTENT_TYPES"), ","),
		ClientIDs:      strings.Split(env.required("CLIENT_IDS"), ","),
		AllowedOrigins: strings.Split(getenv("ALLOWED_ORIGINS"), ","),
		Endpoint:       getenv("AWS_ENDPOINT_URL_S3"),
		Credentials:    credentialsFromEnv(getenv),
	}
	return config, errors.Join(env.errs...)
}

type envReader struct {
	getenv func(string) string
	errs   []error
}

func (e *envReader) required(name string) string {
	value := e.getenv(name)
	if value == "" {
		e.errs = append(e.errs, fmt.Errorf("environment variable %s is empty: the stack sets it", name))
	}
	return value
}

func (e *envReader) bytes(name string) int64 {
	value := e.getenv(name)
	if value == "" {
		return 0
	}
	n, err := strconv.ParseInt(value, 10, 64)
	if err != nil || n < 0 {
		e.errs = append(e.errs, fmt.Errorf("environment variable %s is %q: want bytes as a whole number", name, value))
	}
	return n
}

func (e *envReader) operations(name string) []operation.Operation {
	value := e.required(name)
	if value == "" {
		return nil
	}
	ops, err := operation.Parse(value)
	if err != nil {
		e.errs = append(e.errs, fmt.Errorf("environment variable %s: %w", name, err))
	}
	return ops
}
