package faults

import (
	"testing"
)

type attributes = map[string]int64

// A network that is bad all the time, but works: nobody notices.
func TestABadNetworkIsNotSeenInTheResult(t *testing.T) {
	for _, row := range []struct {
		name   string
		toxics []toxic
	}{
		{"latency of 15 ms and up to 10 ms more, both ways", []toxic{
			up("latency", attributes{"latency": 15, "jitter": 10}), down("latency", attributes{"latency": 15, "jitter": 10}),
		}},
		{"8 MB/s up and down", []toxic{up("bandwidth", attributes{"rate": 8000}), down("bandwidth", attributes{"rate": 8000})}},
		{"packets of some 4 KB", []toxic{
			up("slicer", attributes{"average_size": 4000, "size_variation": 2000, "delay": 1}),
			down("slicer", attributes{"average_size": 4000, "size_variation": 2000, "delay": 1}),
		}},
		{"connections that are slow to close", []toxic{up("slow_close", attributes{"delay": 100}), down("slow_close", attributes{"delay": 100})}},
	} {
		both(t, row.name, func(_ *testing.T, r *rig, l *link) {
			l.every(row.toxics...)
			r.story()
		})
	}
}

// Connections that break, each in its way, one after the other: what was under way on them is done again, once.
func TestConnectionsThatBreakLoseAndDoubleNothing(t *testing.T) {
	poison := func(toxics ...toxic) trouble { return trouble{Toxics: toxics} }
	cutAt := func(up, half bool, bytes ...int64) (all []trouble) {
		for _, n := range bytes {
			all = append(all, trouble{Cut: &cut{Up: up, After: n, Half: half}})
		}
		return all
	}
	for _, row := range []struct {
		name     string
		troubles []trouble
	}{
		{"reset before the request arrives", []trouble{poison(up("reset_peer", nil)), poison(up("reset_peer", nil)), poison(up("reset_peer", attributes{"timeout": 20}))}},
		{"reset before the answer arrives", []trouble{poison(down("reset_peer", nil)), poison(down("reset_peer", nil)), poison(down("reset_peer", attributes{"timeout": 20}))}},
		{"reset in the middle of a request", cutAt(true, false, 0, 300, 2000)},
		{"reset in the middle of an answer", cutAt(false, false, 0, 40, 300)},
		{"half-closed by the client's side", cutAt(true, true, 300, 2000)},
		{"half-closed by the server's side", cutAt(false, true, 0, 40, 300)},
		{"truncated requests", []trouble{poison(up("limit_data", attributes{"bytes": 500})), poison(up("limit_data", attributes{"bytes": 1500}))}},
		{"truncated answers", []trouble{poison(down("limit_data", attributes{"bytes": 10})), poison(down("limit_data", attributes{"bytes": 250})), poison(down("limit_data", attributes{"bytes": 700}))}},
		{"closed after 150 ms without an answer", []trouble{poison(up("timeout", attributes{"timeout": 150})), poison(down("timeout", attributes{"timeout": 150}))}},
	} {
		both(t, row.name, func(_ *testing.T, r *rig, l *link) {
			l.trouble(row.troubles...)
			r.story()
			r.met(l, len(row.troubles))
		})
	}
}

// A large transfer breaks in its middle: the part is sent again, and the download continues where it broke.
func TestLargeBodiesThatBreakInTheMiddle(t *testing.T) {
	for _, row := range []struct {
		name string
		cuts []cut
	}{
		{"reset after 150 KB up", []cut{{Up: true, After: 150_000}, {Up: true, After: 90_000}}},
		{"reset after 3 MB up", []cut{{Up: true, After: 3_000_000}, {Up: true, After: 4_000_000}}},
		{"reset after 3 MB down", []cut{{After: 3_000_000}, {After: 1_000_000}}},
		{"half-closed after 3 MB up", []cut{{Up: true, After: 3_000_000, Half: true}, {Up: true, After: 4_000_000, Half: true}}},
		{"half-closed after 3 MB down", []cut{{After: 3_000_000, Half: true}, {After: 1_000_000, Half: true}}},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			r := shared.rig(t)
			want := content(3, largeBytes)
			r.file("large", want)
			if row.cuts[0].Up {
				r.breakNext(row.cuts)
			}
			got, err := r.upload(t.Context(), "large")
			if err != nil {
				t.Fatal(err)
			}
			if !row.cuts[0].Up {
				transportOf(r.Config.HTTPClient).CloseIdleConnections()
				r.breakNext(row.cuts)
			}
			r.fetched(got.Key, want)
			r.met(r.s3, len(row.cuts))
			r.sound(1)
		})
	}
}

func (r *rig) breakNext(cuts []cut) {
	var all []trouble
	for i := range cuts {
		all = append(all, trouble{Cut: &cuts[i]})
	}
	r.s3.trouble(all...)
}

// A connection that lives and moves nothing is given up after the client's own patience.
func TestAStalledTransferIsGivenUpAndSentAgain(t *testing.T) {
	for _, stream := range []func(string, map[string]int64) toxic{up, down} {
		stall := stream("timeout", attributes{"timeout": 0})
		t.Run(stall.Stream, func(t *testing.T) {
			t.Parallel()
			r := shared.rig(t)
			r.s3.trouble(trouble{Toxics: []toxic{stall}})
			r.story()
			r.met(r.s3, 2)
		})
	}
}

// If a bit flips on the way up, S3 refuses the part by its signed checksum, and the client sends it again.
func TestBytesSpoiltOnTheWayUpAreSentAgain(t *testing.T) {
	r := shared.rig(t)
	for _, name := range []string{"putObject", "uploadPart"} {
		r.s3.gate.at(name, spoiltUp, spoiltUp)
	}
	r.story()
	if n := r.s3.gate.count("putObject") + r.s3.gate.count("uploadPart"); n != 6 {
		t.Errorf("bodies were sent %d times, want two that are sent three times", n)
	}
}
