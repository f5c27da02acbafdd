package advisory

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var today = time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)

func TestWhatIsCalledFailsUnlessItIsAcceptedForNow(t *testing.T) {
	called := Finding{ID: "GO-1", Module: "example.com/m", Version: "v1.0.0", Fixed: "v1.0.1", Symbol: "Parse"}
	uncalled := called
	uncalled.Symbol = ""
	std := Finding{ID: "GO-2", Module: "stdlib", Version: "v1.26.8", Fixed: "v1.26.10", Symbol: "Read"}
	until := func(day string) []Exception { return []Exception{{ID: "GO-1", Reason: "input is ours", Until: day}} }
	for name, c := range map[string]struct {
		found      Finding
		toolchain  string
		exceptions []Exception
		want       string // what the one failure says; empty for none
	}{
		"a called function":                     {called, "go1.26.10", nil, "Parse is called: GO-1"},
		"a module whose bad part is not called": {uncalled, "go1.26.10", nil, ""},
		"an exception on its last day":          {called, "go1.26.10", until("2026-11-25"), ""},
		"an exception that has ended":           {called, "go1.26.10", until("2026-11-24"), "ended on 2026-11-24"},
		"an exception of nothing":               {std, "go1.26.10", until("2027-01-01"), "accepts nothing"},
		"an exception without a reason":         {called, "go1.26.10", []Exception{{ID: "GO-1", Until: "2027-01-01"}}, "no reason"},
		"Go itself, fixed by go.mod's":          {std, "go1.26.10", nil, ""},
		"Go itself, go.mod's is too old":        {std, "go1.26.9", nil, "Read is called: GO-2"},
		"Go itself, go.mod asks for none":       {std, "", nil, "Read is called: GO-2"},
	} {
		got := strings.Join(Judge([]Finding{c.found}, c.toolchain, c.exceptions, today).Failures, "\n")
		if (got == "") != (c.want == "") || !strings.Contains(got, c.want) {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}

func TestEveryExceptionOfOursEndsWithinHalfAYear(t *testing.T) {
	for _, e := range Accepted() {
		if until, err := time.Parse(time.DateOnly, e.Until); err != nil || e.Reason == "" || until.After(time.Now().AddDate(0, 6, 0)) {
			t.Errorf("exception %+v: want a reason and a day within half a year", e)
		}
	}
}

func TestOneFindingIsMadeOfWhatGovulncheckRepeats(t *testing.T) {
	const stream = `{"config":{"scanner_version":"v1.9.0"}}
{"finding":{"osv":"GO-1","fixed_version":"v2","trace":[{"module":"m","version":"v1"}]}}
{"finding":{"osv":"GO-1","fixed_version":"v2","trace":[{"module":"m","version":"v1","package":"m/p"}]}}
{"finding":{"osv":"GO-1","fixed_version":"v2","trace":[{"module":"m","version":"v1","package":"m/p","function":"F"},{"module":"ours"}]}}
{"finding":{"osv":"GO-1","fixed_version":"v2","trace":[{"module":"m","version":"v1","package":"m/p","function":"G"},{"module":"ours"}]}}`
	got, err := Read(strings.NewReader(stream))
	if err != nil || len(got) != 1 || got[0] != (Finding{"GO-1", "m", "v1", "v2", "F"}) {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestAScanThatDidNotHappenIsNoScan(t *testing.T) {
	for _, stream := range []string{"", `{"config":`} {
		if got, err := Read(strings.NewReader(stream)); err == nil {
			t.Errorf("%q: got %v, want an error", stream, got)
		}
	}
	dir := t.TempDir()
	if err := CheckDatabase(dir); err == nil {
		t.Error("an empty folder passes as a database")
	}
	if err := os.WriteFile(filepath.Join(dir, "GO-2024-2687.json"), []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := CheckDatabase(dir); err != nil {
		t.Error(err)
	}
}
