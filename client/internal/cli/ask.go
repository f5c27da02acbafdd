package cli

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"
	"strings"

	"golang.org/x/term"
)

// errNoTerminal is returned if no person can be asked.
var errNoTerminal = errors.New("no terminal to ask for the password")

// asker asks a person.
type asker interface {
	ask(ctx context.Context, prompt string, hidden bool) (string, error) // hidden: not shown as it is typed
	say(text string)
}

// answers is a signin.Answers that asks a person.
type answers struct {
	asker
	confirm bool // ask for a new password a second time
}

func (a answers) NewPassword(ctx context.Context) (string, error) {
	a.say("The password is temporary; choose one of your own.")
	password, err := a.ask(ctx, "New password: ", true)
	if err != nil || !a.confirm {
		return password, err
	}
	again, err := a.ask(ctx, "New password again: ", true)
	if err == nil && again != password {
		err = errors.New("the two new passwords differ")
	}
	return password, err
}

func (a answers) Code(ctx context.Context, secret string) (string, error) {
	if secret != "" {
		a.say("Add this key to your authenticator app: " + secret)
	}
	return a.ask(ctx, "Code of the authenticator app: ", false)
}

// terminal asks on the terminal, which need not be standard input.
type terminal struct {
	tty   *os.File
	lines *term.Terminal // buffers what is typed before it asks
}

// openTerminal finds a terminal. Questions go to standard error, or to the terminal itself, because standard output is for
// results. The terminal stays open until the process ends.
func openTerminal(a *App) (answers, error) {
	tty, screen := a.In, a.Err
	if !term.IsTerminal(int(tty.Fd())) {
		var err error
		if tty, err = os.OpenFile("/dev/tty", os.O_RDWR, 0); err != nil {
			return answers{}, errNoTerminal
		}
		screen = tty
	}
	lines := term.NewTerminal(struct {
		io.Reader
		io.Writer
	}{tty, screen}, "")
	return answers{asker: &terminal{tty, lines}, confirm: true}, nil
}

func (t *terminal) say(text string) { _, _ = t.lines.Write([]byte(text + "\n")) }

// ask turns off the terminal's echo before it asks, so that a password typed early is not shown. Then Ctrl-C is a key like
// others, and ends the line with io.EOF.
func (t *terminal) ask(ctx context.Context, prompt string, hidden bool) (string, error) {
	before, err := term.MakeRaw(int(t.tty.Fd()))
	if err != nil {
		return "", err
	}
	defer func() { _ = term.Restore(int(t.tty.Fd()), before) }()
	line, err := unlessEnded(ctx, func() (string, error) {
		if hidden {
			return t.lines.ReadPassword(prompt)
		}
		t.lines.SetPrompt(prompt)
		return t.lines.ReadLine()
	})
	if errors.Is(err, io.EOF) {
		t.say("")
		err = errInterrupted
	}
	return line, err
}

// unlessEnded stops waiting for a person, or for the reader of standard output, when the context ends. The blocked call
// ends with the process.
func unlessEnded[T any](ctx context.Context, do func() (T, error)) (T, error) {
	type outcome struct {
		result T
		err    error
	}
	done := make(chan outcome, 1)
	go func() {
		result, err := do()
		done <- outcome{result, err}
	}()
	select {
	case o := <-done:
		return o.result, o.err
	case <-ctx.Done():
		var none T
		return none, context.Cause(ctx)
	}
}

// lines reads the answers from standard input, one on each line.
type lines struct{ r *bufio.Reader }

func (lines) say(string) {}

func (l lines) ask(context.Context, string, bool) (string, error) {
	line, err := l.r.ReadString('\n')
	if line = strings.TrimRight(line, "\r\n"); line != "" {
		return line, nil
	}
	if err == nil || errors.Is(err, io.EOF) {
		err = errors.New("standard input has no more lines: want the password, then what the user pool asks for")
	}
	return "", err
}
