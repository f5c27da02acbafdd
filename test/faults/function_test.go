package faults

import (
	"bytes"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"syscall"
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
