package readme

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"example.com/presigned/test/harness"
	"example.com/presigned/test/markdown"
)

// kind is the blocks of a document in one language; "" is a block that names none.
type kind struct{ document, language string }

// runner is who runs a block, or why nobody can.
type runner struct {
	folder string // of the test that takes the block from its document
	why    string // nobody runs it
}

// Their lines are commands of make, and nothing else: makefile_test.go proves that the targets exist, and that CI runs
// each of them, if for a shorter time, or says why not.
var makeCommands = runner{folder: "make"}

func runners() map[kind]runner {
	return map[kind]runner{
		{"README.md", "sh"}:                 {folder: "test/readme"},
		{"README.md", "http"}:               {folder: "test/readme"},
		{"README.md", "json"}:               {folder: "test/readme"},
		{"CONTRIBUTING.md", "sh"}:           {folder: "test/readme"},
		{"examples/README.md", "sh"}:        {folder: "test/examples"},
		{"web/README.md", "js"}:             {folder: "web/test"},
		{"web/README.md", ""}:               {folder: "web/test"},
		{"docs/deploy.md", "sh"}:            {folder: "test/emulated"},
		{"docs/runbook.md", "sh"}:           {folder: "test/emulated"},
		{"docs/benchmarks.md", "sh"}:        makeCommands,
		{"docs/conformance.md", "sh"}:       makeCommands,
		{"docs/faults.md", "sh"}:            makeCommands,
		{"docs/load.md", "sh"}:              makeCommands,
		{"docs/runbook.md", ""}:             {why: "a query to paste into CloudWatch Logs Insights, which nothing here evaluates"},
		{"docs/costs.md", ""}:               {why: "formulas to read"},
		{"docs/architecture.md", "mermaid"}: {why: "pictures"},
	}
}

// A command in a document that nobody runs is wrong one day: a new block needs somebody who runs it.
func TestEveryBlockOfTheDocumentsIsRunBySomebody(t *testing.T) {
	found := map[kind]bool{}
	for path, text := range files(t, ".md") {
		document, err := filepath.Rel(harness.Build(".."), path)
		if err != nil {
			t.Fatal(err)
		}
		if fences := strings.Count(text, "```"); fences != 2*len(markdown.Blocks(text)) {
			t.Errorf("%s has %d fences and %d blocks", document, fences, len(markdown.Blocks(text)))
		}
		for _, block := range markdown.Blocks(text) {
			found[kind{document, block.Language}] = true
			if runners()[kind{document, block.Language}] == makeCommands {
				onlyMakes(t, document, block.Text)
			}
		}
	}
	known := runners()
	for one := range found {
		if _, ok := known[one]; !ok {
			t.Errorf("%s has a block of %q that nobody runs: write a test that does, and a row in runners", one.document, one.language)
		}
	}
	for one, by := range known {
		if !found[one] {
			t.Errorf("%s has no block of %q any more: remove its row", one.document, one.language)
		}
		if by.why == "" && by != makeCommands && !names(t, by.folder, filepath.Base(one.document)) {
			t.Errorf("no program in %s names %s, whose blocks of %q it should run", by.folder, one.document, one.language)
		}
	}
}

func onlyMakes(t *testing.T, document, block string) {
	t.Helper()
	command := regexp.MustCompile(`^make( [\w-]+(=\w+)?)+ *(#.*)?\n$`)
	for line := range strings.Lines(block) {
		if !command.MatchString(line) {
			t.Errorf("%s: %q is no command of make: somebody has to run it", document, line)
		}
	}
}

// names says whether a program directly in a folder has a document's name in it. This table has them all.
func names(t *testing.T, folder, document string) bool {
	t.Helper()
	entries, err := os.ReadDir(harness.Build("../" + folder))
	if err != nil {
		t.Error(err)
	}
	for _, entry := range entries {
		if entry.IsDir() || entry.Name() == "blocks_test.go" {
			continue
		}
		text, err := os.ReadFile(harness.Build("../" + folder + "/" + entry.Name()))
		if err != nil {
			t.Error(err)
		}
		if strings.Contains(string(text), document) {
			return true
		}
	}
	return false
}

// The reader of Markdown itself: a block that it overlooks would be run by nobody.
func TestBlocksAreFoundWhereverTheyStand(t *testing.T) {
	text := "a\n```sh\none\n```\n1. b\n\n   ```js\n   two\n     three\n   ```\n```\nfour\n```\n"
	want := []markdown.Block{{Language: "sh", Text: "one\n"}, {Language: "js", Text: "two\n  three\n"}, {Text: "four\n"}}
	if got := markdown.Blocks(text); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
