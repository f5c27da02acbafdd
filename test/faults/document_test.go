package faults

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"example.com/presigned/test/harness"
)

// docs/faults.md is the list of what is done, and of what holds then.
func TestEveryFaultHasARowInTheDocument(t *testing.T) {
	root := harness.Build("..")
	page, err := os.ReadFile(filepath.Join(root, "docs", "faults.md"))
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(root, "test", "faults", "*_test.go"))
	if err != nil || len(files) < 10 {
		t.Fatalf("got %d files, %v, want those of this package", len(files), err)
	}
	noFaults := []string{t.Name(), "TestMain", "TestAScheduleIsItsSeedsAlone"}
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range regexp.MustCompile(`(?m)^func (Test\w+)\(`).FindAllSubmatch(source, -1) {
			name := string(found[1])
			if !strings.Contains(string(page), "`"+name+"`") && !slices.Contains(noFaults, name) {
				t.Errorf("%s: add a row to docs/faults.md: what goes wrong, what holds, and this test", name)
			}
		}
	}
}
