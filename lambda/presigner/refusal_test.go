package presigner

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/presigned/lambda/operation"
)

const okPart = `"key":"johndoe/1","uploadId":"u1"`

// refused is a request that must be refused, with this code and detail.
type refused struct {
	name   string
	config Config // configOrDefault; left out: everything()
	body   string
	change change
	code   Code
	detail string
}

func (r refused) configOrDefault() Config {
	if r.config.Bucket == "" {
		return everything()
	}
	return r.config
}

// send sends the request to a function with that configuration and custom rule.
func (r refused) send(t *testing.T, c Config, check Check) (proxyResponse, string) {
	t.Helper()
	event := eventWith(t, r.body)
	if r.change != nil {
		event = eventWith(t, r.body, r.change)
	}
	return send(t.Context(), t, c, check, func() time.Time { return now }, event)
}

// refusals has at least a row for each code: TestEveryCodeHasAStatusAndARefusal.
func refusals(t *testing.T) []refused {
	t.Helper()
	uploadsOnly := everything()
	uploadsOnly.Operations = operation.Enabled(operation.Upload, operation.Single)
	expired, expiring := unbounded(), unbounded()
	expired.Credentials = session(now.Add(-time.Second))
	expiring.Credentials = session(time.UnixMilli(1595114575999)) // 0.895 s from now, and 0.999 s from X-Amz-Date
	alone := unbounded()
	alone.MaxBatch = 1
	long := strings.Repeat("x", 101)
	tests := []refused{
		{name: "null body", body: "ignored", change: func(e map[string]any) { e["body"] = nil }, code: InvalidJSON, detail: "empty"},
		{name: "blank body", body: " \n", code: InvalidJSON, detail: "empty"},
		{name: "not JSON", body: "key=value", code: InvalidJSON, detail: "not a JSON object"},
		{name: "an array", body: `[]`, code: InvalidJSON, detail: "not a JSON object"},
		{name: "cut short", body: `{"key":`, code: InvalidJSON, detail: "not valid JSON"},
		{name: "cut after a value", body: `{"key":"a"`, code: InvalidJSON, detail: "not valid JSON"},
		{name: "two objects", body: `{}{}`, code: InvalidJSON, detail: "continues"},
		{name: "broken base64", body: "!", change: func(e map[string]any) { e["isBase64Encoded"] = true }, code: InvalidJSON, detail: "base64"},
		{name: "large body", body: `{"key":"` + strings.Repeat("a", 8<<10) + `"}`, code: RequestTooLarge, detail: "at most 8192"},
		{name: "one byte past the bound where there are no batches", config: alone, body: `{}` + strings.Repeat(" ", 8<<10-1), code: RequestTooLarge, detail: "8193 bytes"},
		{name: "larger than any batch", body: `{"key":"` + strings.Repeat("a", 100*8<<10) + `"}`, code: RequestTooLarge, detail: "at most 819200"},
		{name: "batch that is no array", body: `{"requests":{}}`, code: InvalidRequest, detail: "want an array"},
		{name: "batch of null", body: `{"requests":null}`, code: InvalidRequest, detail: "of 1 to 100"},
		{name: "empty batch", body: `{"requests":[]}`, code: InvalidRequest, detail: "of 1 to 100"},
		{name: "no array where there are no batches", config: alone, body: `{"requests":{}}`, code: BatchTooLarge, detail: "not enabled"},
		{name: "batch beside another field", body: `{"requests":[{}],"contentLength":1}`, code: InvalidRequest, detail: "alone"},
		{name: "batch in another case", body: `{"Requests":[{}]}`, code: InvalidRequest, detail: `unknown field "Requests"`},
		{name: "batch of 101", body: `{"requests":[{}` + strings.Repeat(",{}", 100) + `]}`, code: BatchTooLarge, detail: "101 requests: want at most 100"},
		{name: "batch where there are none", config: alone, body: `{"requests":[{}]}`, code: BatchTooLarge, detail: "not enabled"},
		{name: "unknown field", body: `{"bucket":"mine"}`, code: InvalidRequest, detail: `"bucket"`},
		{name: "a version to delete", body: `{"operation":"deleteObject","key":"johndoe/1","versionId":"1"}`, code: InvalidRequest, detail: `"versionId"`},
		{name: "field in another case", body: `{"Key":"johndoe/1"}`, code: InvalidRequest, detail: `"Key"`},
		{name: "field twice", body: `{"contentLength":1,"contentLength":99}`, code: InvalidRequest, detail: "twice"},
		{name: "null field", body: `{"contentType":null}`, code: InvalidRequest, detail: "null"},
		{name: "number for a string", body: `{"contentType":1}`, code: InvalidRequest, detail: "want a string"},
		{name: "string for a number", body: `{"contentLength":"1"}`, code: InvalidRequest, detail: "want a whole number"},
		{name: "fraction", body: `{"contentLength":1.5}`, code: InvalidRequest, detail: "1.5"},
		{name: "fraction with an exponent", body: `{"contentLength":1.195e2}`, code: InvalidRequest, detail: "1.195e2"},
		{name: "small fraction of a large number", body: `{"contentLength":5368709120.0000001}`, code: InvalidRequest, detail: "whole number"},
		{name: "fraction that 64 bits cannot hold", body: `{"contentLength":119.00000000000000000001}`, code: InvalidRequest, detail: "whole number"},
		{name: "number past 64 bits", body: `{"contentLength":99999999999999999999}`, code: InvalidRequest, detail: "63 bits"},
		{name: "huge exponent", body: `{"contentLength":1e999999999}`, code: InvalidRequest, detail: "63 bits"},
		{name: "tiny exponent", body: `{"contentLength":1e-999999999}`, code: InvalidRequest, detail: "want a whole number"},
		{name: "object for a string", body: `{"key":{}}`, code: InvalidRequest, detail: "an object"},
		{name: "boolean for a number", body: `{"partNumber":true}`, code: InvalidRequest, detail: "a boolean"},

		{name: "somebody else's username", body: `{"username":"alice"}`, code: UsernameMismatch, detail: `"alice"`},
		{name: "empty username in the body", body: `{"username":""}`, code: UsernameMismatch, detail: `""`},
		{name: "beginning of one's username", body: `{"username":"john"}`, code: UsernameMismatch, detail: `"john"`},
		{name: "ID token", body: `{}`, change: withClaim("token_use", "id"), code: TokenNotAccepted, detail: "access token"},
		{name: "no token use", body: `{}`, change: withoutClaim("token_use"), code: TokenNotAccepted, detail: "access token"},
		{name: "no claims", body: `{}`, change: func(e map[string]any) { delete(e["requestContext"].(map[string]any), "authorizer") }, code: TokenNotAccepted, detail: "access token"},
		{name: "token of another app client", body: `{}`, change: withClaim("client_id", "another"), code: TokenNotAccepted, detail: `"another"`},
		{name: "token of no client", body: `{}`, change: withoutClaim("client_id"), code: TokenNotAccepted, detail: `""`},
		{name: "username of broken Unicode", body: `{}`, change: withClaim("username", "a\uFFFDb"), code: TokenNotAccepted, detail: "Unicode"},
		{name: "username that is no string", body: `{}`, change: withClaim("username", 1), code: TokenNotAccepted, detail: "not a string"},
		{name: "empty username in the token", body: `{}`, change: withClaim("username", ""), code: TokenNotAccepted, detail: "empty"},
		{name: "username one byte past any key", body: `{}`, change: withClaim("username", strings.Repeat("\U0010FFFF", 125)+"a"), code: TokenNotAccepted, detail: "1001 bytes"},

		{name: "unknown operation", body: `{"operation":"noSuchOperation"}`, code: InvalidOperation, detail: "want one of putObject"},
		{name: "long unknown operation, of which the answer shows a part", body: `{"operation":"` + long + `"}`, code: InvalidOperation, detail: `"` + long[:100] + `..."`},
		{name: "unknown operation just short enough to show", body: `{"operation":"` + long[:100] + `"}`, code: InvalidOperation, detail: `"` + long[:100] + `"`},
		{name: "operation in another case", body: `{"operation":"PutObject"}`, code: InvalidOperation, detail: "PutObject"},
		{name: "multipart where it is off", config: uploadsOnly, body: `{"operation":"createMultipartUpload"}`, code: OperationNotEnabled, detail: "want one of putObject"},
		{name: "reading on the upload route", config: uploadsOnly, body: `{"operation":"getObject","key":"johndoe/1"}`, code: OperationNotEnabled, detail: "getObject"},
		{name: "a key of one's own for a new object", body: `{"key":"johndoe/1","contentLength":1}`, code: InvalidRequest, detail: "does not go with"},
		{name: "missing key", body: `{"operation":"getObject"}`, code: InvalidRequest, detail: `needs field "key"`},
		{name: "missing upload ID", body: `{"operation":"completeMultipartUpload","key":"johndoe/1"}`, code: InvalidRequest, detail: `"uploadId"`},
		{name: "missing part length, unbounded", config: unbounded(), body: `{"operation":"uploadPart",` + okPart + `,"partNumber":1}`, code: InvalidRequest, detail: `"contentLength"`},

		{name: "short content type", config: unbounded(), body: `{"contentType":"a/"}`, code: InvalidContentType, detail: "2 characters: want at least 3"},
		{name: "content type without subtype", config: unbounded(), body: `{"contentType":"image"}`, code: InvalidContentType, detail: "type/subtype"},
		{name: "content type with a line break", config: unbounded(), body: `{"contentType":"image/png\r\nx: y"}`, code: InvalidContentType, detail: "printable ASCII"},
		{name: "content type beyond ASCII", config: unbounded(), body: `{"contentType":"image/png; a=\"\u00e9\""}`, code: InvalidContentType, detail: "printable ASCII"},
		{name: "long content type", config: unbounded(), body: `{"contentType":"image/` + strings.Repeat("a", 250) + `"}`, code: InvalidContentType, detail: "256 characters: want at most 255"},
		{name: "content type not on the list", body: `{"contentType":"text/html","contentLength":1}`, code: ContentTypeNotAllowed, detail: "application/json, image/*"},
		{name: "content type beginning like one on the list", body: `{"contentType":"imagex/png","contentLength":1}`, code: ContentTypeNotAllowed, detail: "imagex/png"},
		{name: "content type of a multipart upload not on the list", body: `{"operation":"createMultipartUpload","contentType":"text/html"}`, code: ContentTypeNotAllowed, detail: "text/html"},

		{name: "no length where uploads are bounded", body: `{}`, code: InvalidRequest, detail: "52428800 bytes"},
		{name: "zero length with the checksum of something", body: `{"contentLength":0,"checksumSHA256":"n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg="}`, code: InvalidChecksum, detail: "for a content length of 0"},
		{name: "an empty part", body: `{"operation":"uploadPart","key":"johndoe/1","uploadId":"u","partNumber":1,"contentLength":0}`, code: InvalidContentLength, detail: "at least 1 for a part"},
		{name: "negative length", body: `{"contentLength":-1}`, code: InvalidContentLength, detail: "is -1: want 0 to"},
		{name: "one byte past the bound", body: `{"contentLength":52428801}`, code: UploadTooLarge, detail: "at most 52428800"},
		{name: "one byte past a single PUT", config: unbounded(), body: `{"contentLength":5368709121}`, code: UploadTooLarge, detail: "is 5368709121: want 0 to 5368709120"},
		{name: "largest number", config: unbounded(), body: `{"contentLength":9223372036854775807}`, code: UploadTooLarge, detail: "is 9223372036854775807:"},

		{name: "checksum not base64", config: unbounded(), body: `{"checksumSHA256":"???"}`, code: InvalidChecksum, detail: "32 bytes"},
		{name: "checksum with a line break", config: unbounded(), body: `{"checksumSHA256":"47DEQpj8HBSa+/TImW+5JCeu\nQeRkm5NMpJWZG3hSuFU="}`, code: InvalidChecksum, detail: "32 bytes"},
		{name: "checksum with another last digit", config: unbounded(), body: `{"checksumSHA256":"47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFV="}`, code: InvalidChecksum, detail: "32 bytes"},
		{name: "other checksum algorithm", config: unbounded(), body: `{"operation":"createMultipartUpload","checksumAlgorithm":"MD5"}`, code: InvalidChecksum, detail: "SHA256"},

		{name: "other checksum mode", body: `{"operation":"getObject","key":"johndoe/1","checksumMode":"DISABLED"}`, code: InvalidChecksum, detail: "ENABLED"},

		{name: "upload ID with a space", body: `{"operation":"listParts","key":"johndoe/1","uploadId":"a b"}`, code: InvalidUploadID, detail: "printable"},
		{name: "long upload ID", body: `{"operation":"listParts","key":"johndoe/1","uploadId":"` + strings.Repeat("a", 2049) + `"}`, code: InvalidUploadID, detail: "2048"},
		{name: "part 0", body: `{"operation":"uploadPart",` + okPart + `,"partNumber":0,"contentLength":1}`, code: InvalidPartNumber, detail: "1 to 10000"},
		{name: "part 10,001", config: unbounded(), body: `{"operation":"uploadPart",` + okPart + `,"partNumber":10001,"contentLength":1}`, code: InvalidPartNumber, detail: "1 to 10000"},
		{name: "part past the part size", body: `{"operation":"uploadPart",` + okPart + `,"partNumber":1,"contentLength":8388609}`, code: UploadTooLarge, detail: "8388608"},
		{name: "last part one byte past the bound", body: `{"operation":"uploadPart",` + okPart + `,"partNumber":7,"contentLength":2097153}`, code: UploadTooLarge, detail: "at most 52428800"},
		{name: "part wholly past the bound", body: `{"operation":"uploadPart",` + okPart + `,"partNumber":8,"contentLength":1}`, code: UploadTooLarge, detail: "at most 52428800"},
		{name: "empty continuation token", body: `{"operation":"listObjectsV2","continuationToken":""}`, code: InvalidContinuationToken, detail: "printable"},
		{name: "empty start-after", body: `{"operation":"listObjectsV2","startAfter":""}`, code: KeyOutsidePrefix, detail: "outside your own prefix"},
		{name: "start-after in another's prefix", body: `{"operation":"listObjectsV2","startAfter":"janedoe/1"}`, code: KeyOutsidePrefix, detail: "outside your own prefix"},
		{name: "start-after that climbs", body: `{"operation":"listObjectsV2","startAfter":"johndoe/../janedoe"}`, code: InvalidKey, detail: "segments"},
		{name: "filename of an upload with a line break", config: unbounded(), body: `{"filename":"a\nb"}`, code: InvalidFilename, detail: "control"},
		{name: "filename of an upload of 256 characters", config: unbounded(), body: `{"filename":"` + strings.Repeat("a", 256) + `"}`, code: InvalidFilename, detail: "at most 255"},
		{name: "filename with DEL", body: `{"operation":"getObject","key":"johndoe/1","filename":"a\u007fb"}`, code: InvalidFilename, detail: "control"},
		{name: "filename of broken Unicode", body: `{"operation":"getObject","key":"johndoe/1","filename":"a\ud800b"}`, code: InvalidFilename, detail: "valid Unicode"},
		{name: "credentials that end within the second", config: expiring, body: `{}`, code: CredentialsExpired, detail: "try again"},
		{name: "expired credentials", config: expired, body: `{"contentLength":1}`, code: CredentialsExpired, detail: "try again"},
	}
	getObject := operation.Enabled(operation.Download, operation.Downloads)[0]
	for _, key := range []string{
		"", "johndoe", "/johndoe/1", "alice/1", "johndoe2/1", "JohnDoe/1", "../alice/1", "johndoe%2F1", "johndoe\\1", "j\u043Ehndoe/1", "./johndoe/1", "//johndoe/1",
	} {
		tests = append(tests, refusal(t, getObject, key, KeyOutsidePrefix, "outside your own prefix"))
	}
	for _, key := range []string{
		"johndoe/", "johndoe//1", "johndoe/../alice/1", "johndoe/./1", "johndoe/..", "johndoe/1/", "johndoe/a b", "johndoe/a+b", "johndoe/%2e%2e/alice/1",
		"johndoe/a\u0000b", "johndoe/\u00e9", "johndoe/a\\b", "johndoe/a?b", "johndoe/a#b", "johndoe/a*",
	} {
		tests = append(tests, refusal(t, getObject, key, InvalidKey, `want segments of letters, digits and "-._"; no segment may be empty, "." or ".."`))
	}
	tests = append(tests, refusal(t, getObject, "johndoe/"+strings.Repeat("1", 1017), InvalidKey, "1025 characters: want at most 1024"))
	for _, op := range operation.Table() {
		if !op.NewKey && op.Resource == operation.Objects {
			tests = append(tests, refusal(t, op, "alice/1", KeyOutsidePrefix, "alice"))
		}
	}
	return tests
}

func TestRefusals(t *testing.T) {
	for _, tt := range refusals(t) {
		t.Run(tt.name, func(t *testing.T) {
			r, log := tt.send(t, tt.configOrDefault(), nil)
			got, status := decoded[Problem](t, r.Body), Statuses()[tt.code]
			want := *newProblem(status, tt.code, got.Detail)
			want.RequestID, want.MaxBatch = "JKJaXmPLvHcESHA=", got.MaxBatch
			if got != want || r.StatusCode != status || r.Headers["Content-Type"] != "application/problem+json" {
				t.Errorf("got %d %v %s, want %+v", r.StatusCode, r.Headers, r.Body, want)
			}
			if !strings.Contains(got.Detail, tt.detail) {
				t.Errorf("detail: got %q, want it to say %q", got.Detail, tt.detail)
			}
			for _, want := range []string{`"level":"INFO"`, `"outcome":"refused"`, `"code":"` + string(tt.code) + `"`} {
				if !strings.Contains(log, want) {
					t.Errorf("got log %s, want %s", log, want)
				}
			}
			if strings.Contains(r.Body, "X-Amz-") {
				t.Errorf("a refusal carries a signature: %s", r.Body)
			}
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
	if got, want := len(codes), len(Statuses()); got != want {
		t.Errorf("problem.go has %d codes, and Statuses has %d", got, want)
	}
	rows := refusals(t)
	for _, match := range codes {
		code := Code(match[1])
		if status := Statuses()[code]; status < 400 || status > 599 {
			t.Errorf("%s: got status %d, want an error's: give it a row in Statuses (problem.go)", code, status)
		}
		refuses := slices.ContainsFunc(rows, func(row refused) bool { return row.code == code })
		if !refuses && code != InternalError { // TestAnInternalErrorShowsNoCause
			t.Errorf("%s: no row in TestRefusals refuses with it: add one to refusals", code)
		}
	}
}

// refusal is a row in which an operation names a key that is not allowed.
func refusal(t *testing.T, op operation.Operation, key string, code Code, detail string) refused {
	t.Helper()
	return refused{name: fmt.Sprintf("%s of %.40q", op.Name, key), body: full(t, op, map[operation.Field]any{operation.Key: key}), code: code, detail: detail}
}
