// Package markdown takes the fenced blocks out of a document, so that a test can run what its reader would.
package markdown

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// Block is one fenced block. Language is what stands behind the fence, "" where nothing does.
type Block struct{ Language, Text string }

// A fence may be indented, as the content of a list is; its block's lines are then too.
var fenced = regexp.MustCompile("(?ms)^([ \t]*)```([^\n`]*)\n(.*?)^[ \t]*```[ \t]*$")

// Blocks returns the fenced blocks of a text, in their order, without the indentation of a list.
func Blocks(text string) []Block {
	var blocks []Block
	for _, m := range fenced.FindAllStringSubmatch(text, -1) {
		var block strings.Builder
		for line := range strings.Lines(m[3]) {
			block.WriteString(strings.TrimPrefix(line, m[1]))
		}
		blocks = append(blocks, Block{strings.TrimSpace(m[2]), block.String()})
	}
	return blocks
}

// Of returns the texts of a file's blocks in a language: the test that asks has something to run, or is red.
func Of(t testing.TB, path, language string) []string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, block := range Blocks(string(text)) {
		if block.Language == language {
			found = append(found, block.Text)
		}
	}
	if len(found) == 0 {
		t.Fatalf("%s has no block of %q", path, language)
	}
	return found
}
