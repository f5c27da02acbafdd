package main

import (
	"os"
	"slices"
	"strings"
	"testing"

	"example.com/presigned/test/harness"
)

// `make acceptance-mutations` takes minutes; this says at once when the template has changed since it ran.
func TestTheGoldenNamesEveryChangeOfTheTemplateAndOnlyRowsThatExist(t *testing.T) {
	unchanged, _, err := lab{assembly: harness.Build("local-assembly")}.load()
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(harness.Build("../test/acceptance/testdata/mutations.golden"))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"the template as it is"}
	for _, m := range unchanged.mutants() {
		want = append(want, m.name)
	}
	var got []string
	for line := range strings.Lines(string(text)) {
		name := slices.IndexFunc(want, func(name string) bool { return strings.HasPrefix(line, name+": ") })
		if name < 0 {
			t.Errorf("the golden has a line for no change of the template: %s", line)
			continue
		}
		got = append(got, want[name])
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q\nhint: `make acceptance-mutations MUTATIONS_GOLDEN=test/acceptance/testdata/mutations.golden`", got, want)
	}
	for part := range unreachable() {
		if !slices.ContainsFunc(want, func(name string) bool { return strings.Contains(name, part) }) {
			t.Errorf("unreachable names %q, which is no change of the template", part)
		}
	}
}
