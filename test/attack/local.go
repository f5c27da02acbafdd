package attack

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"example.com/presigned/test/harness"
)

// openLocal opens a local run by its outputs file, like any stack. It offers one thing that a deployed stack doesn't: a
// session of the upload function's role.
func openLocal(ctx context.Context, s *harness.Stack) (*Target, error) {
	x, err := Open(ctx, Config{Outputs: s.OutputsFile, AWS: &aws.Config{
		Credentials: credentials.NewStaticCredentialsProvider(s.AccessKeyID, s.SecretAccessKey, ""),
	}})
	if err != nil {
		return nil, err
	}
	x.Signer = func(context.Context) (aws.Credentials, error) {
		c, err := s.Running.OpenSession("UploadSigner")
		return aws.Credentials{AccessKeyID: c.AccessKeyID, SecretAccessKey: c.SecretAccessKey, SessionToken: c.SessionToken}, err
	}
	delete(x.Lacks, Signer)
	x.local = s
	return x, nil
}
