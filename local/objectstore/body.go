package objectstore

import (
	"context"
	"io"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/versity/versitygw/s3api/middlewares"
	"github.com/versity/versitygw/s3err"
	"github.com/versity/versitygw/s3response"
)

// PutObject refuses a body that ends early, and a condition that S3 does not know. It tells of the object.
func (g guard) PutObject(ctx context.Context, in s3response.PutObjectInput) (s3response.PutObjectOutput, error) {
	if err := onlyOnce(in.IfNoneMatch); err != nil {
		return s3response.PutObjectOutput{}, err
	}
	in.Body = whole(in.Body, in.ContentLength)
	out, err := g.Backend.PutObject(ctx, in)
	if err == nil {
		g.announce(ctx, in.Bucket, in.Key, "PutObject")
	}
	return out, err
}

// onlyOnce refuses an ETag in If-None-Match: a write takes * only.
func onlyOnce(ifNoneMatch *string) error {
	if aws.ToString(ifNoneMatch) == "" || *ifNoneMatch == "*" {
		return nil
	}
	return s3err.APIError{
		Code: "NotImplemented", HTTPStatusCode: http.StatusNotImplemented,
		Description: "A header you provided implies functionality that is not implemented",
	}
}

// whole makes sure that a body is as long as was announced. The gateway's HTTP library says io.EOF to the end of a body
// and to a client that hangs up in the middle of it alike, so the gateway would keep what came, padded with zeros to the
// announced length, and answer 200: whoever pauses an upload would find it complete. A body in signed chunks, which the
// gateway wraps in a reader of its own, knows its end by itself.
func whole(body io.Reader, length *int64) io.Reader {
	if _, chunked := body.(middlewares.ChecksumReader); body == nil || chunked || length == nil {
		return body
	}
	return &announced{body, aws.ToInt64(length)}
}

type announced struct {
	io.Reader
	left int64 // bytes still to come
}

func (a *announced) Read(p []byte) (int, error) {
	n, err := a.Reader.Read(p)
	a.left -= int64(n)
	if err == io.EOF && a.left > 0 { //nolint:errorlint // io.EOF is never wrapped, by its contract
		err = s3err.GetAPIError(s3err.ErrIncompleteBody)
	}
	return n, err
}
