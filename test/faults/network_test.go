package faults

import (
	"testing"
)

type attributes = map[string]int64

// A network that is bad all the time, but works: nobody notices. The kinds are the soak's.
func TestABadNetworkIsNotSeenInTheResult(t *testing.T) {
	slowClose := trouble{Toxics: []toxic{up("slow_close", attributes{"delay": 100}), down("slow_close", attributes{"delay": 100})}}
	for name, bad := range map[string]trouble{
		"latency with jitter": fault{kind: "latency", n: 19}.trouble(), "4 MB/s": fault{kind: "bandwidth"}.trouble(),
		"small packets": fault{kind: "slicer"}.trouble(), "connections that are slow to close": slowClose,
	} {
		onBothLinks(t, name, func(_ *testing.T, r *rig, l *link) {
			l.every(bad.Toxics...)
			r.roundTrip()
		})
	}
}

// breaks is how connections end, one after the other: a kind of the soak's faults, with the bytes or milliseconds of each.
type breaks struct {
	name, kind string
	n          []int64
}

func (b breaks) troubles() (all []trouble) {
	for _, n := range b.n {
		all = append(all, fault{kind: b.kind, n: n}.trouble())
	}
	return all
}

// Connections that break, each in its way, one after the other: what was under way on them is done again, once.
func TestConnectionsThatBreakLoseAndDoubleNothing(t *testing.T) {
	for _, row := range []breaks{
		{"reset before the request arrives", "reset up", []int64{0, 0, 19}},
		{"reset before the answer arrives", "reset down", []int64{0, 0, 19}},
		{"reset in the middle of a request", "cut up", []int64{0, 300, 2000}},
		{"reset in the middle of an answer", "cut down", []int64{0, 40, 300}},
		{"half-closed by the client's side", "half up", []int64{300, 2000}},
		{"half-closed by the server's side", "half down", []int64{0, 40, 300}},
		{"truncated requests", "limit up", []int64{500, 1500}},
		{"truncated answers", "limit down", []int64{10, 250, 700}},
		{"closed without a request", "timeout up", []int64{19, 19}},
		{"closed without an answer", "timeout down", []int64{19, 19}},
	} {
		onBothLinks(t, row.name, func(_ *testing.T, r *rig, l *link) {
			l.trouble(row.troubles()...)
			r.roundTrip()
			r.checkDialled(l, len(row.n))
		})
	}
}

// A large transfer breaks in its middle: the part is sent again, and the download continues where it broke.
func TestLargeBodiesThatBreakInTheMiddle(t *testing.T) {
	for _, row := range []breaks{
		{"reset after 150 KB up", "cut up", []int64{150_000, 90_000}},
		{"reset after 3 MB up", "cut up", []int64{3_000_000, 4_000_000}},
		{"reset after 3 MB down", "cut down", []int64{3_000_000, 1_000_000}},
		{"half-closed after 3 MB up", "half up", []int64{3_000_000, 4_000_000}},
		{"half-closed after 3 MB down", "half down", []int64{3_000_000, 1_000_000}},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			r := shared.rig(t)
			want := content(3, largeBytes)
			r.file("large", want)
			up := row.troubles()[0].Cut.Up
			if up {
				r.s3.trouble(row.troubles()...)
			}
			got, err := r.upload(t.Context(), "large")
			if err != nil {
				t.Fatal(err)
			}
			if !up {
				transportOf(r.Config.HTTPClient).CloseIdleConnections()
				r.s3.trouble(row.troubles()...)
			}
			r.fetched(got.Key, want)
			r.checkDialled(r.s3, len(row.n))
			r.checkStored(1)
		})
	}
}

// A connection that lives and moves nothing is given up after the client's own patience.
func TestAStalledTransferIsGivenUpAndSentAgain(t *testing.T) {
	for _, stream := range []func(string, map[string]int64) toxic{up, down} {
		stall := stream("timeout", attributes{"timeout": 0})
		t.Run(stall.Stream, func(t *testing.T) {
			t.Parallel()
			r := shared.rig(t)
			r.s3.trouble(trouble{Toxics: []toxic{stall}})
			r.roundTrip()
			r.checkDialled(r.s3, 2)
		})
	}
}

// If a bit flips on the way up, S3 refuses the part by its signed checksum, and the client sends it again.
func TestBytesSpoiltOnTheWayUpAreSentAgain(t *testing.T) {
	r := shared.rig(t)
	for _, name := range []string{"putObject", "uploadPart"} {
		r.s3.gate.at(name, flipFirstBit, flipFirstBit)
	}
	r.roundTrip()
	if n := r.s3.gate.count("putObject") + r.s3.gate.count("uploadPart"); n != 6 {
		t.Errorf("bodies were sent %d times, want two that are sent three times", n)
	}
}
