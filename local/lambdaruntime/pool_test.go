package lambdaruntime_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/presigned/local/lambdaruntime"
)

func TestMoreRequestsThanProcessesWait(t *testing.T) {
	cfg := config(t)
	cfg.Timeout = time.Hour // only Close ends what hangs
	f := start(t, cfg)
	var wg sync.WaitGroup
	errs := make(chan error, 3)
	for range 3 {
		wg.Go(func() {
			_, err := f.Invoke(t.Context(), []byte(`{"do":"hang"}`))
			errs <- err
		})
	}
	f.Close()
	wg.Wait()
	for range 3 {
		if err := <-errs; err == nil {
			t.Error("an invocation survived Close")
		}
	}
}

func TestACallerThatGivesUpLeavesTheProcessBusy(t *testing.T) {
	cfg := config(t)
	cfg.Concurrency = 1
	hanging := make(chan struct{})
	cfg.Log = told{"hanging", sync.OnceFunc(func() { close(hanging) })}
	f := start(t, cfg)
	ctx, cancel := context.WithCancel(t.Context())
	gone := make(chan error)
	go func() {
		_, err := f.Invoke(ctx, []byte(`{"do":"hang"}`))
		gone <- err
	}()
	<-hanging
	cancel()
	if err := <-gone; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
	patient, end := context.WithTimeout(t.Context(), 500*time.Millisecond) // far longer than a process takes to answer
	defer end()
	if _, err := f.Invoke(patient, []byte(`{}`)); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("meanwhile: got %v, want the next caller to wait until it gives up", err)
	}
}

// told is a log that calls a function when it reads a text.
type told struct {
	text string
	call func()
}

func (l told) Write(p []byte) (int, error) {
	if strings.Contains(string(p), l.text) {
		l.call()
	}
	return len(p), nil
}

func TestProcessesAreRetiredBeforeTheirCredentialsExpire(t *testing.T) {
	cfg := config(t)
	now := time.Date(2026, 11, 24, 2, 0, 0, 0, time.UTC)
	var mu sync.Mutex
	clock := now
	cfg.Now = func() time.Time { mu.Lock(); defer mu.Unlock(); return clock }
	cfg.RetireBefore = 5 * time.Minute
	cfg.Credentials = func(context.Context) (lambdaruntime.Creds, error) {
		return lambdaruntime.Creds{AccessKeyID: "AKID", Expires: cfg.Now().Add(time.Hour)}, nil
	}
	f := start(t, cfg)
	first := mustInvoke(t, f, request{})
	for _, tc := range []struct {
		after time.Duration
		same  bool
	}{{55 * time.Minute, true}, {55*time.Minute + time.Second, false}} {
		mu.Lock()
		clock = now.Add(tc.after)
		mu.Unlock()
		if got := mustInvoke(t, f, request{}).PID == first.PID; got != tc.same {
			t.Errorf("%v after the start: same process %v, want %v", tc.after, got, tc.same)
		}
	}
}

func TestCredentialsThatCannotBeHadFailTheInvocation(t *testing.T) {
	cfg := config(t)
	want := errors.New("no such role")
	cfg.Credentials = func(context.Context) (lambdaruntime.Creds, error) { return lambdaruntime.Creds{}, want }
	if _, err := invoke(t, start(t, cfg), request{}); !errors.Is(err, want) {
		t.Errorf("got %v, want %v", err, want)
	}
}
