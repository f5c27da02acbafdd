package objectstore

import (
	"context"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/versity/versitygw/s3err"
	"github.com/versity/versitygw/s3response"
)

// turns gives each upload's requests their turn while one of them completes it.
//
// Until the object is written the gateway says of an upload that is being completed that it is gone, or, to a second
// completion, that it is done. A client that has given up waiting and asks again would find neither upload nor object,
// and begin anew: the content would be stored twice. On S3 an upload is there until it has become the object.
type turns struct {
	mu      sync.Mutex
	uploads map[string]*turn // by upload ID
}

type turn struct {
	sync.Mutex
	waiting int
}

// take waits for the upload's turn and returns what ends it.
func (t *turns) take(uploadID string) (end func()) {
	uploadID = strings.Clone(uploadID) // the gateway's strings live as long as their request, which others outlive
	t.mu.Lock()
	mine := t.uploads[uploadID]
	if mine == nil {
		mine = &turn{}
		t.uploads[uploadID] = mine
	}
	mine.waiting++
	t.mu.Unlock()
	mine.Lock()
	return func() {
		mine.Unlock()
		t.mu.Lock()
		defer t.mu.Unlock()
		if mine.waiting--; mine.waiting == 0 {
			delete(t.uploads, uploadID)
		}
	}
}

// CompleteMultipartUpload answers 412 to a second completion with If-None-Match, as S3 does. The gateway alone
// would take it for a retry and answer 200.
func (g guard) CompleteMultipartUpload(ctx context.Context, in *s3.CompleteMultipartUploadInput) (s3response.CompleteMultipartUploadResult, string, error) {
	defer g.turns.take(aws.ToString(in.UploadId))()
	if aws.ToString(in.IfNoneMatch) == "*" {
		if _, err := g.HeadObject(ctx, &s3.HeadObjectInput{Bucket: in.Bucket, Key: in.Key}); err == nil {
			return s3response.CompleteMultipartUploadResult{}, "", s3err.GetPreconditionFailedErr(s3err.ConditionIfNoneMatch)
		}
	}
	out, version, err := g.Backend.CompleteMultipartUpload(ctx, in)
	if err == nil {
		g.endUpload(ctx, in.Bucket, in.Key, aws.ToString(in.UploadId))
	}
	return out, version, err
}

// ListParts waits for its turn.
func (g guard) ListParts(ctx context.Context, in *s3.ListPartsInput) (s3response.ListPartsResult, error) {
	defer g.turns.take(aws.ToString(in.UploadId))()
	return g.Backend.ListParts(ctx, in)
}

// AbortMultipartUpload aborts for those parts too that are still on their way.
func (g guard) AbortMultipartUpload(ctx context.Context, in *s3.AbortMultipartUploadInput) error {
	defer g.turns.take(aws.ToString(in.UploadId))()
	err := g.Backend.AbortMultipartUpload(ctx, in)
	if err == nil {
		g.endUpload(ctx, in.Bucket, in.Key, aws.ToString(in.UploadId))
	}
	return err
}
