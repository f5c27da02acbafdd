package faults

import (
	"slices"
	"testing"

	"example.com/presigned/client"
)

// operations are all that a round trip asks of S3.
var operations = []string{
	"putObject", "createMultipartUpload", "uploadPart", "completeMultipartUpload", "listObjectsV2", "getObject",
}

// patient gives a busy machine time: it may stall for seconds.
func patient(c *client.Config) { c.Tries = 20 }

// Each fault of a request that the soak draws, at each operation of S3 once, or at every second request to the API. The
// soak has those that stop the user or the stack too.
func TestEachFaultOfARequestIsNotSeenInTheResult(t *testing.T) {
	if !canKill() {
		t.Skip("killing the functions needs /proc")
	}
	for to, kinds := range requestFaults {
		for _, kind := range kinds {
			if slices.Contains([]string{"stop", "lost and stop", "restart"}, kind) {
				continue
			}
			t.Run(to+": "+kind, func(t *testing.T) {
				if !slices.Contains([]string{"kill", "rotate", "session"}, kind) { // these disturb the other rows
					t.Parallel()
				}
				r := shared.rig(t, patient)
				do := r.asAct(fault{link: to, kind: kind})
				if to == "api" {
					r.api.gate.at("ask", do, nil, do, nil, do)
				} else {
					for _, name := range operations {
						r.s3.gate.at(name, do)
					}
				}
				r.roundTrip()
				for _, name := range operations {
					if n := r.s3.gate.count(name); n < 2 && sentAgain(to, kind, name) {
						t.Errorf("%s was sent %d times, want it refused and sent again", name, n)
					}
				}
			})
		}
	}
	if killFunctions() == 0 {
		t.Error("found no function to kill")
	}
}

// sentAgain reports whether the fault makes the client send the operation to S3 again.
func sentAgain(to, kind, operation string) bool {
	if kind == "flip" {
		return operation == "putObject" || operation == "uploadPart"
	}
	return to == "s3" && !slices.Contains([]string{"kill", "rotate", "expire"}, kind)
}

// Each fault of a connection that the soak draws, on the first three connections to a server: at once, in the first
// header, and in a body.
func TestEachFaultOfAConnectionIsNotSeenInTheResult(t *testing.T) {
	for _, kind := range connectionFaults {
		for _, to := range []string{"api", "s3"} {
			t.Run(to+": "+kind, func(t *testing.T) {
				t.Parallel()
				r := shared.rig(t, patient)
				l := r.link(to)
				l.plan(fault{kind: kind}.asTrouble(), fault{kind: kind, n: 300}.asTrouble(), fault{kind: kind, n: 2019}.asTrouble())
				r.roundTrip()
				want := 3
				if slices.Contains([]string{"latency", "bandwidth", "slicer"}, kind) {
					want = 1 // the connection lives on
				}
				l.mu.Lock()
				defer l.mu.Unlock()
				if l.dialled < want {
					t.Errorf("%d connections were dialled, want at least %d", l.dialled, want)
				}
			})
		}
	}
}
