package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"example.com/presigned/test/markdown"
)

// A command in a sentence or a table, with an argument at least.
var inline = regexp.MustCompile("`((?:aws|make|npx|git|build/presigned) [^`\n]+)`")

// snippetsToRun returns the snippets of the documents, but for those that excused has by how they begin.
func snippetsToRun(root string, excused map[string]string) ([]string, error) {
	var all []string
	for _, name := range []string{"deploy.md", "runbook.md", "adopt.md"} {
		text, err := os.ReadFile(filepath.Join(root, "docs", name))
		if err != nil {
			return nil, err
		}
		all = append(all, snippets(string(text))...)
	}
	slices.Sort(all)
	all = slices.Compact(all) // what is in two places is run once
	for beginning := range excused {
		before := len(all)
		all = slices.DeleteFunc(all, func(snippet string) bool { return strings.HasPrefix(snippet, beginning) })
		if n := before - len(all); n != 1 {
			return nil, fmt.Errorf("the documents have %d snippets that begin with %q, want one", n, beginning)
		}
	}
	return all, nil
}

// snippets returns the blocks of any language and the commands of a document. A command that a block has too counts once.
func snippets(text string) []string {
	var found []string
	for _, block := range markdown.Blocks(text) {
		found = append(found, block.Text)
	}
	blocks := "\n" + strings.Join(found, "\n")
	for _, m := range inline.FindAllStringSubmatch(text, -1) {
		if !strings.Contains(blocks, "\n"+m[1]) {
			found = append(found, m[1])
		}
	}
	return found
}
