package objectstore

import (
	"fmt"
	"strings"
	"time"

	"example.com/presigned/local/bucketpolicy"

	"github.com/gofiber/fiber/v3"
	"github.com/versity/versitygw/s3api/controllers"
	"github.com/versity/versitygw/s3err"
)

// logRequests writes a line for each request. Never the query: a presigned URL is a credential.
func logRequests(cfg Config) fiber.Handler {
	return func(ctx fiber.Ctx) error {
		start := cfg.Now()
		path := strings.Clone(ctx.Path()) // the gateway decodes it in place
		err := ctx.Next()
		_, _ = fmt.Fprintf(cfg.Log, "%s %s %d %v\n", ctx.Method(), path, ctx.Response().StatusCode(),
			cfg.Now().Sub(start).Round(10*time.Microsecond))
		return err
	}
}

// maxEarly is how far ahead of S3's clock a presigned URL may be dated. S3 documents 15 minutes for signed headers
// (RequestTimeTooSkewed); for URLs its answer is this one (minio/minio#2638), and the gateway has none.
const maxEarly = 15 * time.Minute

// refuseEarly refuses a presigned URL that is dated in the future, as of a signer whose clock is wrong.
func refuseEarly(cfg Config) fiber.Handler {
	return controllers.WrapMiddleware(func(ctx fiber.Ctx) error {
		date, err := time.Parse(bucketpolicy.AmzDate, ctx.Query("X-Amz-Date"))
		if err == nil && date.After(cfg.Now().Add(maxEarly)) { // one that is none is the gateway's to refuse
			return s3err.GetAPIError(s3err.ErrRequestNotReadyYet)
		}
		return nil // the wrapper goes on
	}, nil, nil)
}

// closeAfterChunks ends the connection after a request in chunks (Transfer-Encoding: chunked). The gateway reads such a
// body to the end of its content, or not at all when it refuses, and seldom to its last chunk: what is left would be taken
// for the next request, and that answered 400.
func closeAfterChunks(ctx fiber.Ctx) error {
	if ctx.Request().Header.ContentLength() == -1 {
		defer ctx.Response().Header.SetConnectionClose()
	}
	return ctx.Next()
}
