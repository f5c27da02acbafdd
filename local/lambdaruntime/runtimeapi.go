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
	mux.HandleFunc("POST /2018-06-01/runtime/invocation/{id}/response", func(w http.ResponseWriter, r *http.Request) {
		if answer, err := readAnswer(w, r); err == nil {
			p.finish(w, r, outcome{answer: answer})
		} else {
			p.finish(w, r, outcome{err: err})
		}
	})
	mux.HandleFunc("POST /2018-06-01/runtime/invocation/{id}/error", func(w http.ResponseWriter, r *http.Request) {
		answer, err := readAnswer(w, r)
		var failure struct{ ErrorType, ErrorMessage string }
		if err = errors.Join(err, json.Unmarshal(answer, &failure)); err == nil {
			err = fmt.Errorf("handler error %s: %s", failure.ErrorType, failure.ErrorMessage)
		}
		p.finish(w, r, outcome{err: err})
	})
	return mux
}

// readAnswer reads a response. It fails if the response is too large, or if the process ended while it wrote.
func readAnswer(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	answer, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxPayload))
	if err != nil {
		return nil, fmt.Errorf("read the response, of at most %d bytes: %w", maxPayload, err)
	}
	return answer, nil
}

// serveNext blocks until there is an invocation, for hours if need be.
func (p *process) serveNext(w http.ResponseWriter, r *http.Request) {
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
	inv.observed = Observation{PID: p.cmd.Process.Pid, Started: p.started}
	p.mu.Lock()
	p.current = inv
	p.mu.Unlock()
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Lambda-Runtime-Aws-Request-Id", inv.id)
	h.Set("Lambda-Runtime-Deadline-Ms", strconv.FormatInt(inv.deadline.UnixMilli(), 10))
	h.Set("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:"+p.fn.cfg.Region+":"+p.fn.cfg.AccountID+":function:"+p.fn.cfg.Name)
	h.Set("Content-Length", strconv.Itoa(len(inv.payload)))
	_, _ = w.Write(inv.payload) // if the process is gone, its exit is reported
}

// finish hands the outcome to the caller of the present invocation.
func (p *process) finish(w http.ResponseWriter, r *http.Request, out outcome) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.current == nil || p.current.id != r.PathValue("id") {
		http.Error(w, "no such invocation", http.StatusBadRequest)
		return
	}
	p.current.observed.Answered = time.Now()
	p.current.done <- out
	p.current = nil
	w.WriteHeader(http.StatusAccepted)
}
