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

// RunProgram starts the local run of an assembly below the build folder, on free ports, with more flags. Its output goes to
// log, except the first line, which has the Summary with the secrets. The program ends with the process that started it.
func RunProgram(log io.Writer, assembly string, flags ...string) (*Program, error) {
	const free = "127.0.0.1:0"
	cmd := exec.Command(Build("local"), append([]string{"run", "--json", "--exit-with-stdin", "--assembly", Build(assembly),
		"--api", free, "--s3", free, "--cognito", free, "--page", free}, flags...)...)
	cmd.Stderr = log
	// In its own process group, so that Ctrl-C ends only the caller, which checks the stack before it stops it.
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
		_, _ = io.Copy(log, reader) // normally nothing more comes
		_ = cmd.Wait()
		close(p.ended)
	}()
	if err != nil {
		_ = p.Process.Kill()
		<-p.ended
		return nil, fmt.Errorf("the local run did not start: %w", err)
	}
	return p, nil
}

// Stop ends the program and its functions, and waits for the end.
func (p *Program) Stop() {
	_ = p.stdin.Close()
	<-p.ended
}
