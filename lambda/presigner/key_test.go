package presigner

import (
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"example.com/presigned/lambda/operation"
)

var escape = regexp.MustCompile(`_([0-9A-F]*)_`)

// usernameOf decodes a prefix from left to right. Only tests need it.
func usernameOf(prefix string) string {
	return escape.ReplaceAllStringFunc(prefix, func(code string) string {
		if code == "__" {
			return "_"
		}
		r, _ := strconv.ParseInt(strings.Trim(code, "_"), 16, 32)
		return string(rune(r))
	})
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

func TestFilenamesBecomeTheEndOfTheKey(t *testing.T) {
	johndoe, long := Caller{Name: "johndoe", Prefix: "johndoe"}, Caller{Prefix: strings.Repeat("_E0100_", 128)}
	longest := Caller{Prefix: strings.Repeat("_10FFFF_", 125)}
	const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-."
	for _, tt := range []struct {
		who            Caller
		filename, want string
	}{
		{johndoe, "", "1595114575104"},
		{johndoe, plain, "1595114575104-" + plain},
		{johndoe, "banana.json", "1595114575104-banana.json"},
		{johndoe, "my photo_1.png", "1595114575104-my_20_photo__1.png"},
		{johndoe, "../../alice/1", "1595114575104-_2E_._2F_.._2F_alice_2F_1"},
		{johndoe, ".profile", "1595114575104-_2E_profile"},
		{johndoe, "\u65e5\u672c.txt", "1595114575104-_65E5__672C_.txt"},
		{johndoe, strings.Repeat("a", 251) + ".tar", "1595114575104-" + strings.Repeat("a", 237) + ".tar"},
		{johndoe, strings.Repeat("\u0434", 140) + ".pdf", "1595114575104-" + strings.Repeat("_434_", 47) + ".pdf"},
		{johndoe, "a." + strings.Repeat("b", 250), "1595114575104-a." + strings.Repeat("b", 239)}, // no extension is that long
		{johndoe, strings.Repeat("a", 250) + "." + strings.Repeat("x", 19), "1595114575104-" + strings.Repeat("a", 221) + "." + strings.Repeat("x", 19)},
		{johndoe, strings.Repeat("a", 250) + "." + strings.Repeat("x", 20), "1595114575104-" + strings.Repeat("a", 241)}, // not an extension
		{longest, "abcdefghij.abcdefgh", "1595114575104-abcdefghi"},                                                      // half of the room is for the name
		{long, "banana.json", "1595114575104-banana.json"},
		{long, strings.Repeat("a", 200) + ".json", "1595114575104-" + strings.Repeat("a", 108) + ".json"},
	} {
		key := tt.who.newKey(time.UnixMilli(1595114575104), tt.filename)
		if got, want := key, tt.who.Prefix+"/"+tt.want; got != want {
			t.Errorf("%q:\n got %s\nwant %s", tt.filename, got, want)
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

// FuzzUserPrefix: a prefix can be decoded to its username, so no two usernames share one. It is one segment that nothing
// rewrites, and never a machine client's.
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
		if back := usernameOf(prefix); back != username {
			t.Errorf("%q became %q, which is decoded to %q", username, prefix, back)
		}
		if strings.ContainsFunc(prefix, isForbidden) || strings.HasPrefix(prefix, ".") {
			t.Errorf("%q became %q, which a client may rewrite", username, prefix)
		}
		if strings.HasPrefix(prefix, clientPrefix("")) {
			t.Errorf("%q became %q, a machine client's", username, prefix)
		}
	})
}

// FuzzNewKey: a filename gives a key in the caller's prefix that later operations accept. A file system accepts its last
// segment. A filename that was not shortened can be decoded.
func FuzzNewKey(f *testing.F) {
	for _, seed := range []string{"banana.json", "..", "/", "a/b", "_", "%2e", "\x00", "\U0010FFFF", strings.Repeat("\u0434", 255), "a." + strings.Repeat("b", 253)} {
		f.Add("johndoe", seed)
	}
	f.Fuzz(func(t *testing.T, username, filename string) {
		prefix, err := userPrefix(username)
		if err != nil || !utf8.ValidString(filename) {
			return
		}
		who := Caller{Name: username, Prefix: prefix}
		key := who.newKey(time.UnixMilli(1595114575104), filename)
		if err := who.checkKey(key); err != nil || len(key) > operation.MaxKeyBytes {
			t.Fatalf("%q: got key %q, %v", filename, key, err)
		}
		segment := strings.TrimPrefix(key, prefix+"/")
		if len(segment) > 255 {
			t.Errorf("%q: got a segment of %d bytes", filename, len(segment))
		}
		_, name, _ := strings.Cut(segment, "-")
		if encoded := encodeSegment(filename); len(encoded) == len(name) {
			if got := usernameOf(name); got != filename {
				t.Errorf("%q: its key is decoded to %q", filename, got)
			}
		}
	})
}

// FuzzCheckKey: an accepted key is within the caller's prefix however it is decoded.
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
		who := Caller{Name: username, Prefix: prefix}
		if who.checkKey(key) != nil {
			return
		}
		if !strings.HasPrefix(key, prefix+"/") || strings.Contains(key, "//") ||
			strings.Contains("/"+key+"/", "/../") || strings.Contains("/"+key+"/", "/./") || strings.ContainsAny(key, "%+\\ ?#\x00") {
			t.Errorf("caller %q may use key %q", username, key)
		}
	})
}
