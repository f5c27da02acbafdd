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

// place finds the key that a request is about: a new one, the caller's whole prefix, or the one that it names.
func (c caller) place(op operation.Operation, r request, now time.Time) error {
	switch {
	case op.NewKey:
		r[operation.Key] = c.newKey(now)
	case op.Resource == operation.Bucket:
		r[operation.Key] = c.prefix + "/"
	default:
		return c.checkKey(r.text(operation.Key))
	}
	return nil
}

// userPrefix encodes a username as one path segment that no other username shares.
//
// Cognito allows almost any character in a username: "bob/x" would land in bob's prefix, and browsers
// rewrite "." and "..". Letters, digits, "-" and "." stay, since every client and S3 event carries them
// unchanged; "_" becomes "__"; any other character, and a leading ".", becomes its code point between
// underscores: "bob/x" is "bob_2F_x". Reading from the left there is one way back, so no two names meet.
// Cognito's 128 characters take at most 896 bytes in this form: those it allows have at most five
// hexadecimal digits (letters, marks, symbols, numbers, punctuation). A longer prefix is refused, so a
// key of 1,024 bytes always holds it.
func userPrefix(username string) (string, error) {
	if !utf8.ValidString(username) || strings.ContainsRune(username, utf8.RuneError) {
		// Decoding JSON turns each broken character into U+FFFD, so two such names would meet here.
		return "", refuse(TokenNotAccepted, "the token's username is not valid Unicode")
	}
	var b strings.Builder
	for i, r := range username {
		switch {
		case r == '_':
			b.WriteString("__")
		case isPlain(r) && (r != '.' || i > 0):
			b.WriteRune(r)
		default:
			fmt.Fprintf(&b, "_%X_", r)
		}
	}
	if b.Len() > maxPrefixBytes {
		return "", refuse(TokenNotAccepted, "the token's username takes %d bytes as a key prefix: want at most %d", b.Len(), maxPrefixBytes)
	}
	return b.String(), nil
}

// clientPrefix is a machine client's. "_c" cannot begin a username's prefix ("_" is followed there by
// "_" or an upper-case hexadecimal digit), so nobody can sign up into it.
func clientPrefix(clientID string) string { return "_client-" + clientID }

func isPlain(r rune) bool {
	return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || r == '-' || r == '.'
}

// newKey is where a new object goes: the caller's prefix and the milliseconds since 1970.
func (c caller) newKey(now time.Time) string {
	return c.prefix + "/" + strconv.FormatInt(now.UnixMilli(), 10)
}

// checkKey refuses a key outside the caller's prefix, and one that a client or a proxy would rewrite. Its length is
// checked with the other fields'.
func (c caller) checkKey(key string) error {
	name, own := strings.CutPrefix(key, c.prefix+"/")
	if !own {
		return refuse(KeyOutsidePrefix, "key %q is outside your own prefix %q", shorten(key), c.prefix+"/")
	}
	for segment := range strings.SplitSeq(name, "/") {
		if segment == "" || segment == "." || segment == ".." || strings.ContainsFunc(segment, isForeign) {
			return refuse(InvalidKey, "key %q: want segments of letters, digits, %q, none of them empty, %q or %q", shorten(key), "-._", ".", "..")
		}
	}
	return nil
}

func isForeign(r rune) bool { return !isPlain(r) && r != '_' }
