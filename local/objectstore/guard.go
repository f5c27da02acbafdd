package objectstore

import (
	"context"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/valyala/fasthttp"
	"github.com/versity/versitygw/backend"
	"github.com/versity/versitygw/s3api/middlewares"
	"github.com/versity/versitygw/s3api/utils"
	"github.com/versity/versitygw/s3err"
	"github.com/versity/versitygw/s3response"
)

// guard stands between the gateway and its backend. It gives the gateway the template's bucket policy, evaluated for the
// current request, and refuses what S3 refuses and the gateway accepts.
//
// The gateway asks for the policy after it has authenticated the caller, and passes the request as the context. So the
// conditions are evaluated on the verified request. For root, which no policy restricts, the gateway doesn't ask.
type guard struct {
	backend.Backend
	policies map[string]policyDocument // by bucket name
	now      func() time.Time
	uploads  *sync.Map // *upload by ID

	completed func(Object)
}

// announce reports an object that was just written. It copies the gateway's strings, which are valid only during the request.
func (g guard) announce(ctx context.Context, bucket, key *string, reason string) {
	if g.completed == nil {
		return
	}
	o := Object{Bucket: strings.Clone(*bucket), Key: strings.Clone(*key), Reason: reason}
	if head, err := g.HeadObject(ctx, &s3.HeadObjectInput{Bucket: bucket, Key: key}); err == nil { // otherwise it was deleted meanwhile
		o.Size, o.ETag, o.VersionID = aws.ToInt64(head.ContentLength), strings.Clone(strings.Trim(aws.ToString(head.ETag), `"`)), strings.Clone(aws.ToString(head.VersionId))
	}
	if request, ok := ctx.(*fasthttp.RequestCtx); ok {
		id, _ := request.UserValue(string(utils.ContextKeyRequestID)).(string)
		o.RequestID = strings.Clone(id)
	}
	g.completed(o)
}

// GetBucketPolicy returns the statements whose conditions hold for this request. A bucket without a policy gets an
// empty one: with none at all the gateway would fall back to ACLs.
func (g guard) GetBucketPolicy(ctx context.Context, bucket string) ([]byte, error) {
	request, ok := ctx.(*fasthttp.RequestCtx)
	if !ok {
		return nil, s3err.GetAPIError(s3err.ErrAccessDenied) // the conditions can't be evaluated without the request
	}
	return g.policies[bucket].forRequest(conditionValues(request, g.now()))
}

// PutBucketPolicy refuses, because the policy comes from the template.
func (g guard) PutBucketPolicy(context.Context, string, []byte) error {
	return s3err.GetAPIError(s3err.ErrAccessDenied)
}

// DeleteBucketPolicy refuses, as PutBucketPolicy does.
func (g guard) DeleteBucketPolicy(context.Context, string) error {
	return s3err.GetAPIError(s3err.ErrAccessDenied)
}

// PutObject refuses a body that ends early. It reports the object.
func (g guard) PutObject(ctx context.Context, in s3response.PutObjectInput) (s3response.PutObjectOutput, error) {
	in.Body = exactLength(in.Body, in.ContentLength)
	out, err := g.Backend.PutObject(ctx, in)
	if err == nil {
		g.announce(ctx, in.Bucket, in.Key, "PutObject")
	}
	return out, err
}

// exactLength fails a body that is shorter than its content length. The gateway's HTTP library reports io.EOF at the end of a
// body, and also when a client hangs up in the middle of it. The gateway alone would keep what it received, padded with zeros
// to the content length, and answer 200: a paused upload would look complete. A body in signed chunks, which the
// gateway wraps in a reader of its own, has an end mark.
func exactLength(body io.Reader, length *int64) io.Reader {
	if _, chunked := body.(middlewares.ChecksumReader); body == nil || chunked || length == nil {
		return body
	}
	return &countedBody{body, *length}
}

// countedBody counts the bytes that are still to come.
type countedBody struct {
	io.Reader
	left int64 // bytes
}

func (b *countedBody) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	b.left -= int64(n)
	if err == io.EOF && b.left > 0 { //nolint:errorlint // io.EOF is never wrapped, by its contract
		err = s3err.GetAPIError(s3err.ErrIncompleteBody)
	}
	return n, err
}
