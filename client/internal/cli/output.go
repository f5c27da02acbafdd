package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
)

// output prints the results and messages of all commands. Its rules:
//
//   - results go to standard output, everything else to standard error;
//   - with --json standard output has exactly one JSON document;
//   - if standard output can't be written to, the result goes to standard error, and the command fails;
//   - an error is one line "error: what: got, want", and a line "hint: what to do" where there is one;
//   - no token, password or presigned URL is printed: no error contains one.
type output struct {
	out, err    io.Writer
	json, quiet bool

	mu  sync.Mutex // results and notices come from several goroutines
	bar *bar       // while one is shown
}

var errOutput = errors.New("standard output")

// checked stores the error of a failed write.
type checked struct {
	io.Writer
	err error
}

func (c *checked) Write(p []byte) (int, error) {
	n, err := c.Writer.Write(p)
	if err != nil {
		err = fmt.Errorf("%w: %w", errOutput, err)
		c.err = err
	}
	return n, err
}

// result prints one line of the result. With --json it prints nothing, because the document has the result.
func (o *output) result(format string, args ...any) {
	if o.json {
		return
	}
	o.print(fmt.Sprintf(format, args...))
}

func (o *output) print(text string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.bar.hide()
	if _, err := fmt.Fprintln(o.out, text); err != nil {
		_, _ = fmt.Fprintln(o.err, text)
	}
}

// document prints the result as JSON, with --json.
func (o *output) document(v any) error {
	if !o.json {
		return nil
	}
	text, err := json.MarshalIndent(v, "", "  ")
	if err == nil {
		o.print(string(text))
	}
	return err
}

// answer prints the result of a command that has only one, as a line or as JSON.
func (o *output) answer(line string, document any) error {
	o.result("%s", line)
	return o.document(document)
}

// note prints a notice, except with --quiet.
func (o *output) note(text string) {
	if o.quiet {
		return
	}
	o.line("", text)
}

// printError prints an error on one line, and the hint on the next if there is one.
func (o *output) printError(err error, hint string) {
	o.line("error: ", strings.ReplaceAll(err.Error(), "\n", "; "))
	if hint != "" {
		o.line("hint: ", hint)
	}
}

func (o *output) line(prefix, text string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.bar.hide()
	_, _ = fmt.Fprintf(o.err, "%s%s\n", prefix, text)
}
