package objectstore

import (
	"context"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/versity/versitygw/s3err"
	"github.com/versity/versitygw/s3response"
)

// upload is what this run knows of a multipart upload. It is kept until the run ends, because the gateway differs from S3 in
// three ways:
//
//   - While an upload is being completed, the gateway says that it is gone, or, to a second completion, that it is done.
//     A client that repeats its request after a timeout would find neither upload nor object, and start again. The
//     content would be stored twice. So other requests wait for the completion.
//   - S3 answers 404 for a part whose last byte arrives after its upload has ended. The gateway creates the upload's
//     folder again for it, and lists the upload until somebody aborts it. A client that interrupts a part and continues
//     without it (a pause, a kill) sometimes leaves such an upload.
//   - S3 refuses a part's checksum unless createMultipartUpload announced one. The gateway accepts it. Only SHA-256 is checked.
type upload struct {
	turn       sync.Mutex  // held by a request that must not overlap with others
	ended      atomic.Bool // it was completed or aborted
	noChecksum atomic.Bool // it was created without a checksum algorithm
}

// upload finds an upload by its ID. The gateway's strings are valid only during their request, so it copies the ID.
func (g guard) upload(id *string) *upload {
	found, _ := g.uploads.LoadOrStore(strings.Clone(aws.ToString(id)), &upload{})
	return found.(*upload)
}

// wait waits until no other request holds the turn.
func (u *upload) wait() {
	u.turn.Lock()
	defer u.turn.Unlock()
}

// CreateMultipartUpload remembers whether a checksum was announced.
func (g guard) CreateMultipartUpload(ctx context.Context, in s3response.CreateMultipartUploadInput) (s3response.InitiateMultipartUploadResult, error) {
	out, err := g.Backend.CreateMultipartUpload(ctx, in)
	if err == nil {
		g.upload(&out.UploadId).noChecksum.Store(in.ChecksumAlgorithm == "")
	}
	return out, err
}

// UploadPart refuses a checksum that was not announced, a body that ends early, and a part whose upload ended first.
func (g guard) UploadPart(ctx context.Context, in *s3.UploadPartInput) (*s3.UploadPartOutput, error) {
	u := g.upload(in.UploadId)
	if in.ChecksumSHA256 != nil && u.noChecksum.Load() {
		return nil, s3err.GetChecksumTypeMismatchErr("null", types.ChecksumAlgorithmSha256)
	}
	in.Body = exactLength(in.Body, in.ContentLength)
	u.wait() // for a completion; parts don't wait for each other
	out, err := g.Backend.UploadPart(ctx, in)
	if u.ended.Load() {
		g.abortAgain(ctx, in.Bucket, in.Key, in.UploadId)
		return nil, s3err.GetNoSuchUploadErr(aws.ToString(in.UploadId))
	}
	return out, err
}

// CompleteMultipartUpload answers 412 to a second completion with If-None-Match, as S3 does. The gateway alone
// would answer 200, as for a retry. It reports the object.
func (g guard) CompleteMultipartUpload(ctx context.Context, in *s3.CompleteMultipartUploadInput) (s3response.CompleteMultipartUploadResult, string, error) {
	u := g.upload(in.UploadId)
	u.turn.Lock()
	defer u.turn.Unlock()
	if aws.ToString(in.IfNoneMatch) == "*" {
		if _, err := g.HeadObject(ctx, &s3.HeadObjectInput{Bucket: in.Bucket, Key: in.Key}); err == nil {
			return s3response.CompleteMultipartUploadResult{}, "", s3err.GetPreconditionFailedErr(s3err.ConditionIfNoneMatch)
		}
	}
	out, version, err := g.Backend.CompleteMultipartUpload(ctx, in)
	if err == nil {
		u.ended.Store(true)
		g.abortAgain(ctx, in.Bucket, in.Key, in.UploadId)
		g.announce(ctx, in.Bucket, in.Key, "CompleteMultipartUpload")
	}
	return out, version, err
}

// ListParts waits for a completion.
func (g guard) ListParts(ctx context.Context, in *s3.ListPartsInput) (s3response.ListPartsResult, error) {
	u := g.upload(in.UploadId)
	u.turn.Lock()
	defer u.turn.Unlock()
	return g.Backend.ListParts(ctx, in)
}

// AbortMultipartUpload also removes parts that arrive later.
func (g guard) AbortMultipartUpload(ctx context.Context, in *s3.AbortMultipartUploadInput) error {
	u := g.upload(in.UploadId)
	u.turn.Lock()
	defer u.turn.Unlock()
	err := g.Backend.AbortMultipartUpload(ctx, in)
	if err == nil {
		u.ended.Store(true)
		g.abortAgain(ctx, in.Bucket, in.Key, in.UploadId)
	}
	return err
}

// abortAgain removes an upload that a late part has created again. It runs when the upload has ended, because of parts
// that arrived meanwhile, and after each later part.
func (g guard) abortAgain(ctx context.Context, bucket, key, uploadID *string) {
	_ = g.Backend.AbortMultipartUpload(ctx, &s3.AbortMultipartUploadInput{Bucket: bucket, Key: key, UploadId: uploadID})
}
