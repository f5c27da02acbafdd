package objectstore

import (
	"context"
	"crypto/tls"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// Client returns an S3 client with the root credentials.
func (s *Store) Client() *s3.Client {
	options := s3.Options{
		BaseEndpoint: aws.String(s.URL),
		UsePathStyle: true,
		Region:       s.t.Region(),
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: s.Root.AccessKeyID, SecretAccessKey: s.Root.SecretAccessKey}, nil
		}),
	}
	if s.cfg.TLS != nil {
		options.HTTPClient = &http.Client{Transport: &http.Transport{
			TLSClientConfig: &tls.Config{RootCAs: s.cfg.TLS.Roots, MinVersion: tls.VersionTLS12},
		}}
	}
	return s3.New(options)
}
