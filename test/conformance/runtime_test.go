//go:build conformance

package conformance

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"example.com/presigned/local/lambdaruntime"
	"example.com/presigned/test/harness"
)

// function runs a runtime's program as the bootstrap of a function.
func function(t *testing.T, handler string, argv ...string) *lambdaruntime.Function {
	t.Helper()
	bootstrap := filepath.Join(t.TempDir(), "bootstrap")
	script := "#!/bin/sh\nexec '" + strings.Join(argv, "' '") + "'\n"
	if err := os.WriteFile(bootstrap, []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	f, err := lambdaruntime.Start(lambdaruntime.Config{
		Name: "Echo", Bootstrap: bootstrap, TaskRoot: here("runtime"), Handler: handler,
		Region: "eu-west-1", AccountID: "000000000000", LogGroup: "echo-logs", MemoryMB: 256, Timeout: 3 * time.Second, Concurrency: 2,
		Environment: map[string]string{"PYTHONDONTWRITEBYTECODE": "1"},
		Credentials: func(context.Context) (lambdaruntime.Creds, error) {
			return lambdaruntime.Creds{AccessKeyID: "AKID", SecretAccessKey: "SECRET", SessionToken: "TOKEN"}, nil
		},
		Log: &harness.Log{}, Now: time.Now,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// invoked is what the functions answer.
type invoked struct {
	Echo                                                 json.RawMessage
	RequestID, ARN, Name, Version, LogGroup, Trace, Text string
	Memory, PID                                          int
	Remaining                                            int64
}

func invoke(t *testing.T, f *lambdaruntime.Function, event string) (a invoked, err error) {
	t.Helper()
	data, err := f.Invoke(t.Context(), []byte(event))
	if err == nil {
		err = json.Unmarshal(data, &a)
	}
	return a, err
}

// runtimeCheck looks at one thing of a function, and says what is wrong.
type runtimeCheck func(t *testing.T, f *lambdaruntime.Function) string

const event = `{"echo":{"key":"žluť ☺","n":1.5,"list":[null,true,"\u0001"]}}`

var runtimeChecks = map[string]runtimeCheck{
	"event and answer": func(t *testing.T, f *lambdaruntime.Function) string {
		a, err := invoke(t, f, event)
		var got, want any
		_ = json.Unmarshal(a.Echo, &got)
		_ = json.Unmarshal([]byte(`{"key":"žluť ☺","n":1.5,"list":[null,true,"\u0001"]}`), &want)
		return differs(err, fmt.Sprint(got), fmt.Sprint(want))
	},
	"request ID": func(t *testing.T, f *lambdaruntime.Function) string {
		a, err := invoke(t, f, event)
		b, _ := invoke(t, f, event)
		uuid := regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
		return differs(err, uuid.MatchString(a.RequestID) && a.RequestID != b.RequestID, true)
	},
	"ARN": func(t *testing.T, f *lambdaruntime.Function) string {
		a, err := invoke(t, f, event)
		return differs(err, a.ARN, "arn:aws:lambda:eu-west-1:000000000000:function:Echo")
	},
	"name, version, memory and log group": func(t *testing.T, f *lambdaruntime.Function) string {
		a, err := invoke(t, f, event)
		return differs(err, fmt.Sprint(a.Name, a.Version, a.Memory, a.LogGroup), fmt.Sprint("Echo", "$LATEST", 256, "echo-logs"))
	},
	"deadline": func(t *testing.T, f *lambdaruntime.Function) string {
		a, err := invoke(t, f, event)
		return differs(err, a.Remaining > 0 && a.Remaining <= 3000, true)
	},
	"trace ID": func(t *testing.T, f *lambdaruntime.Function) string {
		a, err := invoke(t, f, event)
		return differs(err, regexp.MustCompile(`^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=0`).MatchString(a.Trace), true)
	},
	"kept warm": func(t *testing.T, f *lambdaruntime.Function) string {
		a, err := invoke(t, f, event)
		b, _ := invoke(t, f, event)
		return differs(err, a.PID, b.PID)
	},
	"error of the handler, and on": func(t *testing.T, f *lambdaruntime.Function) string {
		before, _ := invoke(t, f, event)
		_, failed := invoke(t, f, `{"do":"fail"}`)
		after, err := invoke(t, f, event)
		var handler lambdaruntime.HandlerError
		if !errors.As(failed, &handler) || handler.Message != "no bananas" || handler.Type == "" {
			return fmt.Sprintf("got %#v, want the handler's own error", failed)
		}
		return differs(err, after.PID, before.PID)
	},
	"exit in an invocation, and on": func(t *testing.T, f *lambdaruntime.Function) string {
		_, failed := invoke(t, f, `{"do":"exit"}`)
		var exit lambdaruntime.ExitError
		if !errors.As(failed, &exit) || exit.State != "exit status 3" {
			return fmt.Sprintf("got %v, want exit status 3", failed)
		}
		_, err := invoke(t, f, event)
		return differs(err, "", "")
	},
	"timeout, and on": func(t *testing.T, f *lambdaruntime.Function) string {
		_, failed := invoke(t, f, `{"do":"hang"}`)
		var timeout lambdaruntime.TimeoutError
		if !errors.As(failed, &timeout) {
			return fmt.Sprintf("got %v, want a timeout", failed)
		}
		_, err := invoke(t, f, event)
		return differs(err, "", "")
	},
	"an event of 6 MB": func(t *testing.T, f *lambdaruntime.Function) string {
		full := `{"padding":"` + strings.Repeat("x", lambdaruntime.MaxPayload-14) + `"}`
		if len(full) != lambdaruntime.MaxPayload {
			t.Fatalf("%d bytes", len(full))
		}
		_, err := invoke(t, f, full)
		return differs(err, "", "")
	},
	"an event of a byte more": func(t *testing.T, f *lambdaruntime.Function) string {
		_, err := invoke(t, f, `{"padding":"`+strings.Repeat("x", lambdaruntime.MaxPayload-13)+`"}`)
		var tooLarge lambdaruntime.TooLargeError
		return differs(nil, errors.As(err, &tooLarge) && tooLarge.RequestTooLarge(), true)
	},
	"an answer over 6 MB, and on": func(t *testing.T, f *lambdaruntime.Function) string {
		_, failed := invoke(t, f, fmt.Sprintf(`{"size":%d}`, lambdaruntime.MaxPayload))
		var tooLarge lambdaruntime.TooLargeError
		if !errors.As(failed, &tooLarge) {
			return fmt.Sprintf("got %v, want that the answer is too large", failed)
		}
		_, err := invoke(t, f, event)
		return differs(err, "", "")
	},
	"20 events at once": func(t *testing.T, f *lambdaruntime.Function) string {
		return differs(atOnce(t, f), "", "")
	},
}

// atOnce invokes two processes by turns, as fast as they are free again.
func atOnce(t *testing.T, f *lambdaruntime.Function) error {
	errs := make(chan error, 2)
	for i := range 2 {
		go func() {
			for j := range 10 {
				want := fmt.Sprintf(`"%d of %d"`, j, i)
				a, err := invoke(t, f, `{"echo":`+want+`}`)
				if err != nil || string(a.Echo) != want {
					errs <- fmt.Errorf("got %s %w, want %s", a.Echo, err, want)
					return
				}
			}
			errs <- nil
		}()
	}
	return errors.Join(<-errs, <-errs)
}

func differs[T comparable](err error, got, want T) string {
	switch {
	case err != nil:
		return err.Error()
	case got != want:
		return fmt.Sprintf("got %v, want %v", got, want)
	}
	return ""
}

func TestTheRuntimeAPIServesOtherRuntimes(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		t.Fatal(err)
	}
	ric := []string{node, "--require", here("runtime/transport.cjs"), here("node_modules/aws-lambda-ric/index.mjs")}
	for suite, start := range map[string]func(handler string) *lambdaruntime.Function{
		"Lambda: aws-lambda-go": func(handler string) *lambdaruntime.Function {
			return function(t, handler, harness.Build("conformance/lambda/bootstrap"))
		},
		"Lambda: awslambdaric": func(handler string) *lambdaruntime.Function {
			return function(t, handler, python(), "-m", "awslambdaric", handler)
		},
		"Lambda: aws-lambda-ric": func(handler string) *lambdaruntime.Function {
			return function(t, handler, append(ric, handler)...)
		},
	} {
		got := checks{}
		f := start("handler.handler")
		for name, check := range runtimeChecks {
			got.add(name, check(t, f))
		}
		if suite != "Lambda: aws-lambda-go" { // it has its handler compiled in
			_, err := invoke(t, start("handler.missing"), event)
			var reported lambdaruntime.HandlerError
			got.add("a handler that is not there", differs(nil, errors.As(err, &reported) && reported.Type == "Runtime.HandlerNotFound", true))
			if got["a handler that is not there"] != "" {
				got["a handler that is not there"] = fmt.Sprintf("got %#v", err)
			}
		}
		judge(t, suite, got)
	}
}
