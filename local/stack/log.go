package stack

import (
	"io"
	"log"
	"log/slog"
)

// prefixed opens each line with the name of the part that writes it.
type prefixed struct {
	to     io.Writer
	prefix string
}

func (p prefixed) Write(line []byte) (int, error) {
	if _, err := p.to.Write(append([]byte(p.prefix), line...)); err != nil {
		return 0, err
	}
	return len(line), nil
}

func (s *Stack) log(prefix string) io.Writer { return prefixed{s.cfg.Log, prefix} }

func (s *Stack) logger(prefix string) *slog.Logger {
	return slog.New(slog.NewTextHandler(s.log(prefix), &slog.HandlerOptions{
		ReplaceAttr: func(groups []string, a slog.Attr) slog.Attr {
			if len(groups) == 0 && a.Key == slog.TimeKey {
				return slog.Attr{} // no other part writes the time
			}
			return a
		},
	}))
}

// httpLog is what the HTTP servers complain to, about broken handshakes for example.
func (s *Stack) httpLog() *log.Logger { return log.New(s.log("http "), "", 0) }
