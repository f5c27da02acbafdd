package lambdaruntime_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/aws"

	"example.com/presigned/local/lambdaruntime"
)

// TestMain lets this test binary be the bootstrap too: the runtime executes it with BOOTSTRAP set. So the function
// under test is a real process on the real aws-lambda-go, and nothing has to be compiled.
func TestMain(m *testing.M) {
	switch os.Getenv("BOOTSTRAP") {
	case "":
		os.Exit(m.Run())
	case "init-exit":
		fmt.Fprint(os.Stderr, "cannot start") // no newline: the line must not be lost
		os.Exit(3)
	case "parent":
		parent()
	case "runtime":
		lambda.Start(bootstrap)
	}
}

// parent runs a function, prints its process ID, and waits to be killed.
func parent() {
	f, err := lambdaruntime.Start(config(io.Discard))
	if err == nil {
		var a []byte
		a, err = f.Invoke(context.Background(), []byte(`{}`))
		fmt.Println(string(a))
	}
	if err != nil {
		fmt.Println(err)
		return
	}
	select {}
}

type request struct {
	Do   string `json:"do"`
	Size int    `json:"size"`
}

type answer struct {
	PID      int       `json:"pid"`
	Env      []string  `json:"env"`
	Dir      string    `json:"dir"`
	Deadline time.Time `json:"deadline"`
	Padding  string    `json:"padding"`
}

// bootstrap does what the request says.
func bootstrap(ctx context.Context, r request) (answer, error) {
	a := answer{PID: os.Getpid()}
	switch r.Do {
	case "env":
		a.Env = os.Environ()
		a.Dir, _ = os.Getwd()
		a.Deadline, _ = ctx.Deadline()
	case "log":
		fmt.Println("to stdout")
		fmt.Fprintln(os.Stderr, "to stderr")
	case "error":
		return a, errors.New("no such thing")
	case "panic":
		panic("out of cheese")
	case "exit":
		os.Exit(7)
	case "hang":
		fmt.Println("hanging")
		<-make(chan struct{})
	case "big":
		a.Padding = strings.Repeat("x", r.Size)
	}
	return a, nil
}

// buffer is a log that a test may read while the function writes.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// config is a function in this test binary.
func config(log io.Writer) lambdaruntime.Config {
	self, err := os.Executable()
	if err != nil {
		panic(err)
	}
	return lambdaruntime.Config{
		Name: "Signer", Bootstrap: self, TaskRoot: os.TempDir(), Handler: "bootstrap",
		Region: "eu-west-1", AccountID: "000000000000", LogGroup: "signer-logs",
		MemoryMB: 128, Timeout: 5 * time.Second, Concurrency: 1,
		Environment: map[string]string{"BOOTSTRAP": "runtime", "BUCKET": "uploads"},
		Credentials: func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "AKID", SecretAccessKey: "SECRET", SessionToken: "TOKEN"}, nil
		},
		Log: log, Now: time.Now,
	}
}

// start starts the function with changes.
func start(t *testing.T, change func(*lambdaruntime.Config)) (*lambdaruntime.Function, *buffer) {
	t.Helper()
	log := &buffer{}
	cfg := config(log)
	change(&cfg)
	f, err := lambdaruntime.Start(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f, log
}

func unchanged(*lambdaruntime.Config) {}

func invoke(t *testing.T, f *lambdaruntime.Function, r request) (a answer, err error) {
	t.Helper()
	payload, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	data, err := f.Invoke(t.Context(), payload)
	if err != nil {
		return a, err
	}
	if err := json.Unmarshal(data, &a); err != nil {
		t.Fatalf("got %.100q, want JSON: %v", data, err)
	}
	return a, nil
}

func mustInvoke(t *testing.T, f *lambdaruntime.Function, r request) answer {
	t.Helper()
	a, err := invoke(t, f, r)
	if err != nil {
		t.Fatalf("invoke %+v: %v", r, err)
	}
	return a
}
