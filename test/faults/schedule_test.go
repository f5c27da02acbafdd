package faults

import (
	"fmt"
	"math/rand/v2"
	"strings"

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

// plan installs the schedule's faults.
func (r *rig) plan(s schedule) {
	for _, f := range s.faults {
		l := r.link(f.link)
		if do := r.act(f); do != nil {
			l.gate.mu.Lock()
			l.gate.byNth[f.at] = do
			l.gate.mu.Unlock()
			continue
		}
		l.mu.Lock()
		l.troubles[f.at] = f.trouble()
		l.mu.Unlock()
	}
}

// act is what a fault of a request does; nil: it is one of a connection.
func (r *rig) act(f fault) act {
	var status int
	if _, err := fmt.Sscanf(f.kind, "%d", &status); err == nil {
		if f.link == "api" {
			return apiRefuses(status)
		}
		return s3Refuses(status, map[int]string{429: "TooManyRequests", 500: "InternalError", 503: "SlowDown"}[status])
	}
	return map[string]act{
		"unsent": unsent(nothing), "lost": lost(nothing), "silent": silent, "flip": flipFirstBit,
		"kill": meanwhile(func() { r.w.killFunctions() }), "rotate": first(func() { r.w.killFunctions() }),
		"expire": first(r.expire), "session": r.w.sessionEnds(), "stop": unsent(r.stop), "lost and stop": lost(r.stop),
		"restart": meanwhile(r.restart),
	}[f.kind]
}

// trouble is what a fault of a connection is.
func (f fault) trouble() trouble {
	ms := f.n % 20
	cutOf := func(up, half bool) trouble { return trouble{Cut: &cut{Up: up, After: f.n, Half: half}} }
	one := func(t toxic) trouble { return trouble{Toxics: []toxic{t}} }
	return map[string]trouble{
		"latency":   {Toxics: []toxic{up("latency", attributes{"latency": ms}), down("latency", attributes{"latency": ms, "jitter": ms})}},
		"bandwidth": {Toxics: []toxic{up("bandwidth", attributes{"rate": 4000}), down("bandwidth", attributes{"rate": 4000})}},
		"slicer":    one(up("slicer", attributes{"average_size": 2000, "size_variation": 1000, "delay": 1})),
		"limit up":  one(up("limit_data", attributes{"bytes": f.n})), "limit down": one(down("limit_data", attributes{"bytes": f.n})),
		"reset up": one(up("reset_peer", attributes{"timeout": ms})), "reset down": one(down("reset_peer", attributes{"timeout": ms})),
		"timeout up": one(up("timeout", attributes{"timeout": 20 + ms})), "timeout down": one(down("timeout", attributes{"timeout": 20 + ms})),
		"cut up": cutOf(true, false), "cut down": cutOf(false, false), "half up": cutOf(true, true), "half down": cutOf(false, true),
	}[f.kind]
}
