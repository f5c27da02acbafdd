package lambdaruntime

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"os/exec"
	"sync"
	"syscall"
	"time"
)

// process is one running bootstrap and the Runtime API that it alone talks to.
type process struct {
	fn      *Function
	cmd     *exec.Cmd
	out     *lineBuffer // stdout and stderr
	server  *http.Server
	started time.Time // just before exec
	expires time.Time // of its credentials
	warm    bool      // has had an invocation

	next   chan *invocation // taken by the pending GET /invocation/next
	asks   chan struct{}    // the process asked for an invocation: it is idle
	exited chan struct{}    // closed once it is reaped

	mu      sync.Mutex
	current *invocation // given out, not answered
}

// invocation is one request to the function.
type invocation struct {
	id       string
	payload  []byte
	deadline time.Time
	observed Observation  // complete once the outcome is an answer
	done     chan outcome // room for the one outcome
}

type outcome struct {
	answer []byte
	err    error
}

// start runs a new bootstrap and waits until it asks for its first invocation.
func (f *Function) start() (*process, error) {
	p, err := f.spawn()
	if err != nil {
		return nil, fmt.Errorf("start function %s: %w", f.cfg.Name, err)
	}
	if !f.admit(p) { // Close came in between, and has killed it
		p.reap()
		return nil, ExitError{Phase: "init", State: "closed"}
	}
	go func() {
		defer f.reapers.Done()
		p.reap()
	}()
	return p, p.waitReady()
}

// spawn executes the bootstrap in a process group of its own, with its own Runtime API listener.
func (f *Function) spawn() (*process, error) {
	creds, err := f.cfg.Credentials(f.ctx)
	if err != nil {
		return nil, fmt.Errorf("credentials of the execution role: %w", err)
	}
	listener, err := (&net.ListenConfig{}).Listen(f.ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	p := &process{
		fn: f, out: f.log.fork(), expires: creds.Expires,
		next: make(chan *invocation), asks: make(chan struct{}, 1),
		exited: make(chan struct{}),
	}
	p.server = &http.Server{Handler: p.api(), ReadHeaderTimeout: initTimeout}
	//nolint:gosec // G204: running the template's own bootstrap is what this package is for
	p.cmd = exec.CommandContext(f.ctx, f.cfg.Bootstrap, f.cfg.Args...)
	p.cmd.Cancel = func() error { p.kill(); return nil } // Close
	p.cmd.Dir = f.cfg.TaskRoot
	p.cmd.Env = f.environment(listener.Addr().String(), creds)
	p.cmd.Stdout, p.cmd.Stderr = p.out, p.out // the same writer: exec then writes from one goroutine
	p.cmd.WaitDelay = time.Second             // do not wait for ever on a grandchild that kept the pipe
	p.cmd.SysProcAttr = childAttributes()
	p.started = time.Now()
	if err := p.cmd.Start(); err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	go p.server.Serve(listener) //nolint:errcheck // always http.ErrServerClosed: reap closes it
	return p, nil
}

// waitReady waits for the end of the init phase.
func (p *process) waitReady() error {
	timer := time.NewTimer(initTimeout)
	defer timer.Stop()
	select {
	case <-p.asks:
		return nil
	case <-p.exited:
		return p.exitError("init")
	case <-timer.C:
		p.kill()
		<-p.exited
		return TimeoutError{Phase: "init", Timeout: initTimeout}
	}
}

func (p *process) exitError(phase string) error {
	return ExitError{Phase: phase, State: p.cmd.ProcessState.String()}
}

// invoke gives the process an invocation. It is over when the process asks for the next one, as on Lambda, or is
// gone: returning at the answer already would find a process that is about to exit (aws-lambda-go after a panic)
// or start a second one for a caller that comes right back.
func (p *process) invoke(inv *invocation, timeout time.Duration) outcome {
	inv.deadline = time.Now().Add(timeout)
	select {
	case p.next <- inv:
	case <-p.exited:
		return outcome{err: errGone}
	}
	timer := time.NewTimer(timeout)
	defer timer.Stop()
	select {
	case <-p.asks:
		return inv.result(HandlerError{Type: "Runtime.NoResponse", Message: "asked for the next invocation without answering this one"})
	case <-p.exited:
		return inv.result(p.exitError("invoke"))
	case <-timer.C:
		p.kill()
		<-p.exited
		return inv.result(TimeoutError{Phase: "invoke", Timeout: timeout})
	}
}

// result is what the process answered, or else the error.
func (inv *invocation) result(otherwise error) outcome {
	select {
	case out := <-inv.done:
		return out
	default:
		return outcome{err: otherwise}
	}
}

// kill ends the process and everything in its group, at once.
func (p *process) kill() {
	_ = syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL) // fails only if it is gone already
}

// gone reports whether the process has ended, even if reap has not come to it yet: an invocation given to it would be
// lost.
func (p *process) gone() bool { return p.cmd.Process.Signal(syscall.Signal(0)) != nil }

// reap waits for the end of the process, whoever caused it, and cleans up after it.
func (p *process) reap() {
	_ = p.cmd.Wait() // the state is read from ProcessState
	p.kill()         // what the bootstrap started and left behind
	p.out.flush()
	_ = p.server.Close() // its one connection ended with the process
	p.fn.forget(p)
	close(p.exited)
}
