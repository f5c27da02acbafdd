package main

import (
	"os/exec"
	"path"
	"slices"
	"strings"
	"testing"

	"example.com/presigned/test/harness"
)

// A manifest that no list has would be a way in that nobody checks.
func TestEveryFileThatNamesDependenciesIsChecked(t *testing.T) {
	checked := map[string][]string{
		"go.mod":            goModules(),
		"package-lock.json": append(npmTools(), "web"),
		"requirements.txt":  pythonTools(),
	}
	cmd := exec.Command("git", "ls-files", "--cached", "--others", "--exclude-standard")
	cmd.Dir = harness.Build("..")
	files, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for file := range strings.Lines(string(files)) {
		file = strings.TrimSpace(file)
		folders, isManifest := checked[path.Base(file)]
		isUnchecked := slices.ContainsFunc(unchecked(), func(folder string) bool { return strings.HasPrefix(file, folder) })
		if !isManifest || isUnchecked {
			continue
		}
		seen++
		if !slices.Contains(folders, path.Dir(file)) {
			t.Errorf("%s is in no list of test/supply/manifests.go", file)
		}
	}
	if want := len(goModules()) + len(npmTools()) + 1 + len(pythonTools()); seen != want {
		t.Errorf("the repository has %d manifests, the lists %d", seen, want)
	}
}
