package client

import (
	"cmp"
	"path/filepath"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxFilename is the contract's bound on a file's name, in characters.
const maxFilename = 255

// misleads reports whether a terminal would interpret the character, or show the characters after it elsewhere. Special
// spaces, as in the names of screenshots on macOS, and the joiners of emoji and of many scripts are part of a name.
func misleads(r rune) bool {
	return unicode.IsControl(r) || unicode.In(r, unicode.Bidi_Control, unicode.Zl, unicode.Zp)
}

// filename is the name that goes into the key, by default the last element of the file's name. It has no misleading
// characters, and a long one is shortened before its extension. Standard input, "-", has no name.
func (f File) filename() string {
	name := strings.Map(func(r rune) rune {
		if misleads(r) || r == utf8.RuneError {
			return -1
		}
		return r
	}, cmp.Or(f.Filename, filepath.Base(f.Name)))
	if name == "-" || name == "." || name == ".." || name == string(filepath.Separator) {
		return ""
	}
	runes := []rune(name)
	if len(runes) <= maxFilename {
		return name
	}
	extension := []rune(filepath.Ext(name))
	if len(extension) > maxFilename/2 {
		extension = nil
	}
	return string(runes[:maxFilename-len(extension)]) + string(extension)
}

// NameOf returns the name in the key's last segment, <milliseconds>-<encoded name>, or "" if it has none.
func NameOf(key string) string {
	milliseconds, encoded, _ := strings.Cut(key[strings.LastIndexByte(key, '/')+1:], "-")
	if _, err := strconv.ParseUint(milliseconds, 10, 64); err != nil {
		return ""
	}
	name := decodeSegment(encoded)
	if strings.ContainsFunc(name, misleads) {
		return ""
	}
	return name
}

// decodeSegment reverses the endpoint's encoding: "__" is "_", and "_2F_" is the character U+002F. It returns "" for what the
// endpoint does not write.
func decodeSegment(encoded string) string {
	var b strings.Builder
	for encoded != "" {
		plain, rest, found := strings.Cut(encoded, "_")
		b.WriteString(plain)
		if !found {
			break
		}
		code, after, closed := strings.Cut(rest, "_")
		if !closed {
			return ""
		}
		if code == "" {
			b.WriteByte('_')
		} else {
			r, err := strconv.ParseUint(code, 16, 32)
			if err != nil || r > unicode.MaxRune || !utf8.ValidRune(rune(r)) {
				return ""
			}
			b.WriteRune(rune(r))
		}
		encoded = after
	}
	return b.String()
}
