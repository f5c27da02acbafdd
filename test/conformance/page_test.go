//go:build conformance

package conformance

import (
	"maps"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"example.com/presigned/test/harness"
)

// checks are the outcomes of one suite by name: "" for a check that passed, else what was wrong.
type checks map[string]string

// add records a check; one that was made several times has failed if it did once.
func (c checks) add(name, wrong string) {
	if c[name] == "" {
		c[name] = wrong
	}
}

// outOfScope are the checks that the page says cannot pass, by name, with the reason. A heading may name several suites.
func outOfScope(page, suite string) map[string]string {
	heading := regexp.MustCompile(`(?m)^### (.*, )?` + regexp.QuoteMeta(suite) + `(, .*)?$`).FindStringIndex(page)
	if heading == nil {
		return nil
	}
	section, _, _ := strings.Cut(page[heading[1]:], "\n#")
	reasons := map[string]string{}
	for _, row := range regexp.MustCompile("(?m)^\\| ((?:`[^`]+`(?:, )?)+) \\| ([^|]+) \\|$").FindAllStringSubmatch(section, -1) {
		for _, name := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(row[1], -1) {
			reasons[name[1]] = row[2]
		}
	}
	return reasons
}

// judge compares what a suite said with what the page says of it, both ways.
func judge(t *testing.T, suite string, got checks) {
	t.Helper()
	text, err := os.ReadFile(harness.Build("../docs/conformance.md"))
	if err != nil {
		t.Fatal(err)
	}
	row := regexp.MustCompile(`(?m)^\| ` + regexp.QuoteMeta(suite) + ` \|.*\| (\d+) \|[^|]*\|$`).FindSubmatch(text)
	if row == nil {
		t.Fatalf("docs/conformance.md has no row of %q with a number", suite)
	}
	listed := outOfScope(string(text), suite)
	passed := 0
	for _, name := range slices.Sorted(maps.Keys(got)) {
		reason, expected := listed[name]
		switch wrong := got[name]; {
		case wrong == "" && expected:
			t.Errorf("%s: %s passes, but docs/conformance.md has it out of scope: %s", suite, name, reason)
		case wrong == "":
			passed++
		case !expected:
			t.Errorf("%s: %s: %s", suite, name, wrong)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(listed)) {
		if _, made := got[name]; !made {
			t.Errorf("%s: docs/conformance.md lists %s, which was not checked", suite, name)
		}
	}
	if want := string(row[1]); strconv.Itoa(passed) != want {
		t.Errorf("%s: %d checks passed, and docs/conformance.md says %s", suite, passed, want)
	}
	t.Logf("%s: %d passed, %d out of scope", suite, passed, len(listed))
}
