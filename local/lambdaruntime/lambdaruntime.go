// Package lambdaruntime runs the `bootstrap` that deploys to Lambda as operating-system processes on this machine,
// and serves each of them the Lambda Runtime API (2018-06-01) on loopback, as Lambda does.
//
// A process is an execution environment: it is started when a request needs it, kept warm, given one invocation at
// a time, killed at the deadline, replaced silently when it died while idle, and retired before its credentials end.
// It sees the environment that Lambda would give it and nothing of this process's own.
//
// It knows nothing of HTTP APIs. local/stack and tests may import it. It imports local/template only. The function's
// IAM actions are those of its own execution role: whoever starts it passes that role's credentials.
//
// Source of the protocol: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
package lambdaruntime

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"
)

// Limits of Lambda. Source: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
const (
	MaxPayload  = 6 << 20          // bytes of an invocation's request, and of its response
	initTimeout = 10 * time.Second // from exec to the first request for an invocation
)

// Creds are the execution role's session credentials.
type Creds struct {
	AccessKeyID     string
	SecretAccessKey string
	SessionToken    string
	Expires         time.Time // zero: never
}

// Config describes one function.
type Config struct {
	// Name is the function's name. It also opens each of its log lines.
	Name string
	// Bootstrap is the absolute path of the executable, which on Lambda gets no arguments; TaskRoot, its working folder, is
	// where the asset lies.
	Bootstrap, TaskRoot string
	Args                []string
	Handler             string
	Region, AccountID   string
	LogGroup            string
	MemoryMB            int           // told to the function, not enforced
	Timeout             time.Duration // of one invocation, not counting the start; > 0
	// Environment are the function's own variables.
	Environment map[string]string
	// Concurrency bounds the invocations at a time, and so the processes, >= 1. Further ones wait: Lambda would start more,
	// up to 1,000, but on one machine they would only take turns on its cores.
	Concurrency int
	// Credentials gives the execution role's session; it is called for each process that starts.
	Credentials func(context.Context) (Creds, error)
	// RetireBefore is how long before its credentials expire a process is no longer used, >= 0. A presigned URL
	// dies with its credentials, so set this to at least the longest expiry plus the timeout.
	RetireBefore time.Duration
	// Log receives the lines of the function's stdout and stderr, one Write each, opened by its name.
	Log io.Writer
	// Now decides whether credentials are too old.
	Now func() time.Time
	// Observe, if set, is called for each answered invocation. Benchmarks use it.
	Observe func(Observation)
}

// Observation is when what happened to an invocation, and in which process.
type Observation struct {
	PID      int
	Started  time.Time // just before exec
	Polled   time.Time // the process asked for the invocation
	Given    time.Time // just before the event's first byte was written
	Answered time.Time // the answer's last byte was read
}

// Function is a function ready to be invoked. It is safe for concurrent use.
type Function struct {
	cfg Config
	log *lineWriter
	arn string
	ctx context.Context // ends with Close
	end context.CancelFunc
	// slots has room for the invocations that may run at a time.
	slots chan struct{}

	mu      sync.Mutex
	closed  bool
	idle    []*process // warm, the last used one last
	alive   map[*process]struct{}
	reapers sync.WaitGroup // one for each process not reaped yet
}

// Start checks the configuration. As on Lambda, the first process starts with the first invocation.
func Start(cfg Config) (*Function, error) {
	if err := cfg.check(); err != nil {
		return nil, fmt.Errorf("function %q: %w", cfg.Name, err)
	}
	ctx, end := context.WithCancel(context.Background())
	return &Function{
		cfg: cfg,
		log: &lineWriter{to: cfg.Log, prefix: cfg.Name + " "},
		arn: "arn:aws:lambda:" + cfg.Region + ":" + cfg.AccountID + ":function:" + cfg.Name,
		ctx: ctx, end: end,
		alive: map[*process]struct{}{}, slots: make(chan struct{}, cfg.Concurrency),
	}, nil
}

func (c Config) check() error {
	info, err := os.Stat(c.Bootstrap)
	if err != nil {
		return fmt.Errorf("bootstrap: %w", err)
	}
	if info.IsDir() || info.Mode()&0o111 == 0 {
		return fmt.Errorf("bootstrap %q: not an executable file", c.Bootstrap)
	}
	return nil
}

// Invoke gives the payload to a process and returns its answer. The errors are [TimeoutError], [ExitError],
// [HandlerError] and [TooLargeError]. When ctx ends first Invoke returns its error and, as on Lambda, the function runs on
// until it answers or its own deadline comes.
func (f *Function) Invoke(ctx context.Context, payload []byte) ([]byte, error) {
	if len(payload) > MaxPayload {
		return nil, TooLargeError{What: "request", Bytes: len(payload)}
	}
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

// run finds a process, and another one as long as it only meets ones that died while idle.
func (f *Function) run(payload []byte) outcome {
	for {
		p, err := f.checkout()
		if err != nil {
			return outcome{err: err}
		}
		inv := &invocation{id: newID(), payload: payload, done: make(chan outcome, 1)}
		out := p.invoke(inv, f.cfg.Timeout)
		if errors.Is(out.err, errGone) && p.warm {
			continue
		}
		f.checkin(p)
		if f.cfg.Observe != nil && out.err == nil {
			f.cfg.Observe(inv.observed)
		}
		if out.err != nil {
			f.log.line("RequestId: " + inv.id + " " + out.err.Error())
		}
		return out
	}
}

// newID makes a request ID of the form of a version 4 UUID.
func newID() string {
	var b [16]byte
	rand.Read(b[:]) // never fails: crypto/rand ends the program instead
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
