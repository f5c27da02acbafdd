package objectstore

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"example.com/presigned/local/template"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// maxBucketName is S3's limit.
const maxBucketName = 63

// bucket is AWS::S3::Bucket.
type bucket struct {
	BucketName        string
	CorsConfiguration struct {
		CorsRules []struct {
			ID                                                             string `json:"Id"`
			AllowedHeaders, AllowedMethods, AllowedOrigins, ExposedHeaders []string
			MaxAge                                                         *int32
		}
	}
	VersioningConfiguration struct{ Status string }
	OwnershipControls       struct {
		Rules []struct {
			ObjectOwnership template.Fixed `want:"BucketOwnerEnforced"`
		}
	}
	PublicAccessBlockConfiguration struct {
		BlockPublicAcls, BlockPublicPolicy, IgnorePublicAcls, RestrictPublicBuckets template.Fixed `want:"true"`
	}
	AccelerateConfiguration   template.NotEnforced `why:"presigned URLs name the local address" option:"accelerate"`
	BucketEncryption          template.NotEnforced `why:"objects are plain files on this machine"`
	LifecycleConfiguration    template.NotEnforced `why:"nothing expires: incomplete uploads stay until the folder goes"`
	LoggingConfiguration      template.NotEnforced `why:"requests are logged on standard error only" option:"serverAccessLogs"`
	NotificationConfiguration struct {
		EventBridgeConfiguration struct {
			EventBridgeEnabled template.Fixed `want:"true"`
		}
	}
}

// nameBuckets decides the buckets' names and registers their IDs.
func (s *Store) nameBuckets() error {
	for _, r := range s.t.Resources("AWS::S3::Bucket") {
		name := strings.ToLower(physicalName(s.t.StackName, r.LogicalID, maxBucketName))
		if given, ok := r.Properties["BucketName"]; ok {
			var err error
			if name, err = s.t.String(given); err != nil {
				return fmt.Errorf("%s: BucketName: %w", r.LogicalID, err)
			}
		}
		s.t.SetID(r.LogicalID, name, map[string]string{
			"Arn":                 "arn:aws:s3:::" + name,
			"RegionalDomainName":  name + ".s3." + s.t.Region() + ".amazonaws.com",
			"DualStackDomainName": name + ".s3.dualstack." + s.t.Region() + ".amazonaws.com",
		})
	}
	return nil
}

// createBuckets creates the buckets through the S3 API, as CloudFormation does. In a Config.Dir of an earlier run they exist
// already.
func (s *Store) createBuckets(ctx context.Context) error {
	client := s.Client()
	return template.Each(s.t, "AWS::S3::Bucket", func(r template.Resource, b bucket) error {
		return createBucket(ctx, client, r.Ref, b)
	})
}

func createBucket(ctx context.Context, client *s3.Client, name string, b bucket) error {
	_, err := client.CreateBucket(ctx, &s3.CreateBucketInput{
		Bucket: &name, ObjectOwnership: types.ObjectOwnershipBucketOwnerEnforced,
	})
	var owned *types.BucketAlreadyOwnedByYou
	if err != nil && !errors.As(err, &owned) {
		return err
	}
	if status := b.VersioningConfiguration.Status; status != "" {
		_, err := client.PutBucketVersioning(ctx, &s3.PutBucketVersioningInput{
			Bucket:                  &name,
			VersioningConfiguration: &types.VersioningConfiguration{Status: types.BucketVersioningStatus(status)},
		})
		if err != nil {
			return err
		}
	}
	if len(b.CorsConfiguration.CorsRules) == 0 {
		return nil
	}
	var rules []types.CORSRule
	for _, r := range b.CorsConfiguration.CorsRules {
		rules = append(rules, types.CORSRule{
			AllowedHeaders: r.AllowedHeaders, AllowedMethods: r.AllowedMethods, AllowedOrigins: r.AllowedOrigins,
			ExposeHeaders: r.ExposedHeaders, MaxAgeSeconds: r.MaxAge,
		})
	}
	_, err = client.PutBucketCors(ctx, &s3.PutBucketCorsInput{
		Bucket: &name, CORSConfiguration: &types.CORSConfiguration{CORSRules: rules},
	})
	return err
}
