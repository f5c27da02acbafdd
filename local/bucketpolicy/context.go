package bucketpolicy

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// knownKeys are the condition keys that a request tells exactly.
func knownKeys() []string {
	return []string{
		"aws:SecureTransport", "aws:PrincipalArn", "s3:authType", "s3:signatureversion", "s3:signatureAge", "s3:TlsVersion",
		"s3:if-none-match", "s3:ObjectCreationOperation",
	}
}

// context has the values of the condition keys for one request. A key that the request does not have is absent.
type context map[string]string

// Request is what the condition keys are derived from.
type Request struct {
	Method      string
	Query       url.Values
	Header      http.Header // request headers, canonical names
	OnObject    bool        // the path names an object, not just a bucket
	PrincipalID string      // ARN of the caller: for a session the ARN of its role; "" for an anonymous one
	Now         time.Time
}

// AmzDate is the layout of X-Amz-Date.
const AmzDate = "20060102T150405Z"

// context derives the values of all condition keys. Plain http on loopback counts as TLS 1.2: test/iam proves the
// statements about it.
// Source: https://docs.aws.amazon.com/AmazonS3/latest/API/bucket-policy-s3-sigv4-conditions.html
func (r Request) context() context {
	c := context{"aws:SecureTransport": "true", "s3:TlsVersion": "1.2"}
	if r.PrincipalID != "" {
		c["aws:PrincipalArn"] = r.PrincipalID
	}
	if r.Header.Values("If-None-Match") != nil {
		c["s3:if-none-match"] = r.Header.Get("If-None-Match")
	}
	if creates, known := r.createsObject(); known {
		c["s3:ObjectCreationOperation"] = strconv.FormatBool(creates)
	}
	c["s3:authType"], c["s3:signatureversion"] = r.signature()
	if c["s3:authType"] == "" { // an anonymous request has neither
		delete(c, "s3:authType")
		delete(c, "s3:signatureversion")
	}
	signed, err := time.Parse(AmzDate, r.Query.Get("X-Amz-Date"))
	if err == nil && c["s3:authType"] == "REST-QUERY-STRING" {
		c["s3:signatureAge"] = strconv.FormatInt(r.Now.Sub(signed).Milliseconds(), 10)
	}
	return c
}

// signature says how the request is signed.
func (r Request) signature() (authType, version string) {
	const v2, v4 = "AWS", "AWS4-HMAC-SHA256"
	switch authorization := r.Header.Get("Authorization"); {
	case r.postsForm():
		return "POST", v4 // the gateway takes no other in a form
	case strings.HasPrefix(authorization, "AWS4-"):
		return "REST-HEADER", v4
	case strings.HasPrefix(authorization, "AWS "):
		return "REST-HEADER", v2
	case r.Query.Has("X-Amz-Algorithm"):
		return "REST-QUERY-STRING", v4
	case r.Query.Has("AWSAccessKeyId"):
		return "REST-QUERY-STRING", v2
	}
	return "", ""
}

// postsForm reports whether this is an upload by an HTML form: a POST to the bucket itself.
func (r Request) postsForm() bool {
	return r.Method == http.MethodPost && !r.OnObject &&
		strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/form-data")
}

// createsObject classifies the requests that need s3:PutObject: true for those that make an object appear, false
// for those that only add to a multipart upload. Other requests do not have the key.
// Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes-enforce.html
func (r Request) createsObject() (creates, known bool) {
	switch {
	case r.postsForm():
		return true, true
	case !r.OnObject:
		return false, false
	case r.Method == http.MethodPut && r.Query.Has("partNumber"):
		return false, true // UploadPart, UploadPartCopy
	case r.Method == http.MethodPut && !subresource(r.Query):
		return true, true // PutObject, CopyObject
	case r.Method == http.MethodPost && r.Query.Has("uploads"):
		return false, true // CreateMultipartUpload
	case r.Method == http.MethodPost && r.Query.Has("uploadId"):
		return true, true // CompleteMultipartUpload
	}
	return false, false
}

// subresource reports whether a PUT is on an object's ACL, tags and so on, not on the object.
func subresource(q url.Values) bool {
	return slices.ContainsFunc([]string{"acl", "tagging", "retention", "legal-hold", "torrent", "encryption", "renameObject"}, q.Has)
}
