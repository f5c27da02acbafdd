package lambdaruntime_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net"
	"os"
	"sync"
	"testing"
	"time"

	"example.com/presigned/local/lambdaruntime"
)

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
func config(t testing.TB) lambdaruntime.Config {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return lambdaruntime.Config{
		Name: "Signer", Bootstrap: self, TaskRoot: t.TempDir(), Handler: "bootstrap",
		Region: "eu-west-1", AccountID: "000000000000", LogGroup: "signer-logs",
		MemoryMB: 128, Timeout: 5 * time.Second, Concurrency: 2,
		Environment: map[string]string{"BOOTSTRAP": "runtime", "BUCKET": "uploads"},
		Credentials: func(context.Context) (lambdaruntime.Creds, error) {
			return lambdaruntime.Creds{AccessKeyID: "AKID", SecretAccessKey: "SECRET", SessionToken: "TOKEN"}, nil
		},
		Log: &buffer{}, Now: time.Now,
	}
}

func start(t testing.TB, cfg lambdaruntime.Config) *lambdaruntime.Function {
	t.Helper()
	f, err := lambdaruntime.Start(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func invoke(t testing.TB, f *lambdaruntime.Function, r request) (answer, error) {
	t.Helper()
	payload, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	data, err := f.Invoke(t.Context(), payload)
	if err != nil {
		return answer{}, err
	}
	var a answer
	if err := json.Unmarshal(data, &a); err != nil {
		t.Fatalf("got %.100q, want JSON: %v", data, err)
	}
	return a, nil
}

func mustInvoke(t testing.TB, f *lambdaruntime.Function, r request) answer {
	t.Helper()
	a, err := invoke(t, f, r)
	if err != nil {
		t.Fatalf("invoke %+v: %v", r, err)
	}
	return a
}

// listen waits for processes that hold a connection as long as they live.
func listen(t *testing.T) net.Listener {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	return listener
}

func accept(t *testing.T, listener net.Listener) net.Conn {
	t.Helper()
	conn, err := listener.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

// wantGone waits for the end of the process at the other end of a connection.
func wantGone(t *testing.T, conn net.Conn, name string) {
	t.Helper()
	if err := conn.SetReadDeadline(time.Now().Add(5 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Read(make([]byte, 1)); errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("%s still runs after 5 seconds", name)
	}
}
