package objectstore

import (
	"bytes"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/valyala/fasthttp"
	"github.com/versity/versitygw/auth"
	"github.com/versity/versitygw/s3api/utils"
)

// conditionKeys are the condition keys whose value follows exactly from the request.
func conditionKeys() []string {
	return []string{
		"aws:SecureTransport", "aws:PrincipalArn", "s3:authType", "s3:signatureversion", "s3:signatureAge", "s3:TlsVersion",
		"s3:if-none-match", "s3:ObjectCreationOperation",
	}
}

// amzDate is the layout of X-Amz-Date.
const amzDate = "20060102T150405Z"

// conditionValues has the values of the condition keys for one request. A key that the request does not have is absent.
// Plain http on loopback counts as TLS 1.2; test/iam proves the statements about TLS.
// Source: https://docs.aws.amazon.com/AmazonS3/latest/API/bucket-policy-s3-sigv4-conditions.html
func conditionValues(r *fasthttp.RequestCtx, now time.Time) map[string][]string {
	values := map[string][]string{"aws:SecureTransport": {"true"}, "s3:TlsVersion": {"1.2"}}
	if account, _ := r.UserValue(string(utils.ContextKeyAccount)).(auth.Account); account.RoleArn != "" {
		values["aws:PrincipalArn"] = []string{account.RoleArn}
	}
	if header := r.Request.Header.Peek("If-None-Match"); header != nil {
		values["s3:if-none-match"] = []string{string(header)}
	}
	if creates, known := createsObject(r); known {
		values["s3:ObjectCreationOperation"] = []string{strconv.FormatBool(creates)}
	}
	authType, version := signature(r)
	if authType == "" { // an anonymous request
		return values
	}
	values["s3:authType"], values["s3:signatureversion"] = []string{authType}, []string{version}
	signed, err := time.Parse(amzDate, string(r.QueryArgs().Peek("X-Amz-Date")))
	if err == nil && authType == "REST-QUERY-STRING" {
		values["s3:signatureAge"] = []string{strconv.FormatInt(now.Sub(signed).Milliseconds(), 10)}
	}
	return values
}

// signature says how the request is signed.
func signature(r *fasthttp.RequestCtx) (authType, version string) {
	const v2, v4 = "AWS", "AWS4-HMAC-SHA256"
	switch authorization := string(r.Request.Header.Peek("Authorization")); {
	case postsForm(r):
		return "POST", v4 // the only signature that the gateway accepts in a form
	case strings.HasPrefix(authorization, "AWS4-"):
		return "REST-HEADER", v4
	case strings.HasPrefix(authorization, "AWS "):
		return "REST-HEADER", v2
	case r.QueryArgs().Has("X-Amz-Algorithm"):
		return "REST-QUERY-STRING", v4
	case r.QueryArgs().Has("AWSAccessKeyId"):
		return "REST-QUERY-STRING", v2
	}
	return "", ""
}

// onObject reports whether the path names an object, not just a bucket.
func onObject(r *fasthttp.RequestCtx) bool {
	_, object, _ := strings.Cut(strings.TrimPrefix(string(r.Path()), "/"), "/")
	return object != ""
}

// postsForm reports whether this is an upload by an HTML form: a POST to the bucket itself.
func postsForm(r *fasthttp.RequestCtx) bool {
	return r.IsPost() && !onObject(r) && bytes.HasPrefix(r.Request.Header.ContentType(), []byte("multipart/form-data"))
}

// createsObject returns the value of s3:ObjectCreationOperation: true for a request that makes an object appear, false for one
// that only adds to a multipart upload. Other requests do not have this key, so known is false.
// Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes-enforce.html
func createsObject(r *fasthttp.RequestCtx) (creates, known bool) {
	query := r.QueryArgs()
	switch method := string(r.Method()); {
	case postsForm(r):
		return true, true
	case !onObject(r):
		return false, false
	case method == http.MethodPut && query.Has("partNumber"):
		return false, true // UploadPart, UploadPartCopy
	case method == http.MethodPut:
		// A PUT of an object's ACL, tags and so on is not one of the object: PutObject, CopyObject.
		other := slices.ContainsFunc([]string{"acl", "tagging", "retention", "legal-hold", "torrent", "encryption", "renameObject"}, query.Has)
		return !other, !other
	case method == http.MethodPost && query.Has("uploads"):
		return false, true // CreateMultipartUpload
	case method == http.MethodPost && query.Has("uploadId"):
		return true, true // CompleteMultipartUpload
	}
	return false, false
}
