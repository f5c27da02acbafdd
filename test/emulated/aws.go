package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"example.com/presigned/client/signin"
)

// accessKey is both halves of the credentials of the emulator's root user.
const accessKey = "test"

// aws runs a command of the AWS CLI, as the platform team does, and returns what it prints.
func (s *story) aws(format string, values ...any) (string, error) {
	return s.shell.enter("aws " + fmt.Sprintf(format, values...))
}

// accessToken signs johndoe in by SRP, without the client.
func (s *story) accessToken(ctx context.Context) (string, error) {
	pool, err := signin.New(signin.Config{
		Region: region, UserPoolID: s.deployment.UserPoolID, AppClientID: s.deployment.AppClientID,
		Endpoint: s.emulator.url, HTTPClient: s.emulator.client,
	})
	if err != nil {
		return "", err
	}
	tokens, err := pool.SignIn(ctx, s.username, s.password, nil)
	return tokens.AccessToken, err
}

// withdraw takes a statement out of the bucket policy, if it is there: a deployment leaves alone what it did not change.
func (s *story) withdraw(sid string) error {
	text, err := s.aws("s3api get-bucket-policy --bucket %s --query Policy --output text", s.deployment.BucketName)
	if err != nil {
		return err
	}
	var policy struct {
		Version   string
		Statement []map[string]any
	}
	if err := json.Unmarshal([]byte(text), &policy); err != nil {
		return fmt.Errorf("bucket policy: %w", err)
	}
	policy.Statement = slices.DeleteFunc(policy.Statement, func(s map[string]any) bool { return s["Sid"] == sid })
	changed, err := json.Marshal(policy)
	if err != nil {
		return err
	}
	_, err = s.aws("s3api put-bucket-policy --bucket %s --policy '%s'", s.deployment.BucketName, changed)
	return err
}

// holds compares an object with what it should hold.
func (s *story) holds(key string, want []byte) error {
	file := filepath.Join(s.emulator.scratch, "held")
	if _, err := s.aws("s3api get-object --bucket %s --key %s %s", s.deployment.BucketName, key, file); err != nil {
		return err
	}
	got, err := os.ReadFile(file)
	if err == nil && !bytes.Equal(got, want) {
		err = fmt.Errorf("object %q: got %d bytes that differ from the %d uploaded", key, len(got), len(want))
	}
	return err
}

// announced waits for the next completed upload in the queue and returns its key. Version 1 of the AWS CLI asks AWS
// itself for a queue, whatever AWS_ENDPOINT_URL says.
func (s *story) announced(ctx context.Context) (string, error) {
	const patience = 20 // seconds, SQS's longest
	client := sqs.New(sqs.Options{
		Region: region, BaseEndpoint: &s.emulator.url, HTTPClient: s.emulator.client,
		Credentials: credentials.NewStaticCredentialsProvider(accessKey, accessKey, ""),
	})
	out, err := client.ReceiveMessage(ctx, &sqs.ReceiveMessageInput{QueueUrl: &s.deployment.QueueURL, WaitTimeSeconds: patience})
	if err != nil {
		return "", err
	}
	if len(out.Messages) != 1 {
		return "", fmt.Errorf("queue: got %d messages, want one", len(out.Messages))
	}
	var event struct {
		Detail struct{ Object struct{ Key string } }
	}
	err = json.Unmarshal([]byte(aws.ToString(out.Messages[0].Body)), &event)
	return event.Detail.Object.Key, err
}

// left says whether there are versions, delete markers or started uploads below a prefix.
func (s *story) left(prefix string) (bool, error) {
	of := fmt.Sprintf("--bucket %s --prefix %s --output text --query", s.deployment.BucketName, prefix)
	versions, err := s.aws("s3api list-object-versions %s '[Versions, DeleteMarkers][].Key'", of)
	uploads, failed := s.aws("s3api list-multipart-uploads %s 'Uploads[].Key'", of)
	return strings.Contains(versions+uploads, prefix), errors.Join(err, failed)
}
