package presigner

import (
	"bytes"
	"encoding/json"
	"iter"
)

// scanner reads the few members that matter out of a JSON document that a machine wrote, and steps over all others
// without looking into them: encoding/json checks and decodes every value of a proxy event, which takes longer than
// the signature does.
//
// It also takes documents that are nearly JSON. So it is for API Gateway's events alone, and what a client wrote, the
// body in them, goes through encoding/json.
type scanner struct {
	rest   []byte
	broken bool // the document is not what was asked for; nothing is read after that
}

// members yields the raw name of each member of the object that comes next, for the loop to read its value; what the
// loop leaves is skipped. Null has no members; anything but an object breaks the document.
func (s *scanner) members() iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		if s.isNull() || !s.take('{') {
			return
		}
		for s.next() != '}' {
			name := unquoted(s.quoted())
			if !s.take(':') {
				return
			}
			value := len(s.rest)
			if !yield(name) {
				return
			}
			if len(s.rest) == value {
				s.skip()
			}
			if s.next() != '}' && !s.take(',') {
				return
			}
		}
		s.take('}')
	}
}

// text reads the string that comes next. Null is ""; anything else breaks the document.
func (s *scanner) text() string {
	if s.isNull() {
		return ""
	}
	raw := s.quoted()
	isOther := func(r rune) bool { return notPrintableASCII(r) || r == '\\' }
	if plain := unquoted(raw); !bytes.ContainsFunc(plain, isOther) {
		return string(plain)
	}
	var text string
	if json.Unmarshal(raw, &text) != nil {
		s.fail()
	}
	return text
}

// flag reads the boolean that comes next. Null is false; anything else breaks the document.
func (s *scanner) flag() bool {
	switch string(s.word()) {
	case "true":
		return true
	case "false", "null":
	default:
		s.fail()
	}
	return false
}

// next steps over white space and returns the byte after it, 0 at the end.
func (s *scanner) next() byte {
	for i, c := range s.rest {
		if c != ' ' && c != '\n' && c != '\r' && c != '\t' {
			s.rest = s.rest[i:]
			return c
		}
	}
	s.rest = nil
	return 0
}

// take steps over one byte that has to come next.
func (s *scanner) take(c byte) bool {
	if s.next() != c {
		s.fail()
		return false
	}
	s.rest = s.rest[1:]
	return true
}

// quoted reads the string that comes next, with its quotes and escapes.
func (s *scanner) quoted() []byte {
	if s.next() == '"' {
		for end := 1; ; {
			n := bytes.IndexByte(s.rest[end:], '"')
			if n < 0 {
				break
			}
			end += n + 1
			if isEscaped(s.rest[1 : end-1]) {
				continue
			}
			raw := s.rest[:end]
			s.rest = s.rest[end:]
			return raw
		}
	}
	s.fail()
	return []byte(`""`)
}

// isEscaped reports whether what follows text in a string is escaped: an odd number of backslashes ends it.
func isEscaped(text []byte) bool {
	return (len(text)-len(bytes.TrimRight(text, `\`)))%2 == 1
}

func unquoted(raw []byte) []byte { return raw[1 : len(raw)-1] }

// word reads the number, true, false or null that comes next.
func (s *scanner) word() []byte {
	s.next()
	end := bytes.IndexAny(s.rest, ",:{}[]\" \t\r\n")
	if end < 0 {
		end = len(s.rest)
	}
	word := s.rest[:end]
	s.rest = s.rest[end:]
	return word
}

func (s *scanner) isNull() bool {
	if s.next() != 'n' {
		return false
	}
	if string(s.word()) != "null" {
		s.fail()
	}
	return true
}

// skip steps over the value that comes next, however deep it is.
func (s *scanner) skip() {
	for depth := 0; ; {
		switch s.next() {
		case '"':
			s.quoted()
		case '{', '[':
			depth++
			s.rest = s.rest[1:]
		case '}', ']':
			depth--
			s.rest = s.rest[1:]
		case ',', ':':
			s.rest = s.rest[1:]
			continue // what comes between two values ends none
		case 0:
			s.fail()
			return
		default:
			s.word()
		}
		if depth <= 0 {
			return
		}
	}
}

func (s *scanner) fail() { s.rest, s.broken = nil, true }
