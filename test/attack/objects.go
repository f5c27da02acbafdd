package attack

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"

	"example.com/presigned/lambda/operation"
	"example.com/presigned/test/harness"
)

const content = "nineteen bytes here"

func sumOf(content string) string {
	sum := sha256.Sum256([]byte(content))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// sized asks to put an object of some length.
func sized(length int) string {
	return fmt.Sprintf(`{"contentType":"text/plain","contentLength":%d}`, length)
}

// fullPut signs everything that putObject can sign.
func fullPut() string {
	return fmt.Sprintf(`{"contentType":"text/plain","contentLength":%d,"checksumSHA256":%q}`, len(content), sumOf(content))
}

const (
	signatureCovers = "the header is signed, so any other value breaks the signature"
	mustBeSigned    = "S3 refuses x-amz- headers that the signature does not cover"
)

// onPut is a row's attack with a full PUT.
func onPut(change tamper) func(x *Try) harness.Answer {
	return tampered(operation.Upload, fullPut(), content, change)
}

// headerRows leave off, change or empty each signed header, and add headers that are not signed.
func headerRows() []Row {
	var rows []Row
	signed := map[string]string{
		"Content-Type":          "text/html",
		"If-None-Match":         `"0123456789abcdef0123456789abcdef"`,
		"X-Amz-Checksum-Sha256": sumOf("other content"),
	}
	for _, name := range slices.Sorted(maps.Keys(signed)) {
		rows = append(rows,
			Row{name + " left off", onPut(without(name)), 403, "SignatureDoesNotMatch", signatureCovers},
			Row{name + " changed", onPut(header(name, signed[name])), 403, "SignatureDoesNotMatch", signatureCovers},
			Row{name + " empty", onPut(header(name, "")), 403, "SignatureDoesNotMatch", signatureCovers},
		)
	}
	added := map[string]string{
		"X-Amz-Acl":                    "public-read",
		"X-Amz-Tagging":                "GuardDutyMalwareScanStatus=NO_THREATS_FOUND",
		"X-Amz-Server-Side-Encryption": "aws:kms",
		"X-Amz-Server-Side-Encryption-Customer-Algorithm": "AES256",
		"X-Amz-Copy-Source":               "BUCKET/alice/1",
		"X-Amz-Website-Redirect-Location": "https://evil.example",
		"X-Amz-Object-Lock-Mode":          "COMPLIANCE",
		"X-Amz-Checksum-Crc32":            "AAAAAA==",
		"X-Amz-Write-Offset-Bytes":        "0",
	}
	for _, name := range slices.Sorted(maps.Keys(added)) {
		rows = append(rows, Row{name + " added", onPut(header(name, added[name])), 403, "AccessDenied", mustBeSigned})
	}
	return append(rows, Row{"Authorization added", onPut(header("Authorization", "Bearer x")), 400, "InvalidArgument", "S3 takes one kind of authentication"})
}

// queryRows change, leave off or add each parameter of the query.
func queryRows() []Row {
	changed := map[string]struct {
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
	}
	var rows []Row
	for _, name := range slices.Sorted(maps.Keys(changed)) {
		want := changed[name]
		rows = append(rows, Row{name + " changed", onPut(query(name, want.value)), want.status, want.code, "the whole query is signed"})
	}
	return append(rows,
		Row{"X-Amz-Expires past a week", onPut(query("X-Amz-Expires", "604801")), 400, "AuthorizationQueryParametersError", "S3 takes at most seven days"},
		Row{"X-Amz-Expires left off", onPut(inQuery(func(q url.Values) { q.Del("X-Amz-Expires") })), 400, "AuthorizationQueryParametersError", "all six parameters of the signature are required"},
		Row{"X-Amz-Security-Token left off", onPut(inQuery(func(q url.Values) { q.Del("X-Amz-Security-Token") })), 403, "InvalidAccessKeyId", "a session's key works only with its token"},
		Row{"decoded once", onPut(decoded), 403, "SignatureDoesNotMatch", "a session token has characters that a URL must encode"},
		Row{"no query at all", onPut(inQuery(func(q url.Values) { clear(q) })), 403, "AccessDenied", "the bucket refuses requests without a signature"},
	)
}

func methodRows() []Row {
	on := func(m, sent string) func(x *Try) harness.Answer {
		return tampered(operation.Upload, fullPut(), sent, method(m))
	}
	body := func(sent string) func(x *Try) harness.Answer { return tampered(operation.Upload, fullPut(), sent) }
	const covers, length = "method, path and length are signed", "the content length is signed"
	return []Row{
		{"GET", on("GET", ""), 403, "SignatureDoesNotMatch", covers},
		{"HEAD", on("HEAD", ""), 403, "", covers},
		{"DELETE", on("DELETE", ""), 403, "SignatureDoesNotMatch", covers},
		{"POST", on("POST", content), 405, "MethodNotAllowed", "S3 has no POST on an object without a subresource"},
		{"another user's key", onPut(swap("/johndoe/", "/alice/")), 403, "SignatureDoesNotMatch", covers},
		{"another object of one's own", onPut(swap("?", "1?")), 403, "SignatureDoesNotMatch", covers},
		{"another bucket", onPut(swap("BUCKET", "BUCKET-x")), 403, "SignatureDoesNotMatch", covers},
		{"the key with an encoded slash", onPut(swap("johndoe/", "johndoe%2Falice%2F")), 403, "SignatureDoesNotMatch", covers},
		{"the key with a double slash", onPut(swap("johndoe/", "johndoe//")), 403, "SignatureDoesNotMatch", covers},
		{"one byte more", body(content + "!"), 403, "SignatureDoesNotMatch", length},
		{"one byte less", body(content[1:]), 403, "SignatureDoesNotMatch", length},
		{"no body", body(""), 403, "SignatureDoesNotMatch", length},
		{"other content of the same length", body(strings.ToUpper(content)), 400, "BadDigest", "the checksum is signed, and S3 computes it"},
	}
}

// twice sends the same URL twice, which must work the first time.
func twice(body, first, second string) func(x *Try) harness.Answer {
	return func(x *Try) harness.Answer {
		p := x.put(body)
		x.must(http.StatusOK, p.Request([]byte(first)))
		return x.send(p.Request([]byte(second)))
	}
}

func reuseRows() []Row {
	return []Row{
		{"the same URL twice", twice(fullPut(), content, content), 412, "PreconditionFailed", "If-None-Match: * is signed"},
		{"other content under the same URL", twice(sized(4), "mine", "hers"), 412, "PreconditionFailed", "If-None-Match: * is signed"},
	}
}

// atOnceRows has one row. Requests of one user in the same millisecond may get the same key. Nothing is lost, because the
// second writer gets 412 and asks again.
func atOnceRows() []Row {
	return []Row{{"all are kept", func(x *Try) harness.Answer {
		const uploads = 40
		keys, tries := make([]string, uploads), make([]*Try, uploads)
		var wait sync.WaitGroup
		for i := range uploads {
			tries[i] = &Try{Target: x.Target, ctx: x.ctx}
			wait.Go(func() {
				tries[i].run(Row{Attack: func(x *Try) harness.Answer {
					keys[i] = x.uploadUntilKept(fmt.Sprintf("upload %d", i))
					return harness.Answer{}
				}})
			})
		}
		wait.Wait()
		var last harness.Answer
		for i, key := range keys {
			if len(tries[i].failures) > 0 {
				x.Fatal(tries[i].failures)
			}
			last = x.read(fmt.Sprintf(`{"key":%q}`, key))
			if got, want := string(last.Body), fmt.Sprintf("upload %d", i); got != want {
				x.Errorf("%s: got %q, want %q", key, got, want)
			}
		}
		return last
	}, 200, "", "If-None-Match: * is signed"}}
}

func (x *Try) uploadUntilKept(content string) string {
	for {
		p := x.granted(x.UploadURL, x.Me.AccessToken, sized(len(content)))
		switch a := x.send(p.Request([]byte(content))); a.Status {
		case http.StatusOK:
			return p.Key
		case http.StatusPreconditionFailed, http.StatusConflict:
		default:
			x.Fatalf("%s: got %d %s", content, a.Status, a.Body)
		}
	}
}
