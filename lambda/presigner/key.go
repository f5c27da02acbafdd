package presigner

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"example.com/presigned/lambda/operation"
)

// maxPrefixBytes leaves room for "/" and the milliseconds, 13 digits until the year 2286 and more after.
const maxPrefixBytes = operation.MaxKeyBytes - 24

const (
	maxSegmentBytes   = 255 // of a key's last segment: tools that copy a bucket to a disk use it as a file name
	maxExtensionBytes = 20  // a longer suffix is not an extension
)

// setKey chooses the key of a new object. The key of a listing is the caller's prefix; setKey checks its startAfter. Any other
// request has a key already, which setKey checks.
func (c Caller) setKey(op operation.Operation, r request, now time.Time) error {
	switch {
	case op.NewKey:
		r[operation.Key] = c.newKey(now, r.text(operation.Filename))
	case op.Resource == operation.Bucket:
		r[operation.Key] = c.Prefix + "/"
		if r.has(operation.StartAfter) {
			return c.checkKey(r.text(operation.StartAfter))
		}
	default:
		return c.checkKey(r.text(operation.Key))
	}
	return nil
}

// userPrefix encodes a username as one path segment that no other username shares.
//
// Cognito's 128 characters take at most 896 bytes when encoded, because the allowed ones (letters, marks, symbols,
// numbers, punctuation) have at most five hexadecimal digits. A longer prefix is refused, so it always fits into a key.
func userPrefix(username string) (string, error) {
	if !utf8.ValidString(username) || strings.ContainsRune(username, utf8.RuneError) {
		// Decoding JSON turns each invalid character into U+FFFD, so two such names would get the same prefix.
		return "", refuse(TokenNotAccepted, "the token's username is not valid Unicode")
	}
	prefix := encodeSegment(username)
	if len(prefix) > maxPrefixBytes {
		return "", refuse(TokenNotAccepted, "the token's username takes %d bytes as a key prefix: want at most %d", len(prefix), maxPrefixBytes)
	}
	return prefix, nil
}

// encodeSegment encodes any text as one path segment of plain ASCII.
//
// Without it, the user "bob/x" would be in bob's prefix, browsers would rewrite "." and "..", and S3's own notifications would
// URL-encode most characters. So letters, digits, "-" and "." stay, "_" becomes "__", and any other character, and a leading
// ".", becomes its code point between underscores: "bob/x" is "bob_2F_x". The encoding is reversible, so no two texts share a
// segment.
func encodeSegment(text string) string {
	var b strings.Builder
	for i, r := range text {
		b.WriteString(encodeRune(r, i == 0))
	}
	return b.String()
}

func encodeRune(r rune, first bool) string {
	switch {
	case r == '_':
		return "__"
	case isPlain(r) && (r != '.' || !first):
		return string(r)
	default:
		return fmt.Sprintf("_%X_", r)
	}
}

// clientPrefix is a machine client's prefix. "_c" can't begin a username's prefix, because "_" is followed there by "_"
// or an upper-case hexadecimal digit. So no user can sign up with it.
func clientPrefix(clientID string) string { return "_client-" + clientID }

func isPlain(r rune) bool {
	return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || r == '-' || r == '.'
}

// newKey is a new object's key: the caller's prefix, the milliseconds since 1970, and the filename if there is one.
func (c Caller) newKey(now time.Time, filename string) string {
	name := strconv.FormatInt(now.UnixMilli(), 10)
	if filename != "" {
		most := min(maxSegmentBytes, operation.MaxKeyBytes-len(c.Prefix)-len("/"))
		name += "-" + encodeFilename(filename, most-len(name)-len("-"))
	}
	return c.Prefix + "/" + name
}

// encodeFilename encodes a filename in at most that many bytes. It shortens a longer one before the extension.
func encodeFilename(filename string, most int) string {
	encoded := encodeSegment(filename)
	if len(encoded) <= most {
		return encoded
	}
	stem, extension := filename, ""
	if dot := strings.LastIndexByte(filename, '.'); dot > 0 {
		if e := "." + encodeSegment(filename[dot+1:]); len(e) <= min(maxExtensionBytes, most/2) {
			stem, extension = filename[:dot], e
		}
	}
	var b strings.Builder
	for i, r := range stem {
		next := encodeRune(r, i == 0)
		if b.Len()+len(next)+len(extension) > most {
			break
		}
		b.WriteString(next)
	}
	return b.String() + extension
}

// checkKey refuses a key outside the caller's prefix, and one that a client or a proxy would rewrite. validate checks
// the length.
func (c Caller) checkKey(key string) error {
	name, own := strings.CutPrefix(key, c.Prefix+"/")
	if !own {
		return refuse(KeyOutsidePrefix, "key %q is outside your own prefix %q", shorten(key), c.Prefix+"/")
	}
	for segment := range strings.SplitSeq(name, "/") {
		if segment == "" || segment == "." || segment == ".." || strings.ContainsFunc(segment, isForbidden) {
			return refuse(InvalidKey, "key %q: want segments of letters, digits and %q; no segment may be empty, %q or %q", shorten(key), "-._", ".", "..")
		}
	}
	return nil
}

// isForbidden reports whether no key segment may have this character.
func isForbidden(r rune) bool { return !isPlain(r) && r != '_' }
