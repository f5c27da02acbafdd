package lambdaruntime_test

import (
	"context"
	"errors"
	"io"
	"maps"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"example.com/presigned/local/lambdaruntime"
)

func TestTheEnvironmentIsLambdasAndNothingIsInherited(t *testing.T) {
	t.Setenv("INHERITED", "leak")
	expires := time.Now().Add(time.Hour).Truncate(time.Second)
	root := t.TempDir()
	f, _ := start(t, func(cfg *lambdaruntime.Config) {
		cfg.TaskRoot = root
		cfg.Credentials = func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "AKID", SecretAccessKey: "SECRET", SessionToken: "TOKEN", Expires: expires}, nil
		}
	})
	before := time.Now()
	a := mustInvoke(t, f, request{Do: "env"})
	got := map[string]string{}
	for _, v := range a.Env {
		name, value, _ := strings.Cut(v, "=")
		got[name] = value
	}
	maps.DeleteFunc(got, func(name, _ string) bool { // that differ at each start; aws-lambda-go sets the last
		return slices.Contains([]string{"AWS_LAMBDA_RUNTIME_API", "_X_AMZN_TRACE_ID"}, name)
	})
	want := map[string]string{
		"BOOTSTRAP": "runtime", "BUCKET": "uploads",
		"AWS_ACCESS_KEY_ID": "AKID", "AWS_SECRET_ACCESS_KEY": "SECRET", "AWS_SESSION_TOKEN": "TOKEN",
		"AWS_CREDENTIAL_EXPIRATION": expires.UTC().Format(time.RFC3339),
		"AWS_REGION":                "eu-west-1", "AWS_DEFAULT_REGION": "eu-west-1",
		"AWS_LAMBDA_FUNCTION_NAME": "Signer", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "128",
		"AWS_LAMBDA_FUNCTION_VERSION": "$LATEST", "AWS_LAMBDA_LOG_GROUP_NAME": "signer-logs", "LAMBDA_TASK_ROOT": root,
		"_HANDLER": "bootstrap", "TZ": ":UTC", "PATH": "/usr/local/bin:/usr/bin/:/bin:/opt/bin",
	}
	if !maps.Equal(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
	if a.Dir != root {
		t.Errorf("working folder %q, want the task root %q", a.Dir, root)
	}
	if left := a.Deadline.Sub(before); left < 4*time.Second || left > 30*time.Second {
		t.Errorf("deadline in %v, want the timeout of 5s", left)
	}
}

func TestAFailedInvocationSaysHowAndIsReplaced(t *testing.T) {
	for _, c := range []struct {
		do      string
		timeout time.Duration
		want    string
		survive bool
	}{
		{"", 5 * time.Second, "", true},
		{"error", 5 * time.Second, "handler error errorString: no such thing", true},
		{"panic", 5 * time.Second, "handler error string: out of cheese", false},
		{"exit", 5 * time.Second, "invoke: runtime exited: exit status 7", false},
		{"hang", 1500 * time.Millisecond, "invoke: timed out after 1.50 seconds", false},
	} {
		t.Run(c.do, func(t *testing.T) {
			f, log := start(t, func(cfg *lambdaruntime.Config) { cfg.Timeout = c.timeout })
			warm := mustInvoke(t, f, request{})
			_, err := invoke(t, f, request{Do: c.do})
			if (err == nil) != (c.want == "") || err != nil && err.Error() != c.want || !strings.Contains(log.String(), c.want) {
				t.Errorf("got %v and log %q, want %q", err, log, c.want)
			}
			// At once, with room for one process only: the dead one is gone and does not count.
			next := mustInvoke(t, f, request{})
			if survived := next.PID == warm.PID; survived != c.survive {
				t.Errorf("process survived: %v, want %v", survived, c.survive)
			}
		})
	}
}

func TestAProcessThatDiedWhileIdleIsReplacedSilently(t *testing.T) {
	f, _ := start(t, unchanged)
	warm := mustInvoke(t, f, request{})
	if err := syscall.Kill(warm.PID, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	for syscall.Kill(warm.PID, 0) == nil { // until it is reaped
		if t.Context().Err() != nil {
			t.Fatal("the dead process was never reaped")
		}
	}
	if next := mustInvoke(t, f, request{}); next.PID == warm.PID {
		t.Errorf("answered by process %d, want a new one", next.PID)
	}
}

func TestAFunctionThatCannotStartFails(t *testing.T) {
	f, log := start(t, func(cfg *lambdaruntime.Config) { cfg.Environment["BOOTSTRAP"] = "init-exit" })
	if _, err := invoke(t, f, request{}); err == nil || err.Error() != "init: runtime exited: exit status 3" || log.String() != "Signer cannot start\n" {
		t.Errorf("got %v and log %q, want the exit and the unfinished line", err, log)
	}
	want := errors.New("no such role")
	f, _ = start(t, func(cfg *lambdaruntime.Config) {
		cfg.Credentials = func(context.Context) (aws.Credentials, error) { return aws.Credentials{}, want }
	})
	if _, err := invoke(t, f, request{}); !errors.Is(err, want) {
		t.Errorf("got %v, want %v", err, want)
	}
	cfg := config(io.Discard)
	cfg.Bootstrap += ".missing"
	if _, err := lambdaruntime.Start(cfg); err == nil {
		t.Error("no bootstrap: got no error")
	}
}

func TestAnAnswerOverSixMegabytesIsRefused(t *testing.T) {
	const most = 6 << 20
	f, log := start(t, unchanged)
	if _, err := invoke(t, f, request{Do: "big", Size: most - 200}); err != nil {
		t.Errorf("largest response: got %v, want none", err)
	}
	if _, err := invoke(t, f, request{Do: "big", Size: most}); err == nil || !strings.Contains(err.Error(), "read the response") {
		t.Errorf("response: got %v, want too large", err)
	}
	mustInvoke(t, f, request{Do: "log"})
	f.Close() // the pipe is read to its end
	for _, want := range []string{"Signer to stdout\n", "Signer to stderr\n"} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("log %q, want it to contain %q", log, want)
		}
	}
}

func TestACallerThatGivesUpLeavesTheProcessBusy(t *testing.T) {
	f, log := start(t, func(cfg *lambdaruntime.Config) { cfg.Timeout = time.Hour }) // only Close ends what hangs
	ctx, cancel := context.WithCancel(t.Context())
	gone := make(chan error)
	go func() {
		_, err := f.Invoke(ctx, []byte(`{"do":"hang"}`))
		gone <- err
	}()
	for !strings.Contains(log.String(), "hanging") {
		time.Sleep(time.Millisecond)
	}
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

func TestProcessesAreRetiredBeforeTheirCredentialsExpire(t *testing.T) {
	now := time.Date(2026, 11, 24, 2, 0, 0, 0, time.UTC)
	f, _ := start(t, func(cfg *lambdaruntime.Config) {
		expires := now.Add(time.Hour)
		cfg.Now, cfg.RetireBefore = func() time.Time { return now }, 5*time.Minute
		cfg.Credentials = func(context.Context) (aws.Credentials, error) { return aws.Credentials{Expires: expires}, nil }
	})
	first := mustInvoke(t, f, request{})
	now = now.Add(55 * time.Minute)
	if mustInvoke(t, f, request{}).PID != first.PID {
		t.Error("5 minutes before the end: got a new process")
	}
	now = now.Add(time.Second)
	if mustInvoke(t, f, request{}).PID == first.PID {
		t.Error("later: got the same process")
	}
}
