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
// current request, and refuses what S3 refuses and the gateway accepts.
//
// The gateway asks for the policy after it has authenticated the caller, and passes the request as the context. So the
// conditions are evaluated on the verified request. The gateway doesn't ask for root, which bypasses policies.
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
		return nil, s3err.GetAPIError(s3err.ErrAccessDenied) // the conditions can't be evaluated without the request
	}
	if setsACL(request) {
		return nil, s3err.GetAPIError(s3err.ErrAclNotSupported)
	}
	return g.policies[bucket].forRequest(conditionValues(request, g.now()))
}

// setsACL reports whether a request sets an ACL. With the ownership BucketOwnerEnforced, S3 accepts only one
// value; the gateway ignores ACLs.
func setsACL(r *fasthttp.RequestCtx) bool {
	for name := range r.Request.Header.All() {
		if strings.HasPrefix(string(name), "X-Amz-Grant-") {
			return true
		}
	}
	acl := string(r.Request.Header.Peek("X-Amz-Acl"))
	return acl != "" && acl != string(types.ObjectCannedACLBucketOwnerFullControl)
}

// PutBucketPolicy refuses, because the policy comes from the template.
func (g guard) PutBucketPolicy(context.Context, string, []byte) error {
	return s3err.GetAPIError(s3err.ErrAccessDenied)
}

// DeleteBucketPolicy refuses, as PutBucketPolicy does.
func (g guard) DeleteBucketPolicy(context.Context, string) error {
	return s3err.GetAPIError(s3err.ErrAccessDenied)
}
