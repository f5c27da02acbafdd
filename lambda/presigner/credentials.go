package presigner

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// CredentialsFunc returns the session of the execution role.
type CredentialsFunc func(context.Context) (aws.Credentials, error)

// Retrieve makes a CredentialsFunc an aws.CredentialsProvider.
func (f CredentialsFunc) Retrieve(ctx context.Context) (aws.Credentials, error) { return f(ctx) }

// credentialsFromEnv reads the variables that Lambda sets, each time anew.
//
// Lambda says nothing about when they end, and retires an execution environment before they do.
// AWS_CREDENTIAL_EXPIRATION (RFC 3339) is what the AWS CLI's `export-credentials` calls the end of a
// session; where it is set, no URL is said to live longer.
func credentialsFromEnv(getenv func(string) string) CredentialsFunc {
	return func(context.Context) (aws.Credentials, error) {
		creds := aws.Credentials{
			AccessKeyID:     getenv("AWS_ACCESS_KEY_ID"),
			SecretAccessKey: getenv("AWS_SECRET_ACCESS_KEY"),
			SessionToken:    getenv("AWS_SESSION_TOKEN"),
			Source:          "environment",
		}
		if !creds.HasKeys() {
			return aws.Credentials{}, errors.New("AWS_ACCESS_KEY_ID or AWS_SECRET_ACCESS_KEY is empty")
		}
		if end := getenv("AWS_CREDENTIAL_EXPIRATION"); end != "" {
			expires, err := time.Parse(time.RFC3339, end)
			if err != nil {
				return aws.Credentials{}, fmt.Errorf("parse AWS_CREDENTIAL_EXPIRATION: %w", err)
			}
			creds.CanExpire, creds.Expires = true, expires
		}
		return creds, nil
	}
}
