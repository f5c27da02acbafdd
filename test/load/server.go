package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"example.com/presigned/local/stack"
)

// server is the local run, in a process of its own.
type server struct {
	stack.Summary
	process *exec.Cmd
	stdin   io.Closer
	log     *os.File // what it writes, but for its first line, which tells the secrets to who started it
}

// startServer runs `build/local run`.
func startServer(root, dir string, log *os.File) (_ *server, err error) {
	build, s := filepath.Join(root, "build"), &server{log: log}
	const free = "127.0.0.1:0"
	s.process = exec.Command(filepath.Join(build, "local"), "run", "--json", "--exit-with-stdin", "--data", filepath.Join(dir, "data"),
		"--assembly", filepath.Join(build, "local-assembly"), "--outputs", filepath.Join(dir, "outputs.json"),
		"--api", free, "--s3", free, "--cognito", free, "--page", free)
	s.process.Stderr = s.log
	// In a group of its own: Ctrl-C is for this program, which has things to look at before the stack ends.
	s.process.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if s.stdin, err = s.process.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := s.process.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := s.process.Start(); err != nil {
		return nil, fmt.Errorf("%w\nhint: `make load` builds it", err)
	}
	reader := bufio.NewReader(out)
	line, err := reader.ReadBytes('\n')
	if err == nil {
		err = json.Unmarshal(line, &s.Summary)
	}
	if err != nil {
		s.stop()
		return nil, fmt.Errorf("the local run did not start, see build/load/local.log: %w", err)
	}
	go func() { _, _ = io.Copy(s.log, reader) }() // nothing more is due there
	return s, nil
}

// patience is how long the local run may take to end.
const patience = 20 * time.Second

// stop ends the process, and with it the functions.
func (s *server) stop() {
	_ = s.stdin.Close()
	killer := time.AfterFunc(patience, func() { _ = syscall.Kill(-s.process.Process.Pid, syscall.SIGKILL) })
	_ = s.process.Wait()
	killer.Stop()
}
