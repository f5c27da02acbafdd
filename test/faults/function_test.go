package faults

import (
	"bytes"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// ended is how far the stack's clock must go until the sessions have ended that the functions sign with now.
const ended = 61 * time.Minute

// sessionEnds lets a request arrive at S3 when the session that signed it has ended. The functions start again, with new
// sessions; the clock goes back, for they sign by the machine's.
func (w *world) sessionEnds() act {
	return func(rw http.ResponseWriter, r *http.Request, pass http.Handler) {
		w.killFunctions()
		w.advance(ended)
		pass.ServeHTTP(rw, r)
		w.advance(-ended)
	}
}

// killFunctions ends every process of the stack's functions as the machine under them would, and says how many. They
// are known by their environment, which names the stack's own S3 endpoint.
func (w *world) killFunctions() (killed int) {
	w.mu.RLock()
	mine := []byte("AWS_ENDPOINT_URL_S3=" + w.S3URL + "\x00")
	w.mu.RUnlock()
	environments, _ := filepath.Glob("/proc/[0-9]*/environ")
	for _, path := range environments {
		text, err := os.ReadFile(path)
		if err != nil || !bytes.Contains(text, mine) {
			continue
		}
		pid, err := strconv.Atoi(filepath.Base(filepath.Dir(path)))
		if err == nil && syscall.Kill(pid, syscall.SIGKILL) == nil {
			killed++
		}
	}
	return killed
}

// canKill says whether this system shows the environment of processes.
func canKill() bool { return runtime.GOOS == "linux" }

// Twenty uploads while every second request to the endpoint has its function killed under it.
func TestFunctionsKilledAtAnyMomentLoseAndDoubleNothing(t *testing.T) {
	if !canKill() {
		t.Skip("killing the functions needs /proc")
	}
	r := shared.rig(t)
	var killed atomic.Int64
	kill := meanwhile(func() { killed.Add(int64(shared.killFunctions())) })
	for n := range 40 {
		r.api.gate.byNth[2*n] = kill
	}
	for n := range 10 {
		for name, size := range map[string]int{"small": smallBytes, "multi": multiBytes} {
			r.file(name, content(uint64(100*size+n), size))
			if _, err := r.upload(t.Context(), name); err != nil {
				t.Fatal(err)
			}
		}
	}
	if killed.Load() == 0 {
		t.Error("no function was killed")
	}
	r.checkStored(20)
}

// Each process of a function has its own session, so a multipart upload may continue under another session.
func TestCredentialsThatRotateBetweenTwoRequestsAreNotSeenInTheResult(t *testing.T) {
	if !canKill() {
		t.Skip("killing the functions needs /proc")
	}
	r := shared.rig(t)
	r.api.gate.always(first(func() { shared.killFunctions() }))
	var mu sync.Mutex
	signers := map[string]bool{}
	r.s3.gate.always(func(w http.ResponseWriter, q *http.Request, pass http.Handler) {
		mu.Lock()
		signers[q.URL.Query().Get("X-Amz-Credential")] = true
		mu.Unlock()
		pass.ServeHTTP(w, q)
	})
	r.roundTrip()
	if len(signers) < 6 {
		t.Errorf("the URLs were signed by %d sessions, want one for each of at least 6 requests", len(signers))
	}
}

// A session that has ended by the time its URL arrives costs another URL, for each operation.
func TestASessionThatEndsBeforeItsURLIsUsedIsNotSeenInTheResult(t *testing.T) {
	r := shared.rig(t)
	for _, name := range operations {
		r.s3.gate.at(name, r.w.sessionEnds())
	}
	r.roundTrip()
	for _, name := range operations {
		if r.s3.gate.count(name) < 2 {
			t.Errorf("%s was sent %d times, want another one after the session had ended", name, r.s3.gate.count(name))
		}
	}
}
