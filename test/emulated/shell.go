package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
)

// typed ends what the shell prints for one script.
const typed = "-- typed --"

// shell is one bash in the checkout, as the reader of the documents has it open: what a snippet sets, the next one has.
// It stops at the first command that fails.
type shell struct {
	emulator *emulator
	process  *exec.Cmd
	input    io.WriteCloser
	output   *bufio.Reader
	log      *os.File
}

func openShell(ctx context.Context, e *emulator, root string, environment []string) (*shell, error) {
	log, err := os.Create(filepath.Join(e.scratch, "shell.log"))
	if err != nil {
		return nil, err
	}
	s := &shell{emulator: e, log: log, process: exec.CommandContext(ctx, "bash", "-euo", "pipefail")}
	s.process.Dir, s.process.Env = root, environment
	// A group of its own, so that what it runs ends with it.
	s.process.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	s.process.Cancel = func() error { return syscall.Kill(-s.process.Process.Pid, syscall.SIGKILL) }
	if s.input, err = s.process.StdinPipe(); err != nil {
		return nil, err
	}
	output, err := s.process.StdoutPipe()
	if err != nil {
		return nil, err
	}
	s.output = bufio.NewReader(output)
	return s, s.process.Start()
}

// enter runs a script and returns what it prints, on either stream.
func (s *shell) enter(script string) (string, error) {
	// Braces, unlike brackets, are no shell of their own: what is set there stays.
	_, err := fmt.Fprintf(s.input, "{ %s\n} </dev/null 2>&1\necho; echo '%s'\n", script, typed)
	var printed strings.Builder
	for err == nil {
		var line string
		if line, err = s.output.ReadString('\n'); line == typed+"\n" {
			break
		}
		printed.WriteString(line)
	}
	fmt.Fprintf(s.log, "%s\n\n%s\n", script, printed.String())
	if leak := s.emulator.searched("the shell", []byte(printed.String())); leak != nil {
		return "", leak
	}
	if err != nil {
		return "", fmt.Errorf("the shell ended: %w\n%s\n%s", err, script, lastLines(printed.String()))
	}
	return strings.TrimSpace(printed.String()), nil
}

// close ends the shell, which is an error if a script ended it before.
func (s *shell) close() error {
	return errors.Join(s.input.Close(), s.process.Wait(), s.log.Close())
}
