package report

import (
	"strings"
	"testing"
)

func TestATargetIsMetOnlyByBothRuns(t *testing.T) {
	run := func(got float64) Run {
		return Run{Targets: []Target{{Text: "at most 2 times", Unit: "x", Limit: 2, Got: got}}}
	}
	for _, tt := range []struct {
		name        string
		last, first float64
		want        string
	}{
		{"both", 2, 1.9, "| at most 2 times | 2x | 1.9x | met |"},
		{"only the last", 1.5, 2.01, "| at most 2 times | 1.5x | 2.01x | **missed** |"},
		{"only the first", 2.01, 1.5, "| at most 2 times | 2.01x | 1.5x | **missed** |"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := Markdown("Title", []Run{run(tt.last), run(tt.first)}); !strings.Contains(got, tt.want) {
				t.Errorf("got %s\nwant %s", got, tt.want)
			}
		})
	}
	if (Target{Limit: 50, AtLeast: true, Got: 49.9}).Met() || !(Target{Limit: 50, AtLeast: true, Got: 50}).Met() {
		t.Error("at least 50: want 50 met, and 49.9 missed")
	}
}

func TestALogKeepsTheLastTwoRuns(t *testing.T) {
	log := Log{}
	for _, how := range []string{"first", "second", "third"} {
		log.Add("function", Run{How: how})
	}
	if got := log["function"]; len(got) != 2 || got[0].How != "third" || got[1].How != "second" {
		t.Errorf("got %v, want the third and the second", got)
	}
}

func TestOnlyWhatStandsBetweenTheMarkersIsReplaced(t *testing.T) {
	const document = "before\n<!-- measured: begin -->\nold\n<!-- measured: end -->\nafter\n"
	got, err := Between(document, "new")
	if want := "before\n<!-- measured: begin -->\n\nnew\n<!-- measured: end -->\nafter\n"; err != nil || got != want {
		t.Errorf("got %q, %v, want %q", got, err, want)
	}
	if _, err := Between("no markers", "new"); err == nil {
		t.Error("a document without markers: want an error")
	}
}

func TestTheLongestBarIsTheWidestAndNoneIsCut(t *testing.T) {
	picture := Picture([]Chart{{Title: "a < b", Unit: "ms", Bars: []Bar{{Name: "ours", Value: 1, Ours: true}, {Name: "theirs", Value: 100}}}})
	for _, want := range []string{"a &lt; b", `class="bar ours" x="250" y="60" width="5.2"`, `class="bar" x="250" y="84" width="524.0"`} {
		if !strings.Contains(picture, want) {
			t.Errorf("no %s in\n%s", want, picture)
		}
	}
}
