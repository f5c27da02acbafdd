package attack

import (
	"context"
	"path/filepath"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"example.com/presigned/local/stack"
	"example.com/presigned/test/harness"
)

// StartLocal serves an assembly in this process and opens it.
func StartLocal(ctx context.Context, assembly, scratch string) (*harness.Stack, *Target, error) {
	s, err := harness.Start(assembly, func(c *stack.Config) {
		c.OutputsFile = filepath.Join(scratch, "outputs.json")
	})
	if err != nil {
		return nil, nil, err
	}
	x, err := openLocal(ctx, s)
	return s, x, err
}

// openLocal opens a local run by its outputs file, as any stack. It offers more than a deployed one: the user pool's key,
// and sessions of the functions' roles.
func openLocal(ctx context.Context, s *harness.Stack) (*Target, error) {
	x, err := Open(ctx, Config{Outputs: s.OutputsFile, AWS: &aws.Config{
		Credentials: credentials.NewStaticCredentialsProvider(s.AccessKeyID, s.SecretAccessKey, ""),
	}})
	if err != nil {
		return nil, err
	}
	x.Keys = s.Keys
	x.Session = func(ctx context.Context, function string) (aws.Credentials, error) {
		c, err := s.Running.Session(ctx, function)
		return aws.Credentials{AccessKeyID: c.AccessKeyID, SecretAccessKey: c.SecretAccessKey, SessionToken: c.SessionToken}, err
	}
	x.Signer = func(ctx context.Context) (aws.Credentials, error) { return x.Session(ctx, "UploadSigner") }
	for _, need := range []Need{PoolKey, Session, Signer} {
		delete(x.Lacks, need)
	}
	return x, nil
}
