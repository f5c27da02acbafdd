// Package objectstore emulates S3 and IAM: the versitygw gateway, embedded, with the template's buckets, bucket
// policies and roles.
//
// The gateway verifies signatures, expiry, signed headers and checksums, and enforces the roles' own policies. It asks for
// the bucket policy after it has authenticated the caller, and policy.go then evaluates the policy's Deny statements. So a
// wrong signature gets SignatureDoesNotMatch, and not the policy's AccessDenied, as on S3.
package objectstore

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log"
	"net"
	"os"
	"time"

	"example.com/presigned/local/template"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/versity/versitygw/auth"
	"github.com/versity/versitygw/iamapi/types"
)

// Config is what the store needs to start.
type Config struct {
	Listener net.Listener // loopback; the store closes it
	Dir      string       // absolute; the objects stay here. "": a temporary folder, removed by Close
	Log      *log.Logger  // gets a line for each request
	Now      func() time.Time

	Completed func(Object) // gets each completed upload; may be nil
}

// Object is a completed upload, by a single PUT or in parts.
type Object struct {
	Bucket, Key     string
	Size            int64 // bytes
	ETag, VersionID string
	Reason          string // the operation
	RequestID       string
}

// Store is the running object store.
type Store struct {
	// URL is the endpoint, without a bucket and without a slash at its end.
	URL string
	// Root are the account's own credentials, which no policy restricts.
	Root aws.Credentials

	t       *template.Template
	cfg     Config
	temp    string // removed by Close
	iam     *identities
	closers []func() error // in the order of starting
}

// New names the template's buckets and roles and registers them with the template. Nothing is served yet.
func New(t *template.Template, cfg Config) (*Store, error) {
	s := &Store{
		URL:     "http://" + cfg.Listener.Addr().String(),
		Root:    aws.Credentials{AccessKeyID: "AKIALOCALROOT0000000", SecretAccessKey: rand.Text() + rand.Text()[:14]},
		t:       t,
		cfg:     cfg,
		closers: []func() error{cfg.Listener.Close},
	}
	root := auth.Account{Access: s.Root.AccessKeyID, Secret: s.Root.SecretAccessKey, Role: auth.RoleAdmin}
	s.iam = &identities{
		IAMService: auth.NewIAMServiceSingle(root), now: cfg.Now, roles: map[string][]types.PolicyEntry{}, sessions: map[string]session{},
	}
	if err := s.nameBuckets(); err != nil {
		return nil, err
	}
	s.nameRoles()
	return s, nil
}

// Start creates what [New] named and serves it. It comes after the other parts have registered their IDs, because
// a role's policy may name any resource of the stack. After an error, only Close may be called.
func (s *Store) Start(ctx context.Context) (err error) {
	// Directly below $TMPDIR, because a unix socket's path has at most 104 bytes on macOS, 108 on Linux.
	if s.temp, err = os.MkdirTemp("", "s3-"); err != nil {
		return err
	}
	if err := s.readRoles(); err != nil {
		return err
	}
	if err := s.startGateway(ctx, cmp.Or(s.cfg.Dir, s.temp)); err != nil {
		return fmt.Errorf("start S3: %w", err)
	}
	return s.createBuckets(ctx)
}

// Client returns an S3 client with the root credentials.
func (s *Store) Client() *s3.Client {
	return s3.New(s3.Options{
		BaseEndpoint: &s.URL,
		UsePathStyle: true,
		Region:       s.t.Region(),
		Credentials:  credentials.StaticCredentialsProvider{Value: s.Root},
	})
}

// Close stops serving and removes what was temporary.
func (s *Store) Close() error {
	var errs []error
	for i := len(s.closers) - 1; i >= 0; i-- {
		if err := s.closers[i](); err != nil && !errors.Is(err, net.ErrClosed) {
			errs = append(errs, err)
		}
	}
	s.closers = nil
	return errors.Join(append(errs, os.RemoveAll(s.temp))...)
}
