package attack

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"example.com/presigned/lambda/operation"
	"example.com/presigned/test/harness"
)

// asks is a row's attack on an endpoint as johndoe.
func asks(url, body string) func(t *testing.T) harness.Answer {
	return func(t *testing.T) harness.Answer { return harness.Ask(t, url, dev.TokenOf("johndoe"), body) }
}

func TestOtherUsersKeys(t *testing.T) {
	const own = "checkKey: a key lies in the caller's own prefix"
	const plain = "checkKey: only characters that nothing on the way rewrites"
	long := "johndoe/" + strings.Repeat("1", 1017)
	var rows []row
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
		{"_client-" + dev.AppClientID + "/1", "KeyOutsidePrefix", 403, own},
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
		for _, op := range operation.Table() {
			if op.Takes(operation.Key) {
				rows = append(rows, row{fmt.Sprintf("%s %.30q", op.Name, k.key), asks(dev.URLOf(op), naming(t, op, k.key)), k.status, k.code, k.guard})
			}
		}
	}
	for _, op := range operation.Table() {
		if !op.Takes(operation.Key) {
			ask := asks(dev.URLOf(op), naming(t, op, "johndoe/1"))
			rows = append(rows, row{op.Name + " with a key", ask, 400, "InvalidRequest", "checkFields: the server chooses the key, or the prefix"})
		}
	}
	try(t, rows)
}

// naming is a request for an operation with all that it needs, and with a key even where it takes none.
func naming(t *testing.T, op operation.Operation, key string) string {
	t.Helper()
	body := map[operation.Field]any{"operation": op.Name}
	for _, field := range op.Required {
		body[field] = operation.Fields()[field].Example
	}
	body[operation.Key] = key
	text, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestRequestsThatTheStackRefuses(t *testing.T) {
	const model, function = "the request model", "the function"
	text := func(body string) func(t *testing.T) harness.Answer {
		return func(t *testing.T) harness.Answer {
			return harness.AskIn(t, dev.UploadURL, dev.TokenOf("johndoe"), "text/plain", body)
		}
	}
	try(t, []row{
		{"somebody else's username", asks(dev.UploadURL, `{"username":"alice"}`), 403, "UsernameMismatch", function},
		{"no payload", asks(dev.UploadURL, ``), 400, "InvalidJSON", function},
		{"not JSON", asks(dev.UploadURL, `username=johndoe`), 400, "BadRequestBody", model},
		{"unknown field", asks(dev.UploadURL, `{"bucket":"mine"}`), 400, "BadRequestBody", model},
		{"unknown field, past the model", text(`{"bucket":"mine"}`), 400, "InvalidRequest", function},
		{"unknown operation", asks(dev.UploadURL, `{"operation":"noSuchOperation"}`), 400, "BadRequestBody", model},
		{"unknown operation, past the model", text(`{"operation":"noSuchOperation"}`), 400, "InvalidOperation", function},
		{"a length in quotes", asks(dev.UploadURL, `{"contentLength":"1"}`), 400, "BadRequestBody", model},
		{"a length in quotes, past the model", text(`{"contentLength":"1"}`), 400, "InvalidRequest", function},
		{"zero length", asks(dev.UploadURL, `{"contentLength":0}`), 400, "InvalidContentLength", function},
		{"length past a single PUT", text(`{"contentLength":5368709121}`), 413, "UploadTooLarge", function},
		{"broken checksum", text(`{"checksumSHA256":"AAAA"}`), 400, "InvalidChecksum", function},
		{"empty content type", text(`{"contentType":""}`), 400, "InvalidContentType", function},
		{"a header in the content type", text(`{"contentType":"text/plain\r\nx-amz-acl: public-read"}`), 400, "InvalidContentType", function},
		{"part 10,001", text(`{"operation":"uploadPart","key":"johndoe/1","uploadId":"u","partNumber":10001,"contentLength":1}`), 400, "InvalidPartNumber", function},
		{"reading on the upload route", asks(dev.UploadURL, `{"operation":"getObject","key":"johndoe/1"}`), 403, "OperationNotEnabled", function},
		{"writing on the download route", asks(dev.DownloadURL, `{"operation":"putObject"}`), 403, "OperationNotEnabled", function},
		{"a body past 8 KiB", text(`{"key":"` + strings.Repeat("a", 8<<10) + `"}`), 413, "RequestTooLarge", function},
	})
}

// Each name is one segment of its own: nobody's prefix lies in, equals, or is rewritten into another's.
func TestUsernamesBecomeOneSegment(t *testing.T) {
	seen := map[string]string{}
	for _, username := range []string{
		"johndoe", "bob", "bob/x", "bob/../alice", "..", ".", "a b", "\U0001F600", strings.Repeat("x", 128), strings.Repeat("\U0001F600", 128),
		"%2e%2e", "a+b", "a_b", "a__b", "A_2F_B", "A/B", "jane@example.com", "_client-" + dev.AppClientID, "j\u043Ehndoe", "e\u0301", "\u00e9",
	} {
		p := harness.Presign(t, dev.UploadURL, dev.TokenOf(username), `{"contentType":"text/plain"}`)
		// The local store keeps each segment of a key as a file's name, which ends at 255 bytes; S3 does not.
		if a := p.Request([]byte(username)).Send(t); a.Status != http.StatusOK && len(p.Key) < 255 {
			t.Errorf("%.20q: upload to %q: got %d %s", username, p.Key, a.Status, a.Body)
		}
		prefix, name, _ := strings.Cut(p.Key, "/")
		if strings.Contains(name, "/") || prefix == "." || prefix == ".." || len(p.Key) > operation.MaxKeyBytes {
			t.Errorf("%.20q: key %q is not one segment and a number", username, p.Key)
		}
		if other, taken := seen[prefix]; taken {
			t.Errorf("%.20q and %.20q share prefix %q", username, other, prefix)
		}
		seen[prefix] = username
	}
}

func TestAMachineClientHasItsOwnPrefix(t *testing.T) {
	claims := dev.Claims("")
	delete(claims, "username")
	claims["scope"] = "uploads/write"
	p := harness.Presign(t, dev.UploadURL, dev.Token(claims), `{}`)
	if want := "_client-" + dev.AppClientID + "/"; !strings.HasPrefix(p.Key, want) {
		t.Errorf("key: got %q, want prefix %q", p.Key, want)
	}
}
