package bucketpolicy

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// The condition keys that can be told exactly from a request.
const (
	SecureTransport         = "aws:SecureTransport"
	PrincipalArn            = "aws:PrincipalArn"
	AuthType                = "s3:authType"
	SignatureVersion        = "s3:signatureversion"
	SignatureAge            = "s3:signatureAge" // milliseconds
	TLSVersion              = "s3:TlsVersion"
	IfNoneMatch             = "s3:if-none-match"
	ObjectCreationOperation = "s3:ObjectCreationOperation"
)

func keys() []string {
	return []string{
		SecureTransport, PrincipalArn, AuthType, SignatureVersion, SignatureAge, TLSVersion, IfNoneMatch,
		ObjectCreationOperation,
	}
}

// Context is the values of the condition keys for one request. A key that the request does not have is absent.
type Context map[string]string

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

// Context derives the values of all condition keys. Plain http on loopback counts as TLS 1.2: the statements about it are
// proven by test/iam.
// Source: https://docs.aws.amazon.com/AmazonS3/latest/API/bucket-policy-s3-sigv4-conditions.html
func (r Request) Context() Context {
	c := Context{SecureTransport: "true", TLSVersion: "1.2"}
	if r.PrincipalID != "" {
		c[PrincipalArn] = r.PrincipalID
	}
	if r.Header.Values("If-None-Match") != nil {
		c[IfNoneMatch] = r.Header.Get("If-None-Match")
	}
	if creates, known := r.createsObject(); known {
		c[ObjectCreationOperation] = strconv.FormatBool(creates)
	}
	r.signature(c)
	return c
}

// signature sets the keys that say how the request is signed. An anonymous request has none of them.
func (r Request) signature(c Context) {
	switch authorization := r.Header.Get("Authorization"); {
	case r.postsForm():
		c[AuthType] = "POST"
		c[SignatureVersion] = "AWS4-HMAC-SHA256" // the gateway takes no other in a form
	case strings.HasPrefix(authorization, "AWS4-"):
		c[AuthType], c[SignatureVersion] = "REST-HEADER", "AWS4-HMAC-SHA256"
	case strings.HasPrefix(authorization, "AWS "):
		c[AuthType], c[SignatureVersion] = "REST-HEADER", "AWS"
	case r.Query.Has("X-Amz-Algorithm"):
		c[AuthType], c[SignatureVersion] = "REST-QUERY-STRING", "AWS4-HMAC-SHA256"
		if signed, err := time.Parse(AmzDate, r.Query.Get("X-Amz-Date")); err == nil {
			c[SignatureAge] = strconv.FormatInt(r.Now.Sub(signed).Milliseconds(), 10)
		}
	case r.Query.Has("AWSAccessKeyId"):
		c[AuthType], c[SignatureVersion] = "REST-QUERY-STRING", "AWS"
	}
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
	if r.postsForm() {
		return true, true
	}
	if !r.OnObject {
		return false, false
	}
	switch {
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
	for _, name := range []string{"acl", "tagging", "retention", "legal-hold", "torrent", "encryption", "renameObject"} {
		if q.Has(name) {
			return true
		}
	}
	return false
}
