package presigner

import (
	"maps"
	"slices"
	"strconv"
)

// appendJSON writes what encoding/json would (a test compares) without its reflection, which is slowest when a type is
// first met: in the first request after a cold start.
func (a Answer) appendJSON(to []byte) []byte {
	to = appendText(append(to, `{"url":`...), a.URL)
	to = appendText(append(to, `,"method":`...), a.Method)
	to = append(to, `,"headers":{`...)
	for i, name := range slices.Sorted(maps.Keys(a.Headers)) {
		if i > 0 {
			to = append(to, ',')
		}
		to = appendText(append(appendText(to, name), ':'), a.Headers[name])
	}
	to = append(to, '}')
	if a.Key != "" {
		to = appendText(append(to, `,"key":`...), a.Key)
	}
	to = appendText(append(to, `,"expiresAt":`...), a.ExpiresAt)
	if a.PartSize != 0 {
		to = strconv.AppendInt(append(to, `,"partSize":`...), a.PartSize, 10)
	}
	if a.MaxUploadBytes != 0 {
		to = strconv.AppendInt(append(to, `,"maxUploadBytes":`...), a.MaxUploadBytes, 10)
	}
	return append(to, '}')
}

func (p Problem) appendJSON(to []byte) []byte {
	to = appendText(append(to, `{"type":`...), p.Type)
	to = appendText(append(to, `,"title":`...), p.Title)
	to = strconv.AppendInt(append(to, `,"status":`...), int64(p.Status), 10)
	to = appendText(append(to, `,"detail":`...), p.Detail)
	to = appendText(append(to, `,"code":`...), string(p.Code))
	to = appendText(append(to, `,"requestId":`...), p.RequestID)
	return append(to, '}')
}

// appendText writes a JSON string, given valid UTF-8, with "&" as it is: a person copies the URL, and a shell script
// cuts it out.
func appendText[T string | []byte](to []byte, text T) []byte {
	const hex = "0123456789abcdef"
	to = append(to, '"')
	done := 0
	for i := range len(text) {
		c := text[i]
		if c >= ' ' && c != '"' && c != '\\' {
			continue
		}
		to = append(to, text[done:i]...)
		done = i + 1
		if c < ' ' {
			to = append(to, '\\', 'u', '0', '0', hex[c>>4], hex[c&0xF])
		} else {
			to = append(to, '\\', c)
		}
	}
	return append(append(to, text[done:]...), '"')
}
