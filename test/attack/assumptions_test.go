package attack

import (
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"example.com/presigned/test/harness"
)

// The page names rows that exist, each kind of row has an assumption, and each row with several answers is where the
// page says that AWS's documents leave it open.
func TestTheAssumptionsAndTheRowsAreInStep(t *testing.T) {
	text, err := os.ReadFile(harness.Build("../docs/assumptions.md"))
	if err != nil {
		t.Fatal(err)
	}
	checked, rest, _ := strings.Cut(string(text), "## What no document says")
	open, _, _ := strings.Cut(rest, "## What no row can check")
	rows, kinds := rowIDs(), map[string]bool{}
	for _, table := range Tables() {
		kinds[table.Name] = true
	}
	cited := regexp.MustCompile("`([^`/]+)/([^`]+)`")
	for _, m := range cited.FindAllStringSubmatch(string(text), -1) {
		if kinds[m[1]] && rows[m[1]+"/"+m[2]] == 0 {
			t.Errorf("the page names the row %s/%s, which is not there", m[1], m[2])
		}
	}
	for _, item := range strings.Split(checked, "\n- ")[1:] {
		if !strings.Contains(item, "](https://docs.aws.amazon.com/") || !cited.MatchString(item) {
			t.Errorf("an assumption without a page of AWS or without a row: %s", item)
		}
	}
	for kind := range kinds {
		if !strings.Contains(string(text), "`"+kind+"/") {
			t.Errorf("no assumption is checked by a row of %q", kind)
		}
	}
	var named []string
	for _, m := range cited.FindAllStringSubmatch(open, -1) {
		named = append(named, m[1]+"/"+m[2])
	}
	slices.Sort(named)
	if want := slices.Sorted(maps.Keys(Undocumented())); !slices.Equal(named, want) {
		t.Errorf("what no document says: the page names %q, the rows are %q", named, want)
	}
}
