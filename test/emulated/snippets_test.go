package main

import (
	"slices"
	"testing"
)

func TestSnippetsAreBlocksAndCommandsOnceEach(t *testing.T) {
	document := "A `word`, `make deploy` and `aws s3 ls --x`.\n\n" +
		"```sh\nmake deploy   # a comment\n```\n" +
		"1. In a list:\n\n   ```sh\n   while true\n     do aws one; done\n   ```\n" +
		"```\na query\n```\n| table | `npx cdk rollback -c stage=dev` |\n"
	want := []string{
		"make deploy   # a comment\n", "while true\n  do aws one; done\n", "a query\n",
		"aws s3 ls --x", "npx cdk rollback -c stage=dev",
	}
	if got := snippets(document); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestASnippetThatNobodyRunsIsRed(t *testing.T) {
	d := &documents{snippets: []string{"aws one", "aws two"}, done: map[string]bool{}}
	if _, err := d.take("aws one"); err != nil {
		t.Fatal(err)
	}
	if d.finished() == nil {
		t.Error("aws two was forgotten without a word")
	}
	if _, err := d.take("aws "); err == nil {
		t.Error("a beginning of two snippets took one of them")
	}
	if err := d.excuse(map[string]string{"aws three": "is not there"}); err == nil {
		t.Error("a snippet that is not there was excused")
	}
	if err := d.excuse(map[string]string{"aws two": "reason"}); err != nil || d.finished() != nil {
		t.Errorf("excused: got %v and %v, want no error", err, d.finished())
	}
}

// The run itself says so only after a minute.
func TestTheExcusedSnippetsStandInTheDocuments(t *testing.T) {
	if _, err := readDocuments("../.."); err != nil {
		t.Error(err)
	}
}
