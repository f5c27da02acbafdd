package attack

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"example.com/presigned/lambda/operation"
	"example.com/presigned/test/harness"
)

// otherUsersKeys has the rows for one operation: keys outside the caller's prefix, and keys that could lead there.
func otherUsersKeys(op operation.Operation) []Row {
	if !op.Takes(operation.Key) {
		return []Row{{op.Name + " with a key", asks(op.Route, requestFor(op, "johndoe/1")), 400, "InvalidRequest", "checkFields: the server chooses the key, or the prefix"}}
	}
	const own = "checkKey: a key must be in the caller's own prefix"
	const plain = "checkKey: only characters that no client or server rewrites"
	long := "johndoe/" + strings.Repeat("1", 1017)
	var rows []Row
	for _, k := range []struct {
		key, code string
		status    int
		guard     string
	}{
		{"alice/1595114575104", "KeyOutsidePrefix", 403, own},
		{"johndoe2/1", "KeyOutsidePrefix", 403, own},
		{"johndoe", "KeyOutsidePrefix", 403, own},
		{"/johndoe/1", "KeyOutsidePrefix", 403, own},
		{"JohnDoe/1", "KeyOutsidePrefix", 403, own},
		{"johndoe%2F1", "KeyOutsidePrefix", 403, own},
		{"../alice/1", "KeyOutsidePrefix", 403, own},
		{"j\u043Ehndoe/1", "KeyOutsidePrefix", 403, own},
		{"_client-APP-CLIENT/1", "KeyOutsidePrefix", 403, own},
		{"johndoe/../alice/1", "InvalidKey", 400, plain},
		{"johndoe//alice/1", "InvalidKey", 400, plain},
		{"johndoe/./1", "InvalidKey", 400, plain},
		{"johndoe/%2e%2e/alice/1", "InvalidKey", 400, plain},
		{"johndoe/..%2Falice", "InvalidKey", 400, plain},
		{"johndoe/\x00", "InvalidKey", 400, plain},
		{"johndoe/a+b", "InvalidKey", 400, plain},
		{"johndoe/\u2215alice", "InvalidKey", 400, plain},
		{"johndoe/", "InvalidKey", 400, plain},
		{"", "KeyOutsidePrefix", 403, own},
		{long, "InvalidKey", 400, "checkKey: S3 takes at most 1,024 bytes"},
	} {
		rows = append(rows, Row{fmt.Sprintf("%s %.30q", op.Name, k.key), asks(op.Route, requestFor(op, k.key)), k.status, k.code, k.guard})
	}
	return rows
}

// requestFor makes a request for an operation with its required fields, and with a key even if the operation takes none.
func requestFor(op operation.Operation, key string) string {
	body := map[operation.Field]any{"operation": op.Name}
	for _, field := range op.Required {
		body[field] = operation.Fields()[field].Example
	}
	body[operation.Key] = key
	text, err := json.Marshal(body)
	if err != nil {
		panic(err) // strings and numbers only
	}
	return string(text)
}

func requestRows() []Row {
	const model, function = "the request model", "the function"
	upload := func(body string) func(x *Try) harness.Answer { return asks(operation.Upload, body) }
	text := func(body string) func(x *Try) harness.Answer {
		return func(x *Try) harness.Answer { return x.askIn(x.UploadURL, x.Me.AccessToken, "text/plain", body) }
	}
	return []Row{
		{"somebody else's username", func(x *Try) harness.Answer {
			return x.ask(x.UploadURL, x.Me.AccessToken, fmt.Sprintf(`{"username":%q}`, x.Other.Name))
		}, 403, "UsernameMismatch", function},
		{"no payload", upload(``), 400, "InvalidJSON", function},
		{"not JSON", upload(`username=johndoe`), 400, "BadRequestBody", model},
		{"unknown field", upload(`{"bucket":"mine"}`), 400, "BadRequestBody", model},
		{"unknown field, past the model", text(`{"bucket":"mine"}`), 400, "InvalidRequest", function},
		{"unknown operation", upload(`{"operation":"noSuchOperation"}`), 400, "BadRequestBody", model},
		{"unknown operation, past the model", text(`{"operation":"noSuchOperation"}`), 400, "InvalidOperation", function},
		{"a length in quotes", upload(`{"contentLength":"1"}`), 400, "BadRequestBody", model},
		{"a length in quotes, past the model", text(`{"contentLength":"1"}`), 400, "InvalidRequest", function},
		{"negative length", upload(`{"contentLength":-1}`), 400, "InvalidContentLength", function},
		{"no length, and the checksum of something", upload(`{"contentLength":0,"checksumSHA256":"n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg="}`), 400, "InvalidChecksum", function},
		{"length past a single PUT", text(`{"contentLength":5368709121}`), 413, "UploadTooLarge", function},
		{"broken checksum", text(`{"contentType":"text/plain","contentLength":1,"checksumSHA256":"AAAA"}`), 400, "InvalidChecksum", function},
		{"empty content type", text(`{"contentType":""}`), 400, "InvalidContentType", function},
		{"a header in the content type", text(`{"contentType":"text/plain\r\nx-amz-acl: public-read"}`), 400, "InvalidContentType", function},
		{"reading on the upload route", upload(`{"operation":"getObject","key":"johndoe/1"}`), 403, "OperationNotEnabled", function},
		{"a body past 8 KiB", text(`{"key":"` + strings.Repeat("a", 8<<10) + `"}`), 413, "RequestTooLarge", function},
	}
}

func partRequestRows() []Row {
	return []Row{{"part 10,001", asks(operation.Upload, `{"operation":"uploadPart","key":"johndoe/1","uploadId":"u","partNumber":10001,"contentLength":1}`), 400, "InvalidPartNumber", "the function"}}
}

func downloadRequestRows() []Row {
	return []Row{
		{"writing on the download route", asks(operation.Download, `{"operation":"putObject"}`), 403, "OperationNotEnabled", "the function"},
		{"unknown field on the download route", asks(operation.Download, `{"bucket":"mine"}`), 400, "BadRequestBody", "the request model"},
	}
}

func deleteRequestRows() []Row {
	version := func(contentType string) func(x *Try) harness.Answer {
		return func(x *Try) harness.Answer {
			return x.askIn(x.DeleteURL, x.Me.AccessToken, contentType, `{"key":"johndoe/1","versionId":"1"}`)
		}
	}
	return []Row{
		{"writing on the delete route", asks(operation.Delete, `{"operation":"putObject"}`), 403, "OperationNotEnabled", "the function"},
		{"reading on the delete route", asks(operation.Delete, `{"operation":"getObject","key":"johndoe/1"}`), 403, "OperationNotEnabled", "the function"},
		{"deleting on the upload route", asks(operation.Upload, `{"operation":"deleteObject"}`), 403, "OperationNotEnabled", "the function"},
		{"deleting without a key", asks(operation.Delete, `{}`), 400, "InvalidRequest", "the function"},
		{"deleting a version", version("application/json"), 400, "BadRequestBody", "the request model"},
		{"deleting a version, past the model", version("text/plain"), 400, "InvalidRequest", "the function"},
	}
}

// filenameRows has one row. It uploads with filenames that try to leave the prefix, or that a client or server could rewrite.
func filenameRows() []Row {
	return []Row{{"each stays in the caller's prefix", func(x *Try) harness.Answer {
		var last harness.Answer
		for _, name := range []string{
			"banana.json", "../../alice/1", "..", ".", "/", "a/b", `a\b`, "%2e%2e%2f", "a b+c&d=e?f#g", "j\u043Ehndoe", "\u65e5\u672c\u8a9e.txt", "_2F_", "\u202egnp.exe",
			strings.Repeat("\u0434", 140) + ".pdf", strings.Repeat("a", 251) + ".txt", strings.Repeat("\U0001F600", 255),
		} {
			quoted, err := json.Marshal(name)
			if err != nil {
				x.Fatal(err)
			}
			p := x.put(fmt.Sprintf(`{"contentType":"text/plain","contentLength":%d,"filename":%s}`, len(content), quoted))
			prefix, end, _ := strings.Cut(p.Key, "/")
			if prefix != x.Me.Prefix || strings.Contains(end, "/") || len(end) > 255 || strings.ContainsFunc(end, func(r rune) bool { return r <= ' ' || r > '~' || r == '%' }) {
				x.Errorf("%q: got key %q, want one plain segment of at most 255 bytes below %s/", name, p.Key, x.Me.Prefix)
			}
			if last = x.send(p.Request([]byte(content))); last.Status != http.StatusOK {
				x.Errorf("%q: upload to %q: got %d %s", name, p.Key, last.Status, last.Body)
			}
		}
		return last
	}, 200, "", "encodeSegment: the same reversible encoding as for usernames"}}
}
