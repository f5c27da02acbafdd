package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"
)

// asker gets words from the person.
type asker interface {
	open(ctx context.Context, prompt string) (string, error)   // shown as it is typed
	secret(ctx context.Context, prompt string) (string, error) // not shown
	twice() bool                                               // a new secret has to be typed a second time
	say(text string)
	close()
}

// answers meets the user pool's challenges; it is a signin.Answers.
type answers struct{ ask asker }

func (a answers) NewPassword(ctx context.Context) (string, error) {
	a.ask.say("The password is temporary; choose one of your own.")
	password, err := a.ask.secret(ctx, "New password: ")
	if err != nil {
		return "", err
	}
	if !a.ask.twice() {
		return password, nil
	}
	again, err := a.ask.secret(ctx, "New password again: ")
	if err == nil && again != password {
		err = errors.New("the two new passwords differ")
	}
	return password, err
}

func (a answers) Code(ctx context.Context, secret string) (string, error) {
	if secret != "" {
		a.ask.say("Add this key to your authenticator app: " + secret)
	}
	return a.ask.open(ctx, "Code of the authenticator app: ")
}

// terminal asks on the terminal, which need not be standard input.
type terminal struct {
	tty   *os.File
	lines *bufio.Reader
	owned bool
}

func openTerminal(a *App) (asker, error) {
	if term.IsTerminal(int(a.In.Fd())) {
		return &terminal{tty: a.In, lines: bufio.NewReader(a.In)}, nil
	}
	tty, err := os.OpenFile("/dev/tty", os.O_RDWR, 0)
	if err != nil {
		return nil, errNoTerminal
	}
	return &terminal{tty: tty, lines: bufio.NewReader(tty), owned: true}, nil
}

func (t *terminal) twice() bool { return true }

func (t *terminal) say(text string) { fmt.Fprintln(t.writer(), text) }

// writer is the terminal itself where it was opened for that, else standard error: standard output is
// for results.
func (t *terminal) writer() io.Writer {
	if t.owned {
		return t.tty
	}
	return os.Stderr
}

func (t *terminal) open(ctx context.Context, prompt string) (string, error) {
	fmt.Fprint(t.writer(), prompt)
	return unlessEnded(ctx, func() (string, error) { return readLine(t.lines) }, func() {})
}

func (t *terminal) secret(ctx context.Context, prompt string) (string, error) {
	fmt.Fprint(t.writer(), prompt)
	defer fmt.Fprintln(t.writer())
	before, err := term.GetState(int(t.tty.Fd()))
	if err != nil {
		return "", err
	}
	return unlessEnded(ctx, func() (string, error) {
		line, err := term.ReadPassword(int(t.tty.Fd()))
		return string(line), err
	}, func() { _ = term.Restore(int(t.tty.Fd()), before) })
}

func (t *terminal) close() {
	if t.owned {
		_ = t.tty.Close()
	}
}

// unlessEnded stops waiting for the person when the context ends: Ctrl-C at a prompt must not leave the
// terminal without echo. The read that hangs ends with the process.
func unlessEnded(ctx context.Context, read func() (string, error), restore func()) (string, error) {
	type outcome struct {
		line string
		err  error
	}
	done := make(chan outcome, 1)
	go func() {
		line, err := read()
		done <- outcome{line, err}
	}()
	select {
	case o := <-done:
		return o.line, o.err
	case <-ctx.Done():
		restore()
		return "", context.Cause(ctx)
	}
}

// lines reads the answers from standard input, one a line, without asking.
type lines struct{ r *bufio.Reader }

func newLines(r io.Reader) asker { return &lines{bufio.NewReader(r)} }

func (l *lines) open(context.Context, string) (string, error)   { return readLine(l.r) }
func (l *lines) secret(context.Context, string) (string, error) { return readLine(l.r) }
func (l *lines) twice() bool                                    { return false }
func (l *lines) say(string)                                     {}
func (l *lines) close()                                         {}

func readLine(r *bufio.Reader) (string, error) {
	line, err := r.ReadString('\n')
	if line = strings.TrimRight(line, "\r\n"); line != "" {
		return line, nil
	}
	if err == nil || err == io.EOF {
		err = errors.New("standard input has no more lines: want the password, then what the user pool asks for")
	}
	return "", err
}
