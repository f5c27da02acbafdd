package presigner

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"example.com/presigned/lambda/operation"
)

// usernameOf reads a prefix from the left, the one way back. It is test code: nothing needs it at run time.
func usernameOf(prefix string) (string, error) {
	var b strings.Builder
	for prefix != "" {
		plain, rest, escaped := strings.Cut(prefix, "_")
		b.WriteString(plain)
		if !escaped {
			break
		}
		code, after, closed := strings.Cut(rest, "_")
		if !closed {
			return "", fmt.Errorf("open escape in %q", prefix)
		}
		prefix = after
		if code == "" {
			b.WriteByte('_')
			continue
		}
		r, err := strconv.ParseInt(code, 16, 32)
		if err != nil {
			return "", err
		}
		b.WriteRune(rune(r))
	}
	return b.String(), nil
}

func TestUserPrefixes(t *testing.T) {
	for username, want := range map[string]string{
		"johndoe":              "johndoe",
		"john.doe-2":           "john.doe-2",
		"john_doe":             "john__doe",
		"bob/x":                "bob_2F_x",
		".":                    "_2E_",
		"..":                   "_2E_.",
		"jane@example.com":     "jane_40_example.com",
		"a b":                  "a_20_b",
		"\U0001F600":           "_1F600_",
		"_2F_":                 "__2F__",
		"%2F":                  "_25_2F",
		"j\u043Ehndoe":         "j_43E_hndoe", // a Cyrillic letter that looks like the Latin one
		strings.Repeat("a", 3): "aaa",
	} {
		if got, err := userPrefix(username); err != nil || got != want {
			t.Errorf("%q: got %q, %v, want %q", username, got, err, want)
		}
	}
}

// Cognito takes up to 128 letters, marks, symbols, numbers and punctuation characters.
func TestTheLongestUsernamesKeyFits(t *testing.T) {
	prefix, err := userPrefix(strings.Repeat("\U000E0100", 128))
	if err != nil || len(prefix) > 896 {
		t.Errorf("got %d bytes, %v, want at most 896", len(prefix), err)
	}
}

// FuzzUserPrefix: the prefix leads back to its username, so that no two share one; it is one segment that
// nothing rewrites; and it is never a machine client's.
func FuzzUserPrefix(f *testing.F) {
	for _, seed := range []string{"johndoe", "bob/x", ".", "..", "_", "__", "_2F_", "a_", "\U0001F600", "e\u0301", "%2e", "_client-x", "\x00", "\xff", strings.Repeat("\U0010FFFF", 128)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, username string) {
		prefix, err := userPrefix(username)
		if err != nil {
			if utf8.ValidString(username) && !strings.ContainsRune(username, utf8.RuneError) && utf8.RuneCountInString(username) <= 125 {
				t.Fatalf("%q: %v", username, err)
			}
			return
		}
		if back, err := usernameOf(prefix); err != nil || back != username {
			t.Errorf("%q became %q, which leads back to %q, %v", username, prefix, back, err)
		}
		if strings.ContainsFunc(prefix, isForeign) || strings.HasPrefix(prefix, ".") {
			t.Errorf("%q became %q, which a client may rewrite", username, prefix)
		}
		if strings.HasPrefix(prefix, clientPrefix("")) {
			t.Errorf("%q became %q, a machine client's", username, prefix)
		}
	})
}

// FuzzCheckKey: a key that is accepted lies in the caller's prefix however it is read.
func FuzzCheckKey(f *testing.F) {
	for _, seed := range []string{"johndoe/1", "johndoe/../alice/1", "johndoe/a/b", "johndoe//", "johndoe/%2e%2e", "alice/1", "johndoe/\x00"} {
		f.Add("johndoe", seed)
	}
	f.Add("..", "_2E_./1")
	f.Fuzz(func(t *testing.T, username, key string) {
		prefix, err := userPrefix(username)
		if err != nil || username == "" {
			return
		}
		who := caller{name: username, prefix: prefix}
		if who.checkKey(key) != nil {
			return
		}
		if !strings.HasPrefix(key, prefix+"/") || len(key) > operation.MaxKeyBytes || strings.Contains(key, "//") ||
			strings.Contains("/"+key+"/", "/../") || strings.Contains("/"+key+"/", "/./") || strings.ContainsAny(key, "%+\\ ?#\x00") {
			t.Errorf("caller %q may use key %q", username, key)
		}
	})
}

// FuzzDecodeRequest: whatever is accepted is JSON, and says the same to Go's own decoder.
func FuzzDecodeRequest(f *testing.F) {
	for _, seed := range []string{`{}`, `{"key":"a","contentLength":1}`, `{"key":"a","key":"b"}`, `{"Key":"a"}`, `{"partNumber":1e2}`, `[`, `{"a":`, "{}x", `{"key":"\ud800"}`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body string) {
		r, err := decodeRequest(event{body: body})
		if err != nil {
			return
		}
		var plain map[string]any
		if err := json.Unmarshal([]byte(body), &plain); err != nil {
			t.Fatalf("%q was accepted: %v", body, err)
		}
		if len(plain) != len(r.sent) {
			t.Errorf("%q has %d fields, read %q", body, len(plain), r.sent)
		}
		if key, ok := plain["key"]; ok && key != r.key {
			t.Errorf("%q: got key %q, want %q", body, r.key, key)
		}
	})
}

// FuzzDecodeEvent: no event makes the function panic or sign for a caller that the claims do not name.
func FuzzDecodeEvent(f *testing.F) {
	f.Add([]byte(`{"body":"{}","requestContext":{"authorizer":{"claims":{"token_use":"access","client_id":"app","username":"johndoe"}}}}`))
	f.Add([]byte(`{"requestContext":null}`))
	f.Add([]byte(`[]`))
	f.Fuzz(func(t *testing.T, payload []byte) {
		e, err := decodeEvent(payload)
		if err != nil {
			return
		}
		who, err := Config{ClientIDs: []string{"app", ""}}.callerFrom(e.claims)
		if err == nil && who.prefix == "" {
			t.Errorf("%q: a caller without a name", payload)
		}
	})
}

// FuzzValidate: whatever passes stays within every bound that the stage and S3 set.
func FuzzValidate(f *testing.F) {
	f.Add("putObject", "image/png", int64(1), int64(1), "file")
	f.Add("uploadPart", "image/png", int64(8<<20), int64(7), "file")
	f.Add("uploadPart", "", int64(1)<<62, int64(1)<<62, "")
	c := Config{Operations: operation.Table(), MaxUploadBytes: 50 << 20, PartBytes: 8 << 20, ContentTypes: []string{"image/*"}}
	f.Fuzz(func(t *testing.T, name, contentType string, length, part int64, filename string) {
		for _, op := range c.Operations {
			if op.Name != name {
				continue
			}
			r := request{operation: name, contentType: contentType, contentLength: length, partNumber: part, filename: filename, key: "a/1", uploadID: "u"}
			for _, field := range []operation.Field{operation.ContentType, operation.ContentLength, operation.PartNumber, operation.Filename, operation.Key, operation.UploadID} {
				if op.Takes(field) {
					r.sent = append(r.sent, field)
				}
			}
			if c.validate(op, &r) != nil {
				return
			}
			if op.Takes(operation.ContentLength) && (r.contentLength < 1 || r.contentLength > c.MaxUploadBytes) {
				t.Errorf("%s of %d bytes passed", name, r.contentLength)
			}
			if name == "uploadPart" && (r.partNumber-1)*c.PartBytes+r.contentLength > c.MaxUploadBytes {
				t.Errorf("part %d of %d bytes passed", r.partNumber, r.contentLength)
			}
			if op.Takes(operation.ContentType) && !strings.HasPrefix(strings.ToLower(strings.TrimSpace(r.contentType)), "image/") {
				t.Errorf("content type %q passed", r.contentType)
			}
		}
	})
}
