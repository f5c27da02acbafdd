// Package gocdk runs the Go CDK's conformance tests of blob drivers, which Google wrote for S3 and others, through its S3
// driver against the endpoint in the environment.
package gocdk

import (
	"context"
	"net/http"
	"os"
	"reflect"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"gocloud.dev/blob/driver"
	"gocloud.dev/blob/drivertest"
	"gocloud.dev/blob/s3blob"
)

type harness struct{ client *s3.Client }

func newHarness(context.Context, *testing.T) (drivertest.Harness, error) {
	credentials := aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{AccessKeyID: os.Getenv("AWS_ACCESS_KEY_ID"), SecretAccessKey: os.Getenv("AWS_SECRET_ACCESS_KEY")}, nil
	})
	return harness{s3.New(s3.Options{
		BaseEndpoint: new(os.Getenv("S3_URL")), UsePathStyle: true, Region: os.Getenv("AWS_REGION"), Credentials: credentials,
	})}, nil
}

func (h harness) MakeDriver(ctx context.Context) (driver.Bucket, error) {
	return h.open(ctx, os.Getenv("S3_BUCKET"))
}

func (h harness) MakeDriverForNonexistentBucket(ctx context.Context) (driver.Bucket, error) {
	return h.open(ctx, "no-such-bucket")
}

// open takes the driver out of the bucket around it: the package exports no way to it.
func (h harness) open(ctx context.Context, name string) (driver.Bucket, error) {
	bucket, err := s3blob.OpenBucket(ctx, h.client, name, nil)
	if err != nil {
		return nil, err
	}
	field := reflect.ValueOf(bucket).Elem().FieldByName("b")
	return reflect.NewAt(field.Type(), field.Addr().UnsafePointer()).Elem().Interface().(driver.Bucket), nil
}

func (harness) HTTPClient() *http.Client         { return http.DefaultClient }
func (harness) SupportsCopy() bool               { return true }
func (harness) SupportsNonSlashDelimiters() bool { return true }
func (harness) Close()                           {}

func TestConformance(t *testing.T) { drivertest.RunConformanceTests(t, newHarness, nil) }
