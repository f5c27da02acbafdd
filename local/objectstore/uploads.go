package objectstore

import (
	"context"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/versity/versitygw/s3err"
	"github.com/versity/versitygw/s3response"
)

// uploads knows the multipart uploads that a request is about just now, for two things that the gateway does otherwise
// than S3, where an upload is there until it has become the object, and never again, and for a third:
//
//   - Until the object is written the gateway says of an upload that is being completed that it is gone, or, to a second
//     completion, that it is done. A client that has given up waiting and asks again would find neither upload nor
//     object, and start again: the content would be stored twice. So requests take turns while one completes it.
//   - A part that is whole only after its upload was completed or aborted gets 404 from S3. The gateway puts it into the
//     upload's folder, which it creates again: the upload is listed again until somebody aborts it. A client
//     that interrupts a part and then continues without it (a pause, a kill) sometimes leaves such an upload.
//   - S3 refuses a part's checksum unless createMultipartUpload announced one. The gateway takes it.
type uploads struct {
	mu          sync.Mutex
	byID        map[string]*upload
	unannounced map[string]bool // IDs of the uploads of this run that announced no checksum
}

type upload struct {
	turn     sync.Mutex
	id       string
	requests int  // that are about it
	ended    bool // it was completed or aborted meanwhile
}

func newUploads() *uploads {
	return &uploads{byID: map[string]*upload{}, unannounced: map[string]bool{}}
}

// enter is for a request that begins; leave ends it.
func (u *uploads) enter(id string) *upload {
	u.mu.Lock()
	defer u.mu.Unlock()
	one := u.byID[id]
	if one == nil {
		one = &upload{id: strings.Clone(id)} // the gateway's strings live as long as their request, which others outlive
		u.byID[one.id] = one
	}
	one.requests++
	return one
}

// leave reports whether the upload has ended since the first of the requests that are about it began.
func (u *uploads) leave(one *upload) (ended bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if one.requests--; one.requests == 0 {
		delete(u.byID, one.id)
	}
	return one.ended
}

// take waits until no other request has the upload's turn; release gives it back, and leaves.
func (u *uploads) take(id string) (one *upload, release func()) {
	one = u.enter(id)
	one.turn.Lock()
	return one, func() {
		one.turn.Unlock()
		u.leave(one)
	}
}

// wait is for who needs no turn, but comes after one that is taken.
func (one *upload) wait() {
	one.turn.Lock()
	defer one.turn.Unlock()
}

// end tells the parts that their upload is over.
func (u *uploads) end(one *upload) {
	u.mu.Lock()
	defer u.mu.Unlock()
	one.ended = true
	delete(u.unannounced, one.id)
}

// refusesChecksums reports whether the upload announced none.
func (u *uploads) refusesChecksums(id string) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.unannounced[id]
}

// CreateMultipartUpload remembers whether a checksum was announced.
func (g guard) CreateMultipartUpload(ctx context.Context, in s3response.CreateMultipartUploadInput) (s3response.InitiateMultipartUploadResult, error) {
	out, err := g.Backend.CreateMultipartUpload(ctx, in)
	if err == nil && in.ChecksumAlgorithm == "" {
		g.uploads.mu.Lock()
		defer g.uploads.mu.Unlock()
		g.uploads.unannounced[out.UploadId] = true
	}
	return out, err
}

// UploadPart refuses a checksum that was not announced, a body that ends early, and a part whose upload ended first.
func (g guard) UploadPart(ctx context.Context, in *s3.UploadPartInput) (*s3.UploadPartOutput, error) {
	if in.ChecksumSHA256 != nil && g.uploads.refusesChecksums(aws.ToString(in.UploadId)) {
		return nil, s3err.GetChecksumTypeMismatchErr("null", types.ChecksumAlgorithmSha256)
	}
	in.Body = whole(in.Body, in.ContentLength)
	one := g.uploads.enter(aws.ToString(in.UploadId))
	one.wait() // parts are sent side by side: each waits for a completion only
	out, err := g.Backend.UploadPart(ctx, in)
	if !g.uploads.leave(one) {
		return out, err
	}
	g.abortAgain(ctx, in.Bucket, in.Key, one.id)
	return nil, s3err.GetNoSuchUploadErr(one.id)
}

// CompleteMultipartUpload answers 412 to a second completion with If-None-Match, as S3 does. The gateway alone
// would take it for a retry and answer 200. It tells of the object.
func (g guard) CompleteMultipartUpload(ctx context.Context, in *s3.CompleteMultipartUploadInput) (s3response.CompleteMultipartUploadResult, string, error) {
	if err := onlyOnce(in.IfNoneMatch); err != nil {
		return s3response.CompleteMultipartUploadResult{}, "", err
	}
	one, release := g.uploads.take(aws.ToString(in.UploadId))
	defer release()
	if aws.ToString(in.IfNoneMatch) != "" {
		if _, err := g.HeadObject(ctx, &s3.HeadObjectInput{Bucket: in.Bucket, Key: in.Key}); err == nil {
			return s3response.CompleteMultipartUploadResult{}, "", s3err.GetPreconditionFailedErr(s3err.ConditionIfNoneMatch)
		}
	}
	out, version, err := g.Backend.CompleteMultipartUpload(ctx, in)
	if err == nil {
		g.endUpload(ctx, in.Bucket, in.Key, one)
		g.announce(ctx, in.Bucket, in.Key, "CompleteMultipartUpload")
	}
	return out, version, err
}

// ListParts waits for its turn.
func (g guard) ListParts(ctx context.Context, in *s3.ListPartsInput) (s3response.ListPartsResult, error) {
	_, release := g.uploads.take(aws.ToString(in.UploadId))
	defer release()
	return g.Backend.ListParts(ctx, in)
}

// AbortMultipartUpload aborts for those parts too that are still on their way.
func (g guard) AbortMultipartUpload(ctx context.Context, in *s3.AbortMultipartUploadInput) error {
	one, release := g.uploads.take(aws.ToString(in.UploadId))
	defer release()
	err := g.Backend.AbortMultipartUpload(ctx, in)
	if err == nil {
		g.endUpload(ctx, in.Bucket, in.Key, one)
	}
	return err
}

// endUpload runs after an upload was completed or aborted. It marks the upload as ended for its parts, then removes what
// parts left behind, including one that became whole meanwhile. Parts that arrive later remove their own rest.
func (g guard) endUpload(ctx context.Context, bucket, key *string, one *upload) {
	g.uploads.end(one)
	g.abortAgain(ctx, bucket, key, one.id)
}

// abortAgain removes what a late part has left of an upload, if it has.
func (g guard) abortAgain(ctx context.Context, bucket, key *string, uploadID string) {
	_ = g.Backend.AbortMultipartUpload(ctx, &s3.AbortMultipartUploadInput{Bucket: bucket, Key: key, UploadId: &uploadID})
}
