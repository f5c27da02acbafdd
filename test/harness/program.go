package harness

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"syscall"

	"example.com/presigned/local/stack"
)

// Program is `build/local run`, in a process of its own.
type Program struct {
	stack.Summary
	Process *os.Process
	stdin   io.Closer
	ended   chan struct{}
}

// RunProgram starts the local run with more flags, and with the page on a free port. What it writes goes to log, except
// for its first line, which tells the secrets to who started it. It ends with the process that started it.
func RunProgram(log io.Writer, environment []string, flags ...string) (*Program, error) {
	cmd := exec.Command(Build("local"), append([]string{"run", "--json", "--exit-with-stdin",
		"--assembly", Build("local-assembly"), "--page", "127.0.0.1:0"}, flags...)...)
	cmd.Env = append(os.Environ(), environment...)
	cmd.Stderr = log
	// In a group of its own: Ctrl-C is for who started it, who has things to look at before the stack ends.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	p := &Program{ended: make(chan struct{})}
	var err error
	if p.stdin, err = cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("%w\nhint: run `make build` first", err)
	}
	p.Process = cmd.Process
	reader := bufio.NewReader(out)
	line, err := reader.ReadBytes('\n')
	if err == nil {
		err = json.Unmarshal(line, &p.Summary)
	}
	go func() {
		_, _ = io.Copy(log, reader) // nothing more is due there
		_ = cmd.Wait()
		close(p.ended)
	}()
	if err != nil {
		p.Kill()
		return nil, fmt.Errorf("the local run did not start: %w", err)
	}
	return p, nil
}

// Stop ends it, and with it the functions.
func (p *Program) Stop() {
	_ = p.stdin.Close()
	<-p.ended
}

// Kill ends it without a chance to tidy up.
func (p *Program) Kill() {
	_ = p.Process.Kill()
	<-p.ended
}
