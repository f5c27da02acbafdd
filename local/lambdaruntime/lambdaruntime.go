// Package lambdaruntime runs the `bootstrap` that deploys to Lambda as operating-system processes on this machine,
// and serves each of them the Lambda Runtime API (2018-06-01) on loopback, as Lambda does.
//
// A process is an execution environment: it starts when a request needs it, stays warm, gets one invocation at
// a time, is killed at the deadline, is replaced if it died while idle, and is retired before its credentials end.
// It sees the variables of Lambda that environment sets, AWS_CREDENTIAL_EXPIRATION, and nothing of this process's own.
//
// Source of the protocol: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
package lambdaruntime

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// Limits of Lambda. Source: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
const (
	maxPayload  = 6 << 20          // bytes of an invocation's response; local/apigateway bounds the request
	initTimeout = 10 * time.Second // from exec to the first request for an invocation
)

// Config describes one function.
type Config struct {
	// Name is the function's name. Each of its log lines begins with it.
	Name string
	// Bootstrap is the absolute path of the executable. TaskRoot, its working folder, is the asset's.
	Bootstrap, TaskRoot string
	Handler             string
	Region, AccountID   string
	LogGroup            string
	MemoryMB            int           // told to the function, not enforced
	Timeout             time.Duration // of one invocation, not counting the start; > 0
	// Environment has the function's own variables.
	Environment map[string]string
	// Concurrency bounds the invocations at a time, and so the processes, >= 1. Further ones wait: Lambda would start more,
	// up to 1,000, but on one machine they would only compete for its cores.
	Concurrency int
	// Credentials gives the execution role's session, for each process that starts. It never ends if Expires is zero.
	Credentials func(context.Context) (aws.Credentials, error)
	// RetireBefore is how long before its credentials expire a process is no longer used, >= 0. A presigned URL
	// expires with its credentials, so set this to at least the longest expiry plus the timeout.
	RetireBefore time.Duration
	// Log receives the lines of the function's stdout and stderr, one Write each, at the same time from several processes.
	Log io.Writer
	// Now decides whether credentials are too old.
	Now func() time.Time
	// Observe, if set, is called for each answered invocation. Benchmarks use it.
	Observe func(Observation)
}

// Observation has the times of an invocation, and its process.
type Observation struct {
	PID      int
	Started  time.Time // just before exec
	Answered time.Time // the answer's last byte was read
}

// Function is a function ready to be invoked. It is safe for concurrent use.
type Function struct {
	cfg     Config
	ctx     context.Context // ends with Close
	end     context.CancelFunc
	slots   chan struct{} // has room for the invocations that may run at a time
	running sync.WaitGroup

	mu   sync.Mutex
	idle []*process // the last used one last; some may have died
}

// Start checks that the bootstrap can be executed. As on Lambda, the first process starts with the first invocation.
func Start(cfg Config) (*Function, error) {
	if _, err := exec.LookPath(cfg.Bootstrap); err != nil {
		return nil, fmt.Errorf("function %q: bootstrap: %w", cfg.Name, err)
	}
	ctx, end := context.WithCancel(context.Background())
	return &Function{
		cfg: cfg, ctx: ctx, end: end, slots: make(chan struct{}, cfg.Concurrency),
	}, nil
}

// logLine writes a line that begins with the function's name.
func (f *Function) logLine(line string) {
	_, _ = io.WriteString(f.cfg.Log, f.cfg.Name+" "+line+"\n") // an error of the log has no other place to go
}

// Invoke gives the payload to a process and returns its answer. If ctx ends first Invoke returns its error and, as on
// Lambda, the function runs on until it answers or its own deadline comes.
func (f *Function) Invoke(ctx context.Context, payload []byte) ([]byte, error) {
	select {
	case f.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	done := make(chan outcome, 1)
	go func() {
		defer func() { <-f.slots }()
		done <- f.run(payload)
	}()
	select {
	case out := <-done:
		return out.answer, out.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// run gives the payload to an idle process, or to a new one if none can be used.
func (f *Function) run(payload []byte) outcome {
	for {
		p, err := f.process()
		if err != nil {
			return outcome{err: err}
		}
		inv := &invocation{id: rand.Text(), payload: payload, done: make(chan outcome, 1)}
		out := p.invoke(inv, f.cfg.Timeout)
		if errors.Is(out.err, errGone) && p.warm {
			continue
		}
		p.warm = true
		f.mu.Lock()
		f.idle = append(f.idle, p)
		f.mu.Unlock()
		if out.err != nil {
			f.logLine("RequestId: " + inv.id + " " + out.err.Error())
		} else if f.cfg.Observe != nil {
			f.cfg.Observe(inv.observed)
		}
		return out
	}
}

// process takes the process used last, or starts one.
func (f *Function) process() (*process, error) {
	f.mu.Lock()
	for len(f.idle) > 0 {
		p := f.idle[len(f.idle)-1]
		f.idle = f.idle[:len(f.idle)-1]
		stale := !p.expires.IsZero() && f.cfg.Now().Add(f.cfg.RetireBefore).After(p.expires)
		if !stale && !p.gone() {
			f.mu.Unlock()
			return p, nil
		}
		p.kill()
	}
	f.mu.Unlock()
	p, err := f.start()
	if err != nil {
		return nil, fmt.Errorf("start function %s: %w", f.cfg.Name, err)
	}
	return p, p.await("init", initTimeout)
}

// Close kills every process and all of its children, and waits until they are gone.
func (f *Function) Close() error {
	f.mu.Lock()
	f.end()
	f.mu.Unlock()
	f.running.Wait()
	return nil
}
