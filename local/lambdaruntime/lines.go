package lambdaruntime

import (
	"bytes"
	"io"
	"sync"
)

// maxLine bounds a log line that has no end yet: 256 KiB, the size of a CloudWatch log event.
const maxLine = 256 << 10

// lineWriter writes whole lines to a shared writer, each in one Write that begins with the function's name.
type lineWriter struct {
	to     io.Writer
	prefix string
	mu     sync.Mutex
}

func (l *lineWriter) line(s string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	_, _ = io.WriteString(l.to, l.prefix+s+"\n") // an error of the log has no other place to go
}

// lineBuffer is a process's own buffer, so that the halves of two processes' lines never mix.
type lineBuffer struct {
	lines *lineWriter
	rest  []byte
}

func (b *lineBuffer) Write(data []byte) (int, error) {
	b.rest = append(b.rest, data...)
	for {
		line, rest, found := bytes.Cut(b.rest, []byte("\n"))
		if !found && len(b.rest) < maxLine {
			return len(data), nil
		}
		b.lines.line(string(line))
		b.rest = rest
	}
}

// flush writes a last line without an end.
func (b *lineBuffer) flush() {
	if len(b.rest) > 0 {
		b.lines.line(string(b.rest))
	}
}
