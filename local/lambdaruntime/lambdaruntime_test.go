package lambdaruntime_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"example.com/presigned/local/lambdaruntime"
)

func TestAProcessIsKeptWarm(t *testing.T) {
	f := start(t, config(t))
	first, second := mustInvoke(t, f, request{}), mustInvoke(t, f, request{})
	if first.PID != second.PID {
		t.Errorf("second invocation ran in process %d, want the warm %d", second.PID, first.PID)
	}
}

func TestTheEnvironmentIsLambdasAndNothingIsInherited(t *testing.T) {
	t.Setenv("INHERITED", "leak")
	t.Setenv("AWS_PROFILE", "leak")
	cfg := config(t)
	expires := time.Now().Add(time.Hour).Truncate(time.Second)
	cfg.Credentials = func(context.Context) (lambdaruntime.Creds, error) {
		return lambdaruntime.Creds{AccessKeyID: "AKID", SecretAccessKey: "SECRET", SessionToken: "TOKEN", Expires: expires}, nil
	}
	before := time.Now()
	a := mustInvoke(t, start(t, cfg), request{Do: "env"})
	got := map[string]string{}
	for _, v := range a.Env {
		name, value, _ := strings.Cut(v, "=")
		got[name] = value
	}
	want := map[string]string{
		"BOOTSTRAP": "runtime", "BUCKET": "uploads",
		"AWS_ACCESS_KEY_ID": "AKID", "AWS_SECRET_ACCESS_KEY": "SECRET", "AWS_SESSION_TOKEN": "TOKEN",
		"AWS_CREDENTIAL_EXPIRATION": expires.UTC().Format(time.RFC3339),
		"AWS_REGION":                "eu-west-1", "AWS_DEFAULT_REGION": "eu-west-1",
		"AWS_LAMBDA_FUNCTION_NAME": "Signer", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "128",
		"AWS_LAMBDA_FUNCTION_VERSION": "$LATEST", "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
		"AWS_LAMBDA_LOG_GROUP_NAME": "signer-logs", "LAMBDA_TASK_ROOT": cfg.TaskRoot, "LAMBDA_RUNTIME_DIR": "/var/runtime",
		"_HANDLER": "bootstrap", "TZ": ":UTC", "LANG": "en_US.UTF-8", "PATH": "/usr/local/bin:/usr/bin/:/bin:/opt/bin",
	}
	for name, value := range want {
		if got[name] != value {
			t.Errorf("%s = %q, want %q", name, got[name], value)
		}
	}
	also := []string{"AWS_LAMBDA_RUNTIME_API", "AWS_LAMBDA_LOG_STREAM_NAME", "_X_AMZN_TRACE_ID"} // the last by the runtime
	for name := range got {
		if _, ok := want[name]; !ok && !slices.Contains(also, name) {
			t.Errorf("the process sees %s, want it not to", name)
		}
	}
	if a.Dir != cfg.TaskRoot {
		t.Errorf("working folder %q, want the task root %q", a.Dir, cfg.TaskRoot)
	}
	if left := a.Deadline.Sub(before); left < 4*time.Second || left > 6*time.Second {
		t.Errorf("deadline in %v, want the timeout of 5s", left)
	}
}

func TestWhatTheFunctionWritesIsLoggedLineByLineUnderItsName(t *testing.T) {
	cfg := config(t)
	f := start(t, cfg)
	mustInvoke(t, f, request{Do: "log"})
	f.Close() // the pipe is read to its end
	for _, want := range []string{"Signer to stdout\n", "Signer to stderr\n"} {
		if got := cfg.Log.(*buffer).String(); !strings.Contains(got, want) {
			t.Errorf("log %q, want it to contain %q", got, want)
		}
	}
}

func TestAFailedInvocationSaysHowAndIsReplaced(t *testing.T) {
	for _, tc := range []struct {
		do      string
		timeout time.Duration
		want    func(error) bool
		logged  string
		survive bool
	}{
		{"error", 5 * time.Second, isHandlerError("errorString", "no such thing"), "no such thing", true},
		{"panic", 5 * time.Second, isHandlerError("string", "out of cheese"), "out of cheese", false},
		{"exit", 5 * time.Second, is(lambdaruntime.ExitError{Phase: "invoke", State: "exit status 7"}), "exit status 7", false},
		{"hang", 300 * time.Millisecond, is(lambdaruntime.TimeoutError{Phase: "invoke", Timeout: 300 * time.Millisecond}), "timed out after 0.30 seconds", false},
	} {
		t.Run(tc.do, func(t *testing.T) {
			cfg := config(t)
			cfg.Concurrency, cfg.Timeout = 1, tc.timeout
			f := start(t, cfg)
			warm := mustInvoke(t, f, request{})
			_, err := invoke(t, f, request{Do: tc.do})
			if err == nil || !tc.want(err) {
				t.Errorf("got %T %v, want another error", err, err)
			}
			if got := cfg.Log.(*buffer).String(); !strings.Contains(got, tc.logged) {
				t.Errorf("log %q, want it to say %q", got, tc.logged)
			}
			// At once, with room for one process only: the dead one is gone and does not count.
			next := mustInvoke(t, f, request{})
			if survived := next.PID == warm.PID; survived != tc.survive {
				t.Errorf("process survived: %v, want %v", survived, tc.survive)
			}
		})
	}
}

func is(want error) func(error) bool { return func(got error) bool { return got == want } }

func isHandlerError(typ, message string) func(error) bool {
	return is(lambdaruntime.HandlerError{Type: typ, Message: message})
}

func TestAProcessThatDiedWhileIdleIsReplacedSilently(t *testing.T) {
	cfg := config(t)
	cfg.Concurrency = 1
	f := start(t, cfg)
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

func TestAProcessThatCannotStartFailsTheInvocation(t *testing.T) {
	cfg := config(t)
	cfg.Environment["BOOTSTRAP"] = "init-exit"
	_, err := invoke(t, start(t, cfg), request{})
	if want := (lambdaruntime.ExitError{Phase: "init", State: "exit status 3"}); err != want {
		t.Errorf("got %T %v, want %T %v", err, err, want, want)
	}
	if log := cfg.Log.(*buffer).String(); log != "Signer cannot start\n" {
		t.Errorf("log %q, want the unfinished line", log)
	}
}

func TestPayloadsOverSixMegabytesAreRefused(t *testing.T) {
	f := start(t, config(t))
	_, err := f.Invoke(t.Context(), make([]byte, lambdaruntime.MaxPayload+1))
	if want := (lambdaruntime.TooLargeError{What: "request", Bytes: lambdaruntime.MaxPayload + 1}); err != want {
		t.Errorf("request: got %v, want %v", err, want)
	}
	if _, err = invoke(t, f, request{Do: "big", Size: lambdaruntime.MaxPayload - 200}); err != nil {
		t.Errorf("largest response: got %v, want none", err)
	}
	_, err = invoke(t, f, request{Do: "big", Size: lambdaruntime.MaxPayload})
	if want := (lambdaruntime.TooLargeError{}); !errors.As(err, &want) || want.What != "response" {
		t.Errorf("response: got %v, want too large", err)
	}
}

func TestABootstrapThatCannotRunIsRefused(t *testing.T) {
	for name, change := range map[string]func(*lambdaruntime.Config){
		"no bootstrap":   func(c *lambdaruntime.Config) { c.Bootstrap += ".missing" },
		"not executable": func(c *lambdaruntime.Config) { c.Bootstrap = c.TaskRoot },
	} {
		t.Run(name, func(t *testing.T) {
			cfg := config(t)
			change(&cfg)
			if _, err := lambdaruntime.Start(cfg); err == nil {
				t.Error("got no error")
			}
		})
	}
}

func TestABenchmarkIsToldWhenEachThingHappened(t *testing.T) {
	cfg := config(t)
	var got []lambdaruntime.Observation
	cfg.Observe = func(o lambdaruntime.Observation) { got = append(got, o) }
	f := start(t, cfg)
	first, second := mustInvoke(t, f, request{}), mustInvoke(t, f, request{})
	if len(got) != 2 || got[0].PID != first.PID || got[1].PID != second.PID {
		t.Fatalf("got %+v, want the processes %d and %d", got, first.PID, second.PID)
	}
	for _, o := range got {
		if !o.Polled.After(o.Started) || !o.Given.After(o.Polled) || !o.Answered.After(o.Given) {
			t.Errorf("got %+v, want start, poll, event and answer in this order", o)
		}
	}
}
