package objectstore

import (
	"context"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/versity/versitygw/s3err"
)

// underWay knows the parts that are being received, by upload ID.
//
// A part that is whole only after its upload was completed or aborted gets 404 from S3. The gateway puts it into the
// upload's folder, which it makes anew: the upload is listed again, and lies there until somebody aborts it. A client that
// breaks a part off and then goes on without it (a pause, a kill) leaves such a rest now and then.
type underWay struct {
	mu      sync.Mutex
	uploads map[string]*receiving
}

type receiving struct {
	parts int
	ended bool // the upload was completed or aborted meanwhile
}

func (w *underWay) begin(uploadID string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	r := w.uploads[uploadID]
	if r == nil {
		r = &receiving{}
		w.uploads[strings.Clone(uploadID)] = r // the gateway's strings live as long as their request, which others outlive
	}
	r.parts++
}

// done reports whether the upload has ended since the part began.
func (w *underWay) done(uploadID string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	r := w.uploads[uploadID]
	if r.parts--; r.parts == 0 {
		delete(w.uploads, uploadID)
	}
	return r.ended
}

// end tells the parts that their upload is over.
func (w *underWay) end(uploadID string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if r := w.uploads[uploadID]; r != nil {
		r.ended = true
	}
}

// UploadPart refuses a body that ends early, and a part whose upload ended first.
func (g guard) UploadPart(ctx context.Context, in *s3.UploadPartInput) (*s3.UploadPartOutput, error) {
	in.Body = whole(in.Body, in.ContentLength)
	uploadID := aws.ToString(in.UploadId)
	g.turns.take(uploadID)() // parts are sent side by side: each waits for a completion only
	g.parts.begin(uploadID)
	out, err := g.Backend.UploadPart(ctx, in)
	if !g.parts.done(uploadID) {
		return out, err
	}
	g.abortAgain(ctx, in.Bucket, in.Key, uploadID)
	return nil, s3err.GetNoSuchUploadErr(uploadID)
}

// endUpload is for an upload that is over. First its parts are told, then what one of them may have left is removed, that
// of one which was whole while the upload was ending, too: one that comes later still removes it itself.
func (g guard) endUpload(ctx context.Context, bucket, key *string, uploadID string) {
	g.parts.end(uploadID)
	g.abortAgain(ctx, bucket, key, uploadID)
}

// abortAgain removes what a late part has left of an upload, if it has.
func (g guard) abortAgain(ctx context.Context, bucket, key *string, uploadID string) {
	_ = g.Backend.AbortMultipartUpload(ctx, &s3.AbortMultipartUploadInput{Bucket: bucket, Key: key, UploadId: &uploadID})
}
