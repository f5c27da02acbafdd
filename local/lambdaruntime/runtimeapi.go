package lambdaruntime

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"
)

// api serves the Runtime API to the one process.
func (p *process) api() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /2018-06-01/runtime/invocation/next", p.serveNext)
	mux.HandleFunc("POST /2018-06-01/runtime/invocation/{id}/response", p.serveResponse)
	mux.HandleFunc("POST /2018-06-01/runtime/invocation/{id}/error", p.serveError)
	return mux
}

// serveNext blocks until there is an invocation, for hours if need be.
func (p *process) serveNext(w http.ResponseWriter, r *http.Request) {
	observed := Observation{PID: p.cmd.Process.Pid, Started: p.started, Polled: time.Now()}
	select {
	case p.asks <- struct{}{}:
	default: // a second request for the next invocation at the same time says nothing new
	}
	var inv *invocation
	select {
	case inv = <-p.next:
	case <-r.Context().Done():
		return
	}
	observed.Given = time.Now()
	inv.observed = observed
	p.mu.Lock()
	p.current = inv
	p.mu.Unlock()
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Lambda-Runtime-Aws-Request-Id", inv.id)
	h.Set("Lambda-Runtime-Deadline-Ms", strconv.FormatInt(inv.deadline.UnixMilli(), 10))
	h.Set("Lambda-Runtime-Invoked-Function-Arn", p.fn.arn)
	h.Set("Lambda-Runtime-Trace-Id", traceID(inv))
	h.Set("Content-Length", strconv.Itoa(len(inv.payload)))
	_, _ = w.Write(inv.payload) // a process that is gone is seen by its exit
}

// traceID is an X-Ray header that says "not sampled": nothing collects traces locally.
func traceID(inv *invocation) string {
	return fmt.Sprintf("Root=1-%08x-%s%s%s;Parent=%s%s;Sampled=0", inv.deadline.Unix(),
		inv.id[24:], inv.id[:8], inv.id[9:13], inv.id[19:23], inv.id[24:])
}

func (p *process) serveResponse(w http.ResponseWriter, r *http.Request) {
	answer, err := io.ReadAll(http.MaxBytesReader(w, r.Body, MaxPayload))
	out := outcome{answer: answer}
	if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
		out = outcome{err: TooLargeError{What: "response", Bytes: len(answer) + 1}}
	} else if err != nil {
		return // the process ended while writing: its exit is reported elsewhere
	}
	if !p.finish(r.PathValue("id"), out) {
		refuse(w, http.StatusBadRequest, "InvalidRequestID", "no such invocation under way")
		return
	}
	if out.err != nil {
		refuse(w, http.StatusRequestEntityTooLarge, "Function.ResponseSizeTooLarge", out.err.Error())
		return
	}
	accept(w)
}

func (p *process) serveError(w http.ResponseWriter, r *http.Request) {
	if !p.finish(r.PathValue("id"), outcome{err: readError(w, r)}) {
		refuse(w, http.StatusBadRequest, "InvalidRequestID", "no such invocation under way")
		return
	}
	accept(w)
}

// finish hands the outcome to whoever waits for the invocation that is under way.
func (p *process) finish(id string, out outcome) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.current == nil || p.current.id != id {
		return false
	}
	p.current.observed.Answered = time.Now()
	p.current.done <- out
	p.current = nil
	return true
}

// readError reads what a function says of its failure; the header counts where the body says nothing.
func readError(w http.ResponseWriter, r *http.Request) error {
	e := HandlerError{}
	data, err := io.ReadAll(http.MaxBytesReader(w, r.Body, MaxPayload))
	if err != nil || json.Unmarshal(data, &e) != nil || e.Type == "" {
		e.Type = r.Header.Get("Lambda-Runtime-Function-Error-Type")
	}
	return e
}

func accept(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusAccepted)
	_, _ = io.WriteString(w, `{"status":"OK"}`)
}

func refuse(w http.ResponseWriter, status int, errorType, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(HandlerError{Type: errorType, Message: message})
}
