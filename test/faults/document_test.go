package faults

import (
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
)

// docs/faults.md is the list of what is done, and of what holds then.
func TestEveryFaultHasARowInTheDocument(t *testing.T) {
	_, self, _, _ := runtime.Caller(0) // the S3 gateway changes the working directory
	page, err := os.ReadFile(filepath.Join(filepath.Dir(self), "..", "..", "docs", "faults.md"))
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(filepath.Dir(self), "*_test.go"))
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
			if !strings.Contains(string(page), "`"+name+"`") && !strings.Contains(strings.Join(noFaults, " "), name) {
				t.Errorf("%s: add a row to docs/faults.md: what goes wrong, what holds, and this test", name)
			}
		}
	}
}
