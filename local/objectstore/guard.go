package objectstore

import (
	"context"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/valyala/fasthttp"
	"github.com/versity/versitygw/backend"
	"github.com/versity/versitygw/s3api/utils"
	"github.com/versity/versitygw/s3err"
)

// guard stands between the gateway and its backend. It gives the gateway the template's bucket policy, evaluated for the
// present request, and refuses what S3 refuses and the gateway takes.
//
// The gateway asks after it has authenticated the caller and passes the request itself as the context, so that the
// conditions are evaluated on what was verified. Root is never asked about: it bypasses policies in this gateway.
type guard struct {
	backend.Backend
	policies map[string]policyDocument // by bucket name
	now      func() time.Time
	uploads  *sync.Map // *upload by ID

	completed func(Object)
}

// announce reports an object that was just written. Strings of the gateway live as long as their request.
func (g guard) announce(ctx context.Context, bucket, key *string, reason string) {
	if g.completed == nil {
		return
	}
	o := Object{Bucket: strings.Clone(*bucket), Key: strings.Clone(*key), Reason: reason}
	if head, err := g.HeadObject(ctx, &s3.HeadObjectInput{Bucket: bucket, Key: key}); err == nil { // else it is deleted already
		o.Size, o.ETag, o.VersionID = aws.ToInt64(head.ContentLength), strings.Trim(aws.ToString(head.ETag), `"`), strings.Clone(aws.ToString(head.VersionId))
	}
	if request, ok := ctx.(*fasthttp.RequestCtx); ok {
		o.RequestID, _ = request.UserValue(string(utils.ContextKeyRequestID)).(string)
	}
	g.completed(o)
}

// GetBucketPolicy returns the statements whose conditions hold for this request. A bucket without a policy gets an
// empty one: with none at all the gateway would fall back to ACLs.
func (g guard) GetBucketPolicy(ctx context.Context, bucket string) ([]byte, error) {
	request, ok := ctx.(*fasthttp.RequestCtx)
	if !ok {
		return nil, s3err.GetAPIError(s3err.ErrAccessDenied) // no request, no answer: fail closed
	}
	if setsACL(request) {
		return nil, s3err.GetAPIError(s3err.ErrAclNotSupported)
	}
	return g.policies[bucket].holding(conditionValues(request, g.now()))
}

// setsACL reports whether a request sets an ACL. The bucket owner's enforced ownership takes one value only; the
// gateway ignores all of them.
func setsACL(r *fasthttp.RequestCtx) bool {
	for name := range r.Request.Header.All() {
		if strings.HasPrefix(string(name), "X-Amz-Grant-") {
			return true
		}
	}
	acl := string(r.Request.Header.Peek("X-Amz-Acl"))
	return acl != "" && acl != string(types.ObjectCannedACLBucketOwnerFullControl)
}

// PutBucketPolicy refuses: the policy is the template's, and public ones are blocked on S3 too.
func (g guard) PutBucketPolicy(context.Context, string, []byte) error {
	return s3err.GetAPIError(s3err.ErrAccessDenied)
}

// DeleteBucketPolicy refuses, as PutBucketPolicy does.
func (g guard) DeleteBucketPolicy(context.Context, string) error {
	return s3err.GetAPIError(s3err.ErrAccessDenied)
}
