package faults

import (
	"net/http"
	"os"
	"runtime"
	"syscall"
	"time"

	"example.com/presigned/test/measure"
)

// ended is how far the stack's clock must go until the sessions have ended that the functions sign with now.
const ended = 61 * time.Minute

// sessionEnds lets a request arrive at S3 when the session that signed it has ended. The functions start again, with new
// sessions; the clock goes back, for they sign by the machine's.
func (w *world) sessionEnds() act {
	return func(rw http.ResponseWriter, r *http.Request, pass http.Handler) {
		killFunctions()
		w.advance(ended)
		pass.ServeHTTP(rw, r)
		w.advance(-ended)
	}
}

// killFunctions ends every process of the stack's functions as the machine under them would, and says how many. Nothing
// else that the tests start lives at the same time.
func killFunctions() (killed int) {
	for _, child := range measure.Children(os.Getpid()) {
		if syscall.Kill(child.PID, syscall.SIGKILL) == nil {
			killed++
		}
	}
	return killed
}

// canKill says whether this system shows the children of a process.
func canKill() bool { return runtime.GOOS == "linux" }
