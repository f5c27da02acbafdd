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

// PutObject refuses a body that ends early, and a condition that S3 does not know. It reports the object.
func (g guard) PutObject(ctx context.Context, in s3response.PutObjectInput) (s3response.PutObjectOutput, error) {
	if err := onlyAsterisk(in.IfNoneMatch); err != nil {
		return s3response.PutObjectOutput{}, err
	}
	in.Body = exactLength(in.Body, in.ContentLength)
	out, err := g.Backend.PutObject(ctx, in)
	if err == nil {
		g.announce(ctx, in.Bucket, in.Key, "PutObject")
	}
	return out, err
}

// onlyAsterisk refuses an ETag in If-None-Match, because a write accepts only *.
func onlyAsterisk(ifNoneMatch *string) error {
	if aws.ToString(ifNoneMatch) == "" || *ifNoneMatch == "*" {
		return nil
	}
	return s3err.APIError{
		Code: "NotImplemented", HTTPStatusCode: http.StatusNotImplemented,
		Description: "A header you provided implies functionality that is not implemented",
	}
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
