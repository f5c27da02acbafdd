package lambdaruntime

import (
	"errors"
	"fmt"
	"time"
)

// errGone says that a process died before it took an invocation, which therefore may go to another one.
var errGone = errors.New("process gone")

// TimeoutError says that the process did not answer in time and was killed.
type TimeoutError struct {
	Phase   string // "init" or "invoke"
	Timeout time.Duration
}

func (e TimeoutError) Error() string {
	return fmt.Sprintf("%s: timed out after %.2f seconds", e.Phase, e.Timeout.Seconds())
}

// ExitError says that the process ended without an answer.
type ExitError struct {
	Phase string // "init" or "invoke"
	State string // such as "exit status 1" or "signal: killed"
}

func (e ExitError) Error() string { return fmt.Sprintf("%s: runtime exited: %s", e.Phase, e.State) }

// HandlerError is an error that the function itself reported.
type HandlerError struct {
	Type    string `json:"errorType"`
	Message string `json:"errorMessage"`
}

func (e HandlerError) Error() string { return "handler error " + e.Type + ": " + e.Message }

// TooLargeError says that a payload is over [MaxPayload].
type TooLargeError struct {
	What  string // "request" or "response"
	Bytes int    // of a response, how many were read before giving up
}

func (e TooLargeError) Error() string {
	return fmt.Sprintf("%s payload of %d bytes: want at most %d", e.What, e.Bytes, MaxPayload)
}

// RequestTooLarge marks the error, when it is the request, for callers that do not import this package.
func (e TooLargeError) RequestTooLarge() bool { return e.What == "request" }
