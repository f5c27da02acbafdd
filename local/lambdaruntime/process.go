package lambdaruntime

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// errGone says that a process died before it took an invocation, which therefore may go to another one.
var errGone = errors.New("process gone")

// process is one running bootstrap, and the Runtime API that serves it alone.
type process struct {
	fn      *Function
	cmd     *exec.Cmd
	out     *io.PipeWriter // stdout and stderr
	logged  chan struct{}  // closed once the log has all of it
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

// start executes the bootstrap in a process group of its own, with its own Runtime API listener.
func (f *Function) start() (*process, error) {
	creds, err := f.cfg.Credentials(f.ctx)
	if err != nil {
		return nil, fmt.Errorf("credentials of the execution role: %w", err)
	}
	listener, err := (&net.ListenConfig{}).Listen(f.ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	read, write := io.Pipe()
	p := &process{
		fn: f, out: write, logged: make(chan struct{}), expires: creds.Expires, started: time.Now(),
		next: make(chan *invocation), asks: make(chan struct{}, 1), exited: make(chan struct{}),
	}
	p.server = &http.Server{Handler: p.api(), ReadHeaderTimeout: initTimeout}
	//nolint:gosec // G204: running the template's own bootstrap is what this package is for
	p.cmd = exec.CommandContext(f.ctx, f.cfg.Bootstrap)
	p.cmd.Cancel = func() error { p.kill(); return nil } // Close
	p.cmd.Dir = f.cfg.TaskRoot
	p.cmd.Env = f.cfg.environment(listener.Addr().String(), creds)
	p.cmd.Stdout, p.cmd.Stderr = p.out, p.out // the same writer: exec then writes from one goroutine
	p.cmd.WaitDelay = time.Second             // do not wait for ever on a grandchild that kept the pipe
	p.cmd.SysProcAttr = childAttributes()
	f.mu.Lock() // Close ends f.ctx with the same lock: it waits for every process that was started before
	defer f.mu.Unlock()
	if err := p.cmd.Start(); err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	go p.server.Serve(listener) //nolint:errcheck // always http.ErrServerClosed: reap closes it
	go p.copyLines(read)
	f.running.Go(p.reap)
	return p, nil
}

// copyLines writes each line to the log, the last one even if it has no end.
func (p *process) copyLines(from io.Reader) {
	defer close(p.logged)
	for lines := bufio.NewReader(from); ; {
		line, err := lines.ReadString('\n')
		if line != "" {
			p.fn.logLine(strings.TrimSuffix(line, "\n"))
		}
		if err != nil {
			return
		}
	}
}

// environment is all that a process sees. It inherits nothing, so that a function can't work here because of a
// variable on the developer's machine. AWS_EXECUTION_ENV is absent as it is on provided.al2023.
func (c Config) environment(runtimeAPI string, creds aws.Credentials) []string {
	vars := maps.Clone(c.Environment)
	maps.Copy(vars, map[string]string{
		"_HANDLER":                        c.Handler,
		"AWS_ACCESS_KEY_ID":               creds.AccessKeyID,
		"AWS_DEFAULT_REGION":              c.Region,
		"AWS_LAMBDA_FUNCTION_MEMORY_SIZE": strconv.Itoa(c.MemoryMB),
		"AWS_LAMBDA_FUNCTION_NAME":        c.Name,
		"AWS_LAMBDA_FUNCTION_VERSION":     "$LATEST",
		"AWS_LAMBDA_LOG_GROUP_NAME":       c.LogGroup,
		"AWS_LAMBDA_RUNTIME_API":          runtimeAPI,
		"AWS_REGION":                      c.Region,
		"AWS_SECRET_ACCESS_KEY":           creds.SecretAccessKey,
		"AWS_SESSION_TOKEN":               creds.SessionToken,
		"LAMBDA_TASK_ROOT":                c.TaskRoot,
		"PATH":                            "/usr/local/bin:/usr/bin/:/bin:/opt/bin",
		"TZ":                              ":UTC",
	})
	if !creds.Expires.IsZero() {
		// Lambda does not say when a session ends; the local run does, so that expiresAt can be tested.
		vars["AWS_CREDENTIAL_EXPIRATION"] = creds.Expires.UTC().Format(time.RFC3339)
	}
	list := make([]string, 0, len(vars))
	for name, value := range vars {
		list = append(list, name+"="+value)
	}
	return list
}

// await waits until the process asks for an invocation. That ends its init phase, and an invocation.
func (p *process) await(phase string, timeout time.Duration) error {
	timer := time.NewTimer(timeout)
	defer timer.Stop()
	select {
	case <-p.asks:
		return nil
	case <-p.exited:
		return fmt.Errorf("%s: runtime exited: %s", phase, p.cmd.ProcessState)
	case <-timer.C:
		p.kill()
		<-p.exited
		return fmt.Errorf("%s: timed out after %.2f seconds", phase, timeout.Seconds())
	}
}

// invoke gives the process an invocation. It is over when the process asks for the next one, as on Lambda, or is
// gone: if it returned at the answer, the next caller would find a process that is about to exit (aws-lambda-go after a
// panic), or start a second one.
func (p *process) invoke(inv *invocation, timeout time.Duration) outcome {
	inv.deadline = time.Now().Add(timeout)
	select {
	case p.next <- inv:
	case <-p.exited:
		return outcome{err: errGone}
	}
	err := p.await("invoke", timeout)
	select {
	case out := <-inv.done:
		return out
	default:
		return outcome{err: cmp.Or(err, errors.New("the function asked for the next invocation without answering this one"))}
	}
}

// kill ends the process and everything in its group, at once.
func (p *process) kill() {
	_ = syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL) // fails only if it is gone already
}

// gone reports whether the process has ended, even before reap has noticed: an invocation given to it would be lost.
func (p *process) gone() bool { return p.cmd.Process.Signal(syscall.Signal(0)) != nil }

// reap waits for the end of the process and cleans up after it.
func (p *process) reap() {
	_ = p.cmd.Wait() // the state is read from ProcessState
	p.kill()         // what the bootstrap started and left behind
	_ = p.out.Close()
	<-p.logged
	_ = p.server.Close() // its one connection ended with the process
	close(p.exited)
}
