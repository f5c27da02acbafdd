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

// The run itself says so only after a minute.
func TestTheExcusedSnippetsStandInTheDocuments(t *testing.T) {
	all, err := snippetsToRun("../..", nil)
	if err != nil {
		t.Fatal(err)
	}
	run, err := snippetsToRun("../..", notRun())
	if err != nil || len(run) != len(all)-len(notRun()) {
		t.Errorf("%d of %d snippets are run, %v, want all but %d", len(run), len(all), err, len(notRun()))
	}
	if _, err := snippetsToRun("../..", map[string]string{"aws three": "is not there"}); err == nil {
		t.Error("a snippet that is not there was excused")
	}
	if _, err := snippetsToRun("../..", map[string]string{"aws ": "begins several"}); err == nil {
		t.Error("a beginning of several snippets excused them")
	}
}
