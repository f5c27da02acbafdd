package attack

import (
	"context"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"example.com/presigned/lambda/operation"
	"example.com/presigned/test/harness"
)

// Need is something that rows need from a target.
type Need string

// These are the needs that a target may lack.
const (
	Multipart Need = "uploads in parts"
	Downloads Need = "downloads"
	Listing   Need = "listing"
	Deletion  Need = "deletion"
	Origins   Need = "an allowed origin"
	Bounded   Need = "bounds on size"
	Types     Need = "a list of content types"
	HTTPS     Need = "TLS"
	Signer    Need = "credentials that sign for S3 and that the bucket policy applies to"
	Time      Need = "time to wait until a URL expires"
)

// User is a signed-in user. Tokens and password are secrets.
type User struct {
	Name, Prefix                       string // its key prefix, without the slash
	AccessToken, IDToken, RefreshToken string
	password                           string
}

// Target is a running stack, as its outputs and its answers describe it.
type Target struct {
	UploadURL, DownloadURL   string
	DeleteURL                string
	CognitoURL               string // of Cognito's API
	Region                   string
	UserPoolID, AppClientID  string
	Bucket, BucketURL        string // without a slash at the end
	ContentType              string // that the stage accepts
	Origin                   string // that the stage allows
	PartSize, MaxUploadBytes int64
	Me, Other                User
	HTTP                     *http.Client
	Lacks                    map[Need]string // the needs that it does not meet, with the reason
	Patience                 time.Duration   // how long a new object may be unreadable, because it is scanned

	Signer func(ctx context.Context) (aws.Credentials, error)

	made  *made
	admin *administrator // nil without AWS credentials
	local *harness.Stack // nil if it is deployed
	store *s3.Client
}

// URL is the endpoint of a route.
func (x *Target) URL(route operation.Route) string {
	return map[operation.Route]string{operation.Upload: x.UploadURL, operation.Download: x.DownloadURL, operation.Delete: x.DeleteURL}[route]
}

// WhyNot says why a target cannot run a table; "" if it can.
func (x *Target) WhyNot(t Table) string {
	for _, need := range t.Needs {
		if why, lacks := x.Lacks[need]; lacks {
			return string(need) + ": " + why
		}
	}
	return ""
}

// needOf has the needs of an operation.
func needOf(op operation.Operation) []Need {
	switch op.Option {
	case operation.Multipart:
		return []Need{Multipart}
	case operation.Downloads:
		return []Need{Downloads}
	case operation.Listing:
		return []Need{Listing}
	case operation.Deletion:
		return []Need{Deletion}
	}
	return nil
}
