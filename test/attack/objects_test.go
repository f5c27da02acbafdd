package attack

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"example.com/presigned/test/harness"
)

const content = "nineteen bytes here"

func sumOf(content string) string {
	sum := sha256.Sum256([]byte(content))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// fullPut signs everything that putObject can sign.
func fullPut() string {
	return fmt.Sprintf(`{"contentType":"text/plain","contentLength":%d,"checksumSHA256":%q}`, len(content), sumOf(content))
}

const (
	signatureCovers = "the header is signed, so any other value breaks the signature"
	mustBeSigned    = "S3 refuses x-amz- headers that the signature does not cover"
)

// Each header that is signed, left off, changed or sent beside others that are not.
func TestSignedHeadersOfPutObject(t *testing.T) {
	var rows []row
	for name, other := range map[string]string{
		"Content-Type":          "text/html",
		"If-None-Match":         `"0123456789abcdef0123456789abcdef"`,
		"X-Amz-Checksum-Sha256": sumOf("other content"),
	} {
		rows = append(rows,
			row{name + " left off", presigned(fullPut(), []byte(content), func(r *harness.Request) { r.Header.Del(name) }), 403, "SignatureDoesNotMatch", signatureCovers},
			row{name + " changed", presigned(fullPut(), []byte(content), func(r *harness.Request) { r.Header.Set(name, other) }), 403, "SignatureDoesNotMatch", signatureCovers},
			row{name + " empty", presigned(fullPut(), []byte(content), func(r *harness.Request) { r.Header.Set(name, "") }), 403, "SignatureDoesNotMatch", signatureCovers},
		)
	}
	for name, value := range map[string]string{
		"X-Amz-Acl":                    "public-read",
		"X-Amz-Grant-Read":             `uri="http://acs.amazonaws.com/groups/global/AllUsers"`,
		"X-Amz-Tagging":                "GuardDutyMalwareScanStatus=NO_THREATS_FOUND",
		"X-Amz-Storage-Class":          "GLACIER",
		"X-Amz-Server-Side-Encryption": "aws:kms",
		"X-Amz-Server-Side-Encryption-Customer-Algorithm": "AES256",
		"X-Amz-Server-Side-Encryption-Customer-Key":       base64.StdEncoding.EncodeToString(bytes.Repeat([]byte("k"), 32)),
		"X-Amz-Server-Side-Encryption-Customer-Key-Md5":   "AAAAAAAAAAAAAAAAAAAAAA==",
		"X-Amz-Copy-Source":                               dev.Bucket + "/alice/1",
		"X-Amz-Website-Redirect-Location":                 "https://evil.example",
		"X-Amz-Object-Lock-Mode":                          "COMPLIANCE",
		"X-Amz-Meta-Note":                                 "hello",
		"X-Amz-Checksum-Crc32":                            "AAAAAA==",
		"X-Amz-Write-Offset-Bytes":                        "0",
	} {
		rows = append(rows, row{name + " added", presigned(fullPut(), []byte(content), func(r *harness.Request) { r.Header.Set(name, value) }), 403, "AccessDenied", mustBeSigned})
	}
	try(t, rows)
}

// Each parameter of the query changed, left off or added.
func TestQueryOfPutObject(t *testing.T) {
	edit := func(change func(url.Values)) func(r *harness.Request) {
		return func(r *harness.Request) {
			u, _ := url.Parse(r.URL)
			query := u.Query()
			change(query)
			u.RawQuery = query.Encode()
			r.URL = u.String()
		}
	}
	var rows []row
	for name, want := range map[string]struct {
		value  string
		status int
		code   string
	}{
		"X-Amz-Algorithm":      {"AWS4-HMAC-SHA1", 400, "AuthorizationQueryParametersError"},
		"X-Amz-Credential":     {"AKIAIOSFODNN7EXAMPLE/20260101/us-east-1/s3/aws4_request", 400, "InvalidToken"},
		"X-Amz-Date":           {"20260101T000000Z", 400, "AuthorizationQueryParametersError"},
		"X-Amz-Expires":        {"604800", 403, "SignatureDoesNotMatch"},
		"X-Amz-Security-Token": {"another", 400, "InvalidToken"},
		"X-Amz-Signature":      {strings.Repeat("0", 64), 403, "SignatureDoesNotMatch"},
		"X-Amz-SignedHeaders":  {"host", 403, "AccessDenied"},
		"x-id":                 {"DeleteObject", 403, "SignatureDoesNotMatch"},
		"versionId":            {"1", 403, "SignatureDoesNotMatch"},
		"acl":                  {"", 403, "SignatureDoesNotMatch"},
		"tagging":              {"", 403, "SignatureDoesNotMatch"},
		"uploads":              {"", 403, "SignatureDoesNotMatch"},
		"x-amz-acl":            {"public-read", 403, "SignatureDoesNotMatch"},
	} {
		rows = append(rows, row{name + " changed", presigned(fullPut(), []byte(content), edit(func(q url.Values) { q.Set(name, want.value) })), want.status, want.code, "the whole query is signed"})
	}
	rows = append(rows,
		row{"X-Amz-Expires past a week", presigned(fullPut(), []byte(content), edit(func(q url.Values) { q.Set("X-Amz-Expires", "604801") })), 400, "AuthorizationQueryParametersError", "S3 takes at most seven days"},
		row{"X-Amz-Expires left off", presigned(fullPut(), []byte(content), edit(func(q url.Values) { q.Del("X-Amz-Expires") })), 400, "AuthorizationQueryParametersError", "all six parameters of the signature are required"},
		row{"X-Amz-Security-Token left off", presigned(fullPut(), []byte(content), edit(func(q url.Values) { q.Del("X-Amz-Security-Token") })), 403, "InvalidAccessKeyId", "a session's key is good with its token only"},
		row{"no query at all", presigned(fullPut(), []byte(content), edit(func(q url.Values) { clear(q) })), 403, "AccessDenied", "the bucket lets nobody in without a signature"},
	)
	try(t, rows)
}

func TestMethodPathAndBodyOfPutObject(t *testing.T) {
	path := func(change func(string) string) func(r *harness.Request) {
		return func(r *harness.Request) {
			before, query, _ := strings.Cut(r.URL, "?")
			r.URL = change(before) + "?" + query
		}
	}
	method := func(m string) func(r *harness.Request) {
		return func(r *harness.Request) { r.Method = m }
	}
	body := func(b string) func(r *harness.Request) {
		return func(r *harness.Request) { r.Body = []byte(b) }
	}
	replace := func(old, new string) func(string) string {
		return func(s string) string { return strings.Replace(s, old, new, 1) }
	}
	const covers = "method, path and length are signed"
	rows := []row{
		{"GET", presigned(fullPut(), nil, method("GET")), 403, "SignatureDoesNotMatch", covers},
		{"HEAD", presigned(fullPut(), nil, method("HEAD")), 403, "", covers},
		{"DELETE", presigned(fullPut(), nil, method("DELETE")), 403, "SignatureDoesNotMatch", covers},
		{"POST", presigned(fullPut(), []byte(content), method("POST")), 405, "MethodNotAllowed", "S3 has no POST on an object without a subresource"},
		{"another user's key", presigned(fullPut(), []byte(content), path(replace("/johndoe/", "/alice/"))), 403, "SignatureDoesNotMatch", covers},
		{"another object of one's own", presigned(fullPut(), []byte(content), path(func(s string) string { return s + "1" })), 403, "SignatureDoesNotMatch", covers},
		{"another bucket", presigned(fullPut(), []byte(content), path(replace(dev.Bucket, "another-bucket"))), 403, "SignatureDoesNotMatch", covers},
		{"the key with an encoded slash", presigned(fullPut(), []byte(content), path(replace("johndoe/", "johndoe%2Falice%2F"))), 403, "SignatureDoesNotMatch", covers},
		{"the key with a double slash", presigned(fullPut(), []byte(content), path(replace("johndoe/", "johndoe//"))), 403, "SignatureDoesNotMatch", covers},
		{"one byte more", presigned(fullPut(), []byte(content), body(content+"!")), 403, "SignatureDoesNotMatch", "the content length is signed"},
		{"one byte less", presigned(fullPut(), []byte(content), body(content[1:])), 403, "SignatureDoesNotMatch", "the content length is signed"},
		{"no body", presigned(fullPut(), []byte(content), body("")), 403, "SignatureDoesNotMatch", "the content length is signed"},
		{"other content of the same length", presigned(fullPut(), []byte(content), body(strings.ToUpper(content))), 400, "BadDigest", "the checksum is signed, and S3 computes it"},
	}
	try(t, rows)
}

func TestReuse(t *testing.T) {
	try(t, []row{
		{"the same URL twice", func(t *testing.T) harness.Answer {
			r := put(t, fullPut()).Request([]byte(content))
			if first := r.Send(t); first.Status != http.StatusOK {
				t.Fatalf("first: got %d %s", first.Status, first.Body)
			}
			return r.Send(t)
		}, 412, "PreconditionFailed", "If-None-Match: * is signed"},
		{"other content under the same URL", func(t *testing.T) harness.Answer {
			p := put(t, `{"contentType":"text/plain"}`)
			if first := p.Request([]byte("mine")).Send(t); first.Status != http.StatusOK {
				t.Fatalf("first: got %d %s", first.Status, first.Body)
			}
			return p.Request([]byte("thine")).Send(t)
		}, 412, "PreconditionFailed", "If-None-Match: * is signed"},
	})
}

func TestWithoutASignature(t *testing.T) {
	key := upload(t, content)
	object := dev.S3URL + "/" + dev.Bucket + "/" + key
	plain := func(method, url string, body string) func(t *testing.T) harness.Answer {
		return func(t *testing.T) harness.Answer { return harness.Do(t, method, url, http.Header{}, []byte(body)) }
	}
	const private = "public access is blocked, and no statement allows anonymous callers"
	try(t, []row{
		{"read an object", plain("GET", object, ""), 403, "AccessDenied", private},
		{"list the bucket", plain("GET", dev.S3URL+"/"+dev.Bucket, ""), 403, "AccessDenied", private},
		{"list the bucket, version 2", plain("GET", dev.S3URL+"/"+dev.Bucket+"?list-type=2", ""), 403, "AccessDenied", private},
		{"list versions", plain("GET", dev.S3URL+"/"+dev.Bucket+"?versions", ""), 403, "AccessDenied", private},
		{"list uploads", plain("GET", dev.S3URL+"/"+dev.Bucket+"?uploads", ""), 403, "AccessDenied", private},
		{"read the policy", plain("GET", dev.S3URL+"/"+dev.Bucket+"?policy", ""), 403, "AccessDenied", private},
		{"write an object", plain("PUT", dev.S3URL+"/"+dev.Bucket+"/johndoe/2", "x"), 403, "AccessDenied", private},
		{"delete an object", plain("DELETE", object, ""), 403, "AccessDenied", private},
		{"open the bucket", plain("PUT", dev.S3URL+"/"+dev.Bucket+"?policy", `{"Statement":[]}`), 403, "AccessDenied", private},
		{"SigV2 in the query", plain("GET", object+"?AWSAccessKeyId=AKIA&Expires=4102444800&Signature=c2ln", ""), 400, "InvalidRequest", "S3 (and in older Regions the bucket policy) takes Signature Version 4 only"},
		{"POST form", func(t *testing.T) harness.Answer {
			form := "--b\r\nContent-Disposition: form-data; name=\"key\"\r\n\r\njohndoe/3\r\n--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"f\"\r\n\r\nx\r\n--b--\r\n"
			return harness.Do(t, "POST", dev.S3URL+"/"+dev.Bucket, http.Header{"Content-Type": {"multipart/form-data; boundary=b"}}, []byte(form))
		}, 403, "AccessDenied", private},
	})
}
