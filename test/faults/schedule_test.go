package faults

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"example.com/presigned/test/toxics"
	"example.com/presigned/test/users"
)

// schedule is all that one run of the soak does: a function of its seed and of nothing else.
type schedule struct {
	seed    uint64
	actions []users.Action
	faults  []fault
}

// fault is one thing that goes wrong.
type fault struct {
	link string // api or s3
	kind string
	at   int   // number of the request for requestFaults, of the connection for connectionFaults; from 0
	n    int64 // bytes or milliseconds, for connectionFaults
}

// What can happen to a request. A silent endpoint is left out: the client gives it 35 s, as API Gateway gives the function.
var requestFaults = map[string][]string{
	"api": {"429", "500", "502", "503", "504", "unsent", "lost", "kill", "rotate", "expire", "stop", "restart"},
	"s3":  {"429", "500", "503", "unsent", "lost", "silent", "flip", "kill", "rotate", "expire", "session", "stop", "restart", "lost and stop"},
}

// What can happen to a connection.
var connectionFaults = []string{
	"latency", "bandwidth", "slicer", "limit up", "limit down", "reset up", "reset down", "timeout up", "timeout down",
	"cut up", "cut down", "half up", "half down",
}

// scheduleOf draws a schedule.
func scheduleOf(seed uint64) schedule {
	r := rand.New(rand.NewPCG(seed, 0))
	s := schedule{seed: seed}
	for range 3 + r.IntN(4) {
		s.actions = append(s.actions, users.Draw(users.Actions(), r))
	}
	for range 2 + r.IntN(7) {
		s.faults = append(s.faults, faultOf(r))
	}
	return s
}

func faultOf(r *rand.Rand) fault {
	f := fault{link: []string{"api", "s3", "s3"}[r.IntN(3)]}
	if r.IntN(5) < 3 {
		kinds := requestFaults[f.link]
		f.kind, f.at = kinds[r.IntN(len(kinds))], r.IntN(24)
		return f
	}
	f.kind, f.at = connectionFaults[r.IntN(len(connectionFaults))], r.IntN(6)
	f.n = 1 + r.Int64N(int64([]int{1000, 400_000}[r.IntN(2)]))
	return f
}

func (s schedule) String() string {
	var b strings.Builder
	_, _ = fmt.Fprintf(&b, "seed %d\n", s.seed)
	for _, a := range s.actions {
		_, _ = fmt.Fprintf(&b, "  the user: %s\n", a.Name)
	}
	for _, f := range s.faults {
		_, _ = fmt.Fprintf(&b, "  %s: %s at %d, %d\n", f.link, f.kind, f.at, f.n)
	}
	return b.String()
}

// plan installs the schedule's faults, before the first request.
func (r *rig) plan(s schedule) {
	for _, f := range s.faults {
		if l, do := r.link(f.link), r.asAct(f); do == nil {
			l.troubles[f.at] = f.asTrouble()
		} else {
			l.gate.planned[""][f.at] = do
		}
	}
}

// asAct is what a fault of a request does; nil: it is one of a connection.
func (r *rig) asAct(f fault) act {
	var status int
	if _, err := fmt.Sscanf(f.kind, "%d", &status); err == nil {
		if f.link == "api" {
			return apiRefuses(status)
		}
		return s3Refuses(status, map[int]string{429: "TooManyRequests", 500: "InternalError", 503: "SlowDown"}[status])
	}
	return map[string]act{
		"unsent": unsent(nothing), "lost": lost(nothing), "silent": silent, "flip": flipFirstBit,
		"kill": meanwhile(func() { killFunctions() }), "rotate": first(func() { killFunctions() }),
		"expire": first(r.expire), "session": r.w.sessionEnds(), "stop": unsent(r.interrupt), "lost and stop": lost(r.interrupt),
		"restart": meanwhile(r.restart),
	}[f.kind]
}

// asTrouble is what a fault of a connection does.
func (f fault) asTrouble() trouble {
	ms := f.n % 20
	type attributes = toxics.Attributes
	both := func(kind string, a attributes) trouble {
		return trouble{toxics: []toxics.Toxic{toxics.Up(kind, a), toxics.Down(kind, a)}}
	}
	kind, direction, _ := strings.Cut(f.kind, " ")
	one := func(kind string, a attributes, more ...toxics.Toxic) trouble {
		if direction == "down" {
			return trouble{toxics: append(more, toxics.Down(kind, a))}
		}
		return trouble{toxics: append(more, toxics.Up(kind, a))}
	}
	return map[string]trouble{
		"latency":   both("latency", attributes{"latency": ms, "jitter": ms}),
		"bandwidth": both("bandwidth", attributes{"rate": 4000}),
		"slicer":    one("slicer", attributes{"average_size": 2000, "size_variation": 1000, "delay": 1}),
		"limit":     one("limit_data", attributes{"bytes": f.n}),
		"cut":       one("limit_data", attributes{"bytes": f.n}, toxics.Resets()),
		"reset":     one("reset_peer", attributes{"timeout": ms}),
		"timeout":   one("timeout", attributes{"timeout": 20 + ms}),
		"half":      {half: &half{up: direction == "up", left: f.n}},
	}[kind]
}
