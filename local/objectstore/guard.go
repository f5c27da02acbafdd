package objectstore

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"example.com/presigned/local/bucketpolicy"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/valyala/fasthttp"
	"github.com/versity/versitygw/auth"
	"github.com/versity/versitygw/backend"
	"github.com/versity/versitygw/s3api/utils"
	"github.com/versity/versitygw/s3err"
)

// guard answers the gateway's question for a bucket's policy with the template's, evaluated for the request at hand.
//
// The gateway asks after it has authenticated the caller and passes the request itself as the context, so that the
// conditions are evaluated on what was verified. Root is never asked about: it bypasses policies in this gateway.
type guard struct {
	backend.Backend
	policies map[string]*bucketpolicy.Policy // by bucket name
	now      func() time.Time
	uploads  *uploads

	completed func(Object)
}

// announce tells of an object that was just written. Strings of the gateway live as long as their request.
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
	policy := g.policies[bucket]
	if policy == nil {
		policy = &bucketpolicy.Policy{}
	}
	request, ok := ctx.(*fasthttp.RequestCtx)
	if !ok {
		return nil, s3err.GetAPIError(s3err.ErrAccessDenied) // no request, no answer: fail closed
	}
	described := g.describe(request)
	if setsACL(described.Header) {
		return nil, s3err.GetAPIError(s3err.ErrAclNotSupported)
	}
	return policy.Holding(described.Context())
}

// setsACL reports whether a request sets an ACL. The bucket owner's enforced ownership takes one value only; the
// gateway ignores all of them.
func setsACL(h http.Header) bool {
	for name := range h {
		if strings.HasPrefix(name, "X-Amz-Grant-") {
			return true
		}
	}
	acl := h.Get("X-Amz-Acl")
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

// describe reads the request as the bucket policy's conditions see it.
func (g guard) describe(r *fasthttp.RequestCtx) bucketpolicy.Request {
	header := http.Header{}
	for k, v := range r.Request.Header.All() {
		header.Add(string(k), string(v))
	}
	query := url.Values{}
	for k, v := range r.QueryArgs().All() {
		query.Add(string(k), string(v))
	}
	_, object, _ := strings.Cut(strings.TrimPrefix(string(r.Path()), "/"), "/")
	return bucketpolicy.Request{
		Method:      string(r.Method()),
		Query:       query,
		Header:      header,
		OnObject:    object != "",
		PrincipalID: principal(r),
		Now:         g.now(),
	}
}

// principal is aws:PrincipalArn: for a session the ARN of its role, "" for an anonymous request.
func principal(r *fasthttp.RequestCtx) string {
	account, _ := r.UserValue(string(utils.ContextKeyAccount)).(auth.Account)
	if account.RoleArn != "" {
		return account.RoleArn
	}
	return account.Arn
}
