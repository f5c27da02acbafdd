package attack

import (
	"context"
	"path/filepath"

	"github.com/aws/aws-sdk-go-v2/aws"

	"example.com/presigned/local/stack"
	"example.com/presigned/test/harness"
)

// StartLocal serves an assembly in this process and opens it by its outputs file, as any stack. It offers more than a
// deployed one: the user pool's key, and sessions of the functions' roles.
func StartLocal(ctx context.Context, assembly, scratch string) (*harness.Stack, *Target, error) {
	s, err := harness.Start(assembly, func(c *stack.Config) {
		c.OutputsFile = filepath.Join(scratch, "outputs.json")
	})
	if err != nil {
		return nil, nil, err
	}
	x, err := Open(ctx, Config{Outputs: s.OutputsFile, AWS: &aws.Config{
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: s.AccessKeyID, SecretAccessKey: s.SecretAccessKey}, nil
		}),
	}})
	if err != nil {
		return s, nil, err
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
	return s, x, nil
}
