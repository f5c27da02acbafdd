package lambdaruntime_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/lambda"

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
		if err := parent(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	case "runtime":
		lambda.Start(bootstrap)
	}
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
	case "hold":
		return a, hold()
	case "hang":
		fmt.Println("hanging")
		<-make(chan struct{})
	case "big":
		a.Padding = strings.Repeat("x", r.Size)
	}
	return a, nil
}

// hold keeps a connection to the test, until the test or this process ends: so a test can wait for the end of a
// process that is not its child.
func hold() error {
	conn, err := net.Dial("tcp", os.Getenv("HOLD"))
	if err != nil {
		return err
	}
	fmt.Println("holding")
	_, err = conn.Read(make([]byte, 1))
	return err
}

// parent runs a function and waits for it.
func parent() error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	f, err := lambdaruntime.Start(lambdaruntime.Config{
		Name: "Signer", Bootstrap: self, TaskRoot: os.TempDir(), Region: "eu-west-1", AccountID: "000000000000",
		Timeout: time.Minute, Concurrency: 1, Log: io.Discard, Now: time.Now,
		Environment: map[string]string{"BOOTSTRAP": "runtime", "HOLD": os.Getenv("HOLD")},
		Credentials: func(context.Context) (lambdaruntime.Creds, error) { return lambdaruntime.Creds{}, nil },
	})
	if err != nil {
		return err
	}
	_, err = f.Invoke(context.Background(), []byte(`{"do":"hold"}`))
	return err
}
