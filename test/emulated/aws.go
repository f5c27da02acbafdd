package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	cognito "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	cognitotypes "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
)

// accessKey is both halves of the credentials of the emulator's root user.
const accessKey = "test"

// administrator does what the platform team does with the AWS API.
type administrator struct {
	cognito *cognito.Client
	s3      *s3.Client
	sqs     *sqs.Client
}

func newAdministrator(e *emulator) administrator {
	config := aws.Config{
		Region: region, BaseEndpoint: &e.url, HTTPClient: e.client,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: accessKey, SecretAccessKey: accessKey}, nil
		}),
	}
	return administrator{
		cognito: cognito.NewFromConfig(config),
		s3:      s3.NewFromConfig(config, func(o *s3.Options) { o.UsePathStyle = true }),
		sqs:     sqs.NewFromConfig(config),
	}
}

func (a administrator) createUser(ctx context.Context, d *deployment, username, temporary string) error {
	_, err := a.cognito.AdminCreateUser(ctx, &cognito.AdminCreateUserInput{
		UserPoolId: &d.UserPoolID, Username: &username, TemporaryPassword: &temporary,
		MessageAction:  cognitotypes.MessageActionTypeSuppress,
		UserAttributes: []cognitotypes.AttributeType{{Name: new("email"), Value: new(username + "@example.com")}},
	})
	return err
}

// accessToken signs in by the plain password flow, which the dev stage has on.
func (a administrator) accessToken(ctx context.Context, d *deployment, username, password string) (string, error) {
	out, err := a.cognito.InitiateAuth(ctx, &cognito.InitiateAuthInput{
		AuthFlow: cognitotypes.AuthFlowTypeUserPasswordAuth, ClientId: &d.AppClientID,
		AuthParameters: map[string]string{"USERNAME": username, "PASSWORD": password},
	})
	if err != nil {
		return "", err
	}
	return *out.AuthenticationResult.AccessToken, nil
}

// withdraw takes a statement out of the bucket policy, if it is there: a deployment leaves alone what it did not change.
func (a administrator) withdraw(ctx context.Context, d *deployment, sid string) error {
	out, err := a.s3.GetBucketPolicy(ctx, &s3.GetBucketPolicyInput{Bucket: &d.BucketName})
	if err != nil {
		return err
	}
	var policy struct {
		Version   string
		Statement []map[string]any
	}
	if err := json.Unmarshal([]byte(*out.Policy), &policy); err != nil {
		return fmt.Errorf("bucket policy: %w", err)
	}
	policy.Statement = slices.DeleteFunc(policy.Statement, func(s map[string]any) bool { return s["Sid"] == sid })
	text, err := json.Marshal(policy)
	if err != nil {
		return err
	}
	_, err = a.s3.PutBucketPolicy(ctx, &s3.PutBucketPolicyInput{Bucket: &d.BucketName, Policy: new(string(text))})
	return err
}

// holds compares an object with what it should hold.
func (a administrator) holds(ctx context.Context, d *deployment, key string, want []byte) error {
	out, err := a.s3.GetObject(ctx, &s3.GetObjectInput{Bucket: &d.BucketName, Key: &key})
	if err != nil {
		return err
	}
	defer out.Body.Close()
	got, err := io.ReadAll(out.Body)
	if err != nil {
		return err
	}
	if !bytes.Equal(got, want) {
		return fmt.Errorf("object %q: got %d bytes that differ from the %d uploaded", key, len(got), len(want))
	}
	return nil
}

func (a administrator) versioned(ctx context.Context, d *deployment) (bool, error) {
	out, err := a.s3.GetBucketVersioning(ctx, &s3.GetBucketVersioningInput{Bucket: &d.BucketName})
	if err != nil {
		return false, err
	}
	return out.Status == types.BucketVersioningStatusEnabled, nil
}

// announced waits for the next completed upload in the queue and returns its key.
func (a administrator) announced(ctx context.Context, d *deployment) (string, error) {
	const patience = 20 // seconds, SQS's longest
	out, err := a.sqs.ReceiveMessage(ctx, &sqs.ReceiveMessageInput{QueueUrl: &d.QueueURL, WaitTimeSeconds: patience})
	if err != nil {
		return "", err
	}
	if len(out.Messages) != 1 {
		return "", fmt.Errorf("queue: got %d messages, want one", len(out.Messages))
	}
	var event struct {
		Detail struct{ Object struct{ Key string } }
	}
	err = json.Unmarshal([]byte(*out.Messages[0].Body), &event)
	return event.Detail.Object.Key, err
}

// hide deletes an object, which a versioned bucket keeps under a delete marker, and returns its version.
func (a administrator) hide(ctx context.Context, d *deployment, key string) (string, error) {
	head, err := a.s3.HeadObject(ctx, &s3.HeadObjectInput{Bucket: &d.BucketName, Key: &key})
	if err != nil {
		return "", err
	}
	_, err = a.s3.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &d.BucketName, Key: &key})
	return aws.ToString(head.VersionId), err
}

func (a administrator) startUpload(ctx context.Context, d *deployment, key string) error {
	_, err := a.s3.CreateMultipartUpload(ctx, &s3.CreateMultipartUploadInput{Bucket: &d.BucketName, Key: &key})
	return err
}

// left counts versions, delete markers and started uploads below a prefix.
func (a administrator) left(ctx context.Context, d *deployment, prefix string) (int, error) {
	versions, err := a.s3.ListObjectVersions(ctx, &s3.ListObjectVersionsInput{Bucket: &d.BucketName, Prefix: &prefix})
	if err != nil {
		return 0, err
	}
	uploads, err := a.s3.ListMultipartUploads(ctx, &s3.ListMultipartUploadsInput{Bucket: &d.BucketName, Prefix: &prefix})
	if err != nil {
		return 0, err
	}
	return len(versions.Versions) + len(versions.DeleteMarkers) + len(uploads.Uploads), nil
}

// bare is an error if any bucket but CDK's own is left.
func (a administrator) bare(ctx context.Context) error {
	out, err := a.s3.ListBuckets(ctx, &s3.ListBucketsInput{})
	if err != nil {
		return err
	}
	for _, bucket := range out.Buckets {
		if !strings.HasPrefix(*bucket.Name, "cdk-") {
			return fmt.Errorf("bucket %q is still there", *bucket.Name)
		}
	}
	return nil
}
