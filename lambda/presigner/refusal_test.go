package presigner_test

import (
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/presigned/lambda/operation"
	"example.com/presigned/lambda/presigner"
)

const okPart = `"key":"johndoe/1","uploadId":"u1"`

// refused is a request that must be refused, with this code and detail.
type refused struct {
	name   string
	config presigner.Config // everything() where it is left out
	body   string
	change change
	code   presigner.Code
	detail string
}

func (r refused) in() presigner.Config {
	if r.config.Bucket == "" {
		return everything()
	}
	return r.config
}

func (r refused) changes() []change {
	if r.change == nil {
		return nil
	}
	return []change{r.change}
}

// refusals has at least a row for each code: TestEveryCodeHasAStatusAndARefusal.
func refusals() []refused {
	uploadsOnly := everything()
	uploadsOnly.Operations = operation.Enabled(operation.Upload, operation.Single)
	expired, expiring := unbounded(), unbounded()
	expired.Credentials = session(now.Add(-time.Second))
	expiring.Credentials = session(time.UnixMilli(1595114575999)) // 0.895 s from now, and 0.999 s from X-Amz-Date
	free, alone := unbounded(), unbounded()
	alone.MaxBatch = 1
	tests := []refused{
		{name: "no body", body: "", code: presigner.InvalidJSON, detail: "empty"},
		{name: "null body", body: "ignored", change: func(e map[string]any) { e["body"] = nil }, code: presigner.InvalidJSON, detail: "empty"},
		{name: "blank body", body: " \n", code: presigner.InvalidJSON, detail: "empty"},
		{name: "not JSON", body: "key=value", code: presigner.InvalidJSON, detail: "not a JSON object"},
		{name: "an array", body: `[]`, code: presigner.InvalidJSON, detail: "not a JSON object"},
		{name: "cut short", body: `{"key":`, code: presigner.InvalidJSON, detail: "not valid JSON"},
		{name: "cut after a value", body: `{"key":"a"`, code: presigner.InvalidJSON, detail: "not valid JSON"},
		{name: "two objects", body: `{}{}`, code: presigner.InvalidJSON, detail: "continues"},
		{name: "broken base64", body: "!", change: func(e map[string]any) { e["isBase64Encoded"] = true }, code: presigner.InvalidJSON, detail: "base64"},
		{name: "large body", body: `{"key":"` + strings.Repeat("a", 8<<10) + `"}`, code: presigner.RequestTooLarge, detail: "at most 8192"},
		{name: "larger than any batch", body: `{"key":"` + strings.Repeat("a", 100*8<<10) + `"}`, code: presigner.RequestTooLarge, detail: "at most 819200"},
		{name: "batch that is no array", body: `{"requests":{}}`, code: presigner.InvalidRequest, detail: "not an array"},
		{name: "batch of null", body: `{"requests":null}`, code: presigner.InvalidRequest, detail: "want 1 to 100"},
		{name: "empty batch", body: `{"requests":[]}`, code: presigner.InvalidRequest, detail: "want 1 to 100"},
		{name: "batch beside another field", body: `{"requests":[{}],"contentLength":1}`, code: presigner.InvalidRequest, detail: "alone"},
		{name: "batch in another case", body: `{"Requests":[{}]}`, code: presigner.InvalidRequest, detail: `unknown field "Requests"`},
		{name: "101 requests", body: `{"requests":[{}` + strings.Repeat(",{}", 100) + `]}`, code: presigner.BatchTooLarge, detail: "101 requests: want at most 100"},
		{name: "batch where there are none", config: alone, body: `{"requests":[{}]}`, code: presigner.BatchTooLarge, detail: "not enabled"},
		{name: "unknown field", body: `{"bucket":"mine"}`, code: presigner.InvalidRequest, detail: `"bucket"`},
		{name: "a version to delete", body: `{"operation":"deleteObject","key":"johndoe/1","versionId":"1"}`, code: presigner.InvalidRequest, detail: `"versionId"`},
		{name: "field in another case", body: `{"Key":"johndoe/1"}`, code: presigner.InvalidRequest, detail: `"Key"`},
		{name: "field twice", body: `{"contentLength":1,"contentLength":99}`, code: presigner.InvalidRequest, detail: "twice"},
		{name: "null field", body: `{"contentType":null}`, code: presigner.InvalidRequest, detail: "null"},
		{name: "number for a string", body: `{"contentType":1}`, code: presigner.InvalidRequest, detail: "want a string"},
		{name: "string for a number", body: `{"contentLength":"1"}`, code: presigner.InvalidRequest, detail: "want a whole number"},
		{name: "fraction", body: `{"contentLength":1.5}`, code: presigner.InvalidRequest, detail: "1.5"},
		{name: "fraction with an exponent", body: `{"contentLength":1.195e2}`, code: presigner.InvalidRequest, detail: "1.195e2"},
		{name: "small fraction of a large number", body: `{"contentLength":5368709120.0000001}`, code: presigner.InvalidRequest, detail: "whole number"},
		{name: "fraction that 64 bits cannot hold", body: `{"contentLength":119.00000000000000000001}`, code: presigner.InvalidRequest, detail: "whole number"},
		{name: "number past 64 bits", body: `{"contentLength":99999999999999999999}`, code: presigner.InvalidRequest, detail: "63 bits"},
		{name: "huge exponent", body: `{"contentLength":1e999999999}`, code: presigner.InvalidRequest, detail: "63 bits"},
		{name: "tiny exponent", body: `{"contentLength":1e-999999999}`, code: presigner.InvalidRequest, detail: "want a whole number"},
		{name: "object for a string", body: `{"key":{}}`, code: presigner.InvalidRequest, detail: "an object"},
		{name: "boolean for a number", body: `{"partNumber":true}`, code: presigner.InvalidRequest, detail: "a boolean"},

		{name: "somebody else's username", body: `{"username":"alice"}`, code: presigner.UsernameMismatch, detail: `"alice"`},
		{name: "empty username", body: `{"username":""}`, code: presigner.UsernameMismatch, detail: `""`},
		{name: "beginning of one's username", body: `{"username":"john"}`, code: presigner.UsernameMismatch, detail: `"john"`},
		{name: "ID token", body: `{}`, change: withClaim("token_use", "id"), code: presigner.TokenNotAccepted, detail: "access token"},
		{name: "no token use", body: `{}`, change: withoutClaim("token_use"), code: presigner.TokenNotAccepted, detail: "access token"},
		{name: "no claims", body: `{}`, change: func(e map[string]any) { delete(e["requestContext"].(map[string]any), "authorizer") }, code: presigner.TokenNotAccepted, detail: "access token"},
		{name: "token of another app client", body: `{}`, change: withClaim("client_id", "another"), code: presigner.TokenNotAccepted, detail: `"another"`},
		{name: "token of no client", body: `{}`, change: withoutClaim("client_id"), code: presigner.TokenNotAccepted, detail: `""`},
		{name: "username of broken Unicode", body: `{}`, change: withClaim("username", "a\uFFFDb"), code: presigner.TokenNotAccepted, detail: "Unicode"},
		{name: "username that is no string", body: `{}`, change: withClaim("username", 1), code: presigner.TokenNotAccepted, detail: "not a string"},
		{name: "empty username", body: `{}`, change: withClaim("username", ""), code: presigner.TokenNotAccepted, detail: "empty"},
		{name: "username one byte past any key", body: `{}`, change: withClaim("username", strings.Repeat("\U0010FFFF", 125)+"a"), code: presigner.TokenNotAccepted, detail: "1001 bytes"},
		{name: "username past any key", body: `{}`, change: withClaim("username", strings.Repeat("\U0010FFFF", 128)), code: presigner.TokenNotAccepted, detail: "1024 bytes"},

		{name: "unknown operation", body: `{"operation":"noSuchOperation"}`, code: presigner.InvalidOperation, detail: "want one of putObject"},
		{name: "operation in another case", body: `{"operation":"PutObject"}`, code: presigner.InvalidOperation, detail: "PutObject"},
		{name: "multipart where it is off", config: uploadsOnly, body: `{"operation":"createMultipartUpload"}`, code: presigner.OperationNotEnabled, detail: "want one of putObject"},
		{name: "reading on the upload route", config: uploadsOnly, body: `{"operation":"getObject","key":"johndoe/1"}`, code: presigner.OperationNotEnabled, detail: "getObject"},
		{name: "a key of one's own for a new object", body: `{"key":"johndoe/1","contentLength":1}`, code: presigner.InvalidRequest, detail: "does not go with"},
		{name: "missing key", body: `{"operation":"getObject"}`, code: presigner.InvalidRequest, detail: `needs field "key"`},
		{name: "missing upload ID", body: `{"operation":"completeMultipartUpload","key":"johndoe/1"}`, code: presigner.InvalidRequest, detail: `"uploadId"`},
		{name: "missing part length, unbounded", config: free, body: `{"operation":"uploadPart",` + okPart + `,"partNumber":1}`, code: presigner.InvalidRequest, detail: `"contentLength"`},

		{name: "empty content type", config: free, body: `{"contentType":""}`, code: presigner.InvalidContentType, detail: "type/subtype"},
		{name: "short content type", config: free, body: `{"contentType":"a/"}`, code: presigner.InvalidContentType, detail: "2 characters: want at least 3"},
		{name: "content type without subtype", config: free, body: `{"contentType":"image"}`, code: presigner.InvalidContentType, detail: "type/subtype"},
		{name: "content type with a line break", config: free, body: `{"contentType":"image/png\r\nx: y"}`, code: presigner.InvalidContentType, detail: "printable ASCII"},
		{name: "content type beyond ASCII", config: free, body: `{"contentType":"image/png; a=\"\u00e9\""}`, code: presigner.InvalidContentType, detail: "printable ASCII"},
		{name: "long content type", config: free, body: `{"contentType":"image/` + strings.Repeat("a", 250) + `"}`, code: presigner.InvalidContentType, detail: "256 characters: want at most 255"},
		{name: "content type not on the list", body: `{"contentType":"text/html","contentLength":1}`, code: presigner.ContentTypeNotAllowed, detail: "application/json, image/*"},
		{name: "content type beginning like one on the list", body: `{"contentType":"imagex/png","contentLength":1}`, code: presigner.ContentTypeNotAllowed, detail: "imagex/png"},
		{name: "content type of a multipart upload not on the list", body: `{"operation":"createMultipartUpload","contentType":"text/html"}`, code: presigner.ContentTypeNotAllowed, detail: "text/html"},

		{name: "no length where uploads are bounded", body: `{}`, code: presigner.InvalidRequest, detail: "52428800 bytes"},
		{name: "zero length with the checksum of something", body: `{"contentLength":0,"checksumSHA256":"n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg="}`, code: presigner.InvalidChecksum, detail: "for a content length of 0"},
		{name: "an empty part", body: `{"operation":"uploadPart","key":"johndoe/1","uploadId":"u","partNumber":1,"contentLength":0}`, code: presigner.InvalidContentLength, detail: "at least 1 for a part"},
		{name: "negative length", body: `{"contentLength":-1}`, code: presigner.InvalidContentLength, detail: "is -1: want 0 to"},
		{name: "one byte past the bound", body: `{"contentLength":52428801}`, code: presigner.UploadTooLarge, detail: "at most 52428800"},
		{name: "one byte past a single PUT", config: free, body: `{"contentLength":5368709121}`, code: presigner.UploadTooLarge, detail: "is 5368709121: want 0 to 5368709120"},
		{name: "one byte past a single PUT, with a fraction of zero", config: free, body: `{"contentLength":5368709121.0}`, code: presigner.UploadTooLarge, detail: "is 5368709121:"},
		{name: "largest number", config: free, body: `{"contentLength":9223372036854775807}`, code: presigner.UploadTooLarge, detail: "is 9223372036854775807:"},

		{name: "checksum not base64", config: free, body: `{"checksumSHA256":"???"}`, code: presigner.InvalidChecksum, detail: "32 bytes"},
		{name: "checksum of another length", config: free, body: `{"checksumSHA256":"AAAA"}`, code: presigner.InvalidChecksum, detail: "32 bytes"},
		{name: "empty checksum", config: free, body: `{"checksumSHA256":""}`, code: presigner.InvalidChecksum, detail: "32 bytes"},
		{name: "checksum with a line break", config: free, body: `{"checksumSHA256":"47DEQpj8HBSa+/TImW+5JCeu\nQeRkm5NMpJWZG3hSuFU="}`, code: presigner.InvalidChecksum, detail: "32 bytes"},
		{name: "checksum with another last digit", config: free, body: `{"checksumSHA256":"47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFV="}`, code: presigner.InvalidChecksum, detail: "32 bytes"},
		{name: "other checksum algorithm", config: free, body: `{"operation":"createMultipartUpload","checksumAlgorithm":"MD5"}`, code: presigner.InvalidChecksum, detail: "SHA256"},

		{name: "other checksum mode", body: `{"operation":"getObject","key":"johndoe/1","checksumMode":"DISABLED"}`, code: presigner.InvalidChecksum, detail: "ENABLED"},

		{name: "empty upload ID", body: `{"operation":"listParts","key":"johndoe/1","uploadId":""}`, code: presigner.InvalidUploadID, detail: "printable"},
		{name: "upload ID with a space", body: `{"operation":"listParts","key":"johndoe/1","uploadId":"a b"}`, code: presigner.InvalidUploadID, detail: "printable"},
		{name: "long upload ID", body: `{"operation":"listParts","key":"johndoe/1","uploadId":"` + strings.Repeat("a", 2049) + `"}`, code: presigner.InvalidUploadID, detail: "2048"},
		{name: "part 0", body: `{"operation":"uploadPart",` + okPart + `,"partNumber":0,"contentLength":1}`, code: presigner.InvalidPartNumber, detail: "1 to 10000"},
		{name: "part 10,001", config: free, body: `{"operation":"uploadPart",` + okPart + `,"partNumber":10001,"contentLength":1}`, code: presigner.InvalidPartNumber, detail: "1 to 10000"},
		{name: "part past the part size", body: `{"operation":"uploadPart",` + okPart + `,"partNumber":1,"contentLength":8388609}`, code: presigner.UploadTooLarge, detail: "8388608"},
		{name: "last part one byte past the bound", body: `{"operation":"uploadPart",` + okPart + `,"partNumber":7,"contentLength":2097153}`, code: presigner.UploadTooLarge, detail: "at most 52428800"},
		{name: "part wholly past the bound", body: `{"operation":"uploadPart",` + okPart + `,"partNumber":8,"contentLength":1}`, code: presigner.UploadTooLarge, detail: "at most 52428800"},
		{name: "empty continuation token", body: `{"operation":"listObjectsV2","continuationToken":""}`, code: presigner.InvalidContinuationToken, detail: "printable"},
		{name: "empty start-after", body: `{"operation":"listObjectsV2","startAfter":""}`, code: presigner.KeyOutsidePrefix, detail: "outside your own prefix"},
		{name: "start-after in another's prefix", body: `{"operation":"listObjectsV2","startAfter":"janedoe/1"}`, code: presigner.KeyOutsidePrefix, detail: "outside your own prefix"},
		{name: "start-after that climbs", body: `{"operation":"listObjectsV2","startAfter":"johndoe/../janedoe"}`, code: presigner.InvalidKey, detail: "segments"},
		{name: "empty filename", body: `{"operation":"getObject","key":"johndoe/1","filename":""}`, code: presigner.InvalidFilename, detail: "want a name"},
		{name: "filename of an upload with a line break", config: free, body: `{"filename":"a\nb"}`, code: presigner.InvalidFilename, detail: "control"},
		{name: "filename of an upload with NUL", config: free, body: `{"operation":"createMultipartUpload","filename":"a\u0000b"}`, code: presigner.InvalidFilename, detail: "control"},
		{name: "filename of an upload of 256 characters", config: free, body: `{"filename":"` + strings.Repeat("a", 256) + `"}`, code: presigner.InvalidFilename, detail: "at most 255"},
		{name: "filename with DEL", body: `{"operation":"getObject","key":"johndoe/1","filename":"a\u007fb"}`, code: presigner.InvalidFilename, detail: "control"},
		{name: "filename of broken Unicode", body: `{"operation":"getObject","key":"johndoe/1","filename":"a\ud800b"}`, code: presigner.InvalidFilename, detail: "valid Unicode"},
		{name: "filename with a line break", body: `{"operation":"getObject","key":"johndoe/1","filename":"a\nb"}`, code: presigner.InvalidFilename, detail: "control"},
		{name: "credentials that end within the second", config: expiring, body: `{}`, code: presigner.CredentialsExpired, detail: "try again"},
		{name: "expired credentials", config: expired, body: `{"contentLength":1}`, code: presigner.CredentialsExpired, detail: "try again"},
	}
	for _, key := range []string{
		"", "johndoe", "/johndoe/1", "alice/1", "johndoe2/1", "JohnDoe/1", "../alice/1", "johndoe%2F1", "johndoe\\1", "j\u043Ehndoe/1", "./johndoe/1", "//johndoe/1",
	} {
		tests = append(tests, refusal("getObject", key, presigner.KeyOutsidePrefix, "outside your own prefix"))
	}
	for _, key := range []string{
		"johndoe/", "johndoe//1", "johndoe/../alice/1", "johndoe/./1", "johndoe/..", "johndoe/1/", "johndoe/a b", "johndoe/a+b", "johndoe/%2e%2e/alice/1",
		"johndoe/a\u0000b", "johndoe/\u00e9", "johndoe/a\\b", "johndoe/a?b", "johndoe/a#b", "johndoe/a*",
	} {
		tests = append(tests, refusal("getObject", key, presigner.InvalidKey, "want segments"))
	}
	tests = append(tests, refusal("getObject", "johndoe/"+strings.Repeat("1", 1017), presigner.InvalidKey, "1025 characters: want at most 1024"))
	for _, op := range operation.Table() {
		if !op.NewKey && op.Resource == operation.Objects {
			tests = append(tests, refusal(op.Name, "alice/1", presigner.KeyOutsidePrefix, "alice"))
		}
	}
	return tests
}

func TestRefusals(t *testing.T) {
	for _, tt := range refusals() {
		t.Run(tt.name, func(t *testing.T) {
			r, log := invoke(t, tt.in(), tt.body, tt.changes()...)
			checkProblem(t, r, log, tt.code, tt.detail)
		})
	}
}

// The codes are read from the source, so that a code without a status or a row is found.
func TestEveryCodeHasAStatusAndARefusal(t *testing.T) {
	source, err := os.ReadFile("problem.go")
	if err != nil {
		t.Fatal(err)
	}
	codes := regexp.MustCompile(`(?m)^\t\w+ +Code = "(\w+)"$`).FindAllSubmatch(source, -1)
	if got, want := len(codes), len(presigner.Statuses()); got != want {
		t.Errorf("problem.go has %d codes, and Statuses has %d", got, want)
	}
	rows := refusals()
	for _, match := range codes {
		code := presigner.Code(match[1])
		if status := presigner.Statuses()[code]; status < 400 || status > 599 {
			t.Errorf("%s: got status %d, want an error's: give it a row in Statuses (problem.go)", code, status)
		}
		refuses := slices.ContainsFunc(rows, func(row refused) bool { return row.code == code })
		if !refuses && code != presigner.InternalError { // TestAnInternalErrorShowsNoCause
			t.Errorf("%s: no row in TestRefusals refuses with it: add one to refusals", code)
		}
	}
}

// refusal is a row in which an operation names a key that is not allowed.
func refusal(op, key string, code presigner.Code, detail string) refused {
	quoted, _ := json.Marshal(key)
	extra := ""
	for _, o := range operation.Table() {
		if o.Name == op && o.Takes(operation.UploadID) {
			extra = `,"uploadId":"u1"`
		}
		if o.Name == op && o.Takes(operation.ContentLength) {
			extra += `,"partNumber":1,"contentLength":1`
		}
	}
	return refused{
		name: fmt.Sprintf("%s of %.40q", op, key),
		body: fmt.Sprintf(`{"operation":%q,"key":%s%s}`, op, quoted, extra),
		code: code, detail: detail,
	}
}
