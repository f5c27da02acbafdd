package objectstore

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/gofiber/fiber/v3"
	"github.com/versity/versitygw/auth"
	"github.com/versity/versitygw/backend"
	"github.com/versity/versitygw/s3api/controllers"
	"github.com/versity/versitygw/s3api/utils"
	"github.com/versity/versitygw/s3err"
)

// logRequests writes a line for each request, without the query, because a presigned URL is a credential.
func logRequests(cfg Config) fiber.Handler {
	return func(ctx fiber.Ctx) error {
		start := cfg.Now()
		path := strings.Clone(ctx.Path()) // the gateway decodes it in place
		err := ctx.Next()
		cfg.Log.Printf("%s %s %d %v", ctx.Method(), path, ctx.Response().StatusCode(), cfg.Now().Sub(start).Round(10*time.Microsecond))
		return err
	}
}

// maxEarly is how far ahead of S3's clock a presigned URL may be dated. S3 documents 15 minutes for signed headers
// (RequestTimeTooSkewed). For URLs it answers as refuseAsS3 does (minio/minio#2638). The gateway has no such limit.
const maxEarly = 15 * time.Minute

// refuseAsS3 refuses two requests that S3 refuses and the gateway accepts: a presigned URL that is dated in the future, because
// the signer's clock is wrong, and one with an Authorization header, from a client that adds its token to every request
// (penpot/penpot#10776).
func refuseAsS3(cfg Config) fiber.Handler {
	return controllers.WrapMiddleware(func(ctx fiber.Ctx) error {
		date, err := time.Parse(amzDate, ctx.Query("X-Amz-Date"))
		query := ctx.Request().URI().QueryArgs()
		presigned := query.Has("X-Amz-Algorithm") || query.Has("Signature")
		switch {
		case presigned && ctx.Get("Authorization") != "":
			return s3err.APIError{
				Code: "InvalidArgument", HTTPStatusCode: http.StatusBadRequest,
				Description: "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string parameter or " +
					"the Authorization header should be specified",
			}
		case err == nil && date.After(cfg.Now().Add(maxEarly)): // the gateway refuses an invalid date
			return s3err.GetAPIError(s3err.ErrRequestNotReadyYet)
		}
		return nil // the wrapper continues
	}, nil, nil)
}

// hideMissing answers 403 instead of 404 for an object that is not there, unless the caller may list the bucket.
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html ("If you do not have the s3:ListBucket permission,
// Amazon S3 returns an HTTP status code 403 (access denied) error")
func hideMissing(be backend.Backend, iam auth.IAMService) fiber.Handler {
	return func(ctx fiber.Ctx) error {
		err := ctx.Next()
		bucket, object, _ := strings.Cut(strings.TrimPrefix(ctx.Path(), "/"), "/")
		reads := ctx.Method() == http.MethodGet || ctx.Method() == http.MethodHead
		if err != nil || !reads || object == "" || ctx.Response().StatusCode() != http.StatusNotFound ||
			ctx.Request().URI().QueryArgs().Has("uploadId") {
			return err
		}
		caller, _ := utils.ContextKeyAccount.Get(ctx).(auth.Account)
		root, _ := utils.ContextKeyIsRoot.Get(ctx).(bool)
		denied := auth.VerifyAccess(ctx, be, auth.AccessOptions{
			IsRoot: root, Acc: caller, Bucket: bucket, Actions: []auth.Action{auth.ListBucketAction}, DisableACL: true, Iam: iam,
		})
		if denied == nil { // the caller may list the bucket
			return nil
		}
		var known s3err.S3Error
		if !errors.As(denied, &known) {
			return denied
		}
		return ctx.Status(known.StatusCode()).Send(known.XMLBody(utils.EnsureRequestIDs(ctx)))
	}
}

// closeAfterChunks ends the connection after a request in chunks (Transfer-Encoding: chunked). The gateway often leaves the
// last chunks of such a body unread, and would then parse them as the next request.
func closeAfterChunks(ctx fiber.Ctx) error {
	if ctx.Request().Header.ContentLength() == -1 {
		defer ctx.Response().Header.SetConnectionClose()
	}
	return ctx.Next()
}
