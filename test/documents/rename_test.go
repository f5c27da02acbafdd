package documents

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"example.com/presigned/test/harness"
	"example.com/presigned/test/markdown"
)

// Whoever copies the repository types this once, and would be left with a mixture if it missed a place.
func TestTheModulesAreRenamedByOneCommand(t *testing.T) {
	if testing.Short() {
		t.Skip("takes long: make test-long runs it")
	}
	folder := t.TempDir()
	for path, text := range read(t, "*") {
		target := filepath.Join(folder, path)
		if err := os.MkdirAll(filepath.Dir(target), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(target, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	commands := slices.DeleteFunc(markdown.Of(t, harness.Build("../docs/adopt.md"), "sh"), func(block string) bool {
		return !strings.HasPrefix(block, "make rename ")
	})
	if len(commands) != 1 {
		t.Fatalf("docs/adopt.md has %d blocks that rename, want one", len(commands))
	}
	// No name of the modules is in this file as it is in the others: the command would rename it here too.
	script := "git init -q && git add -A && " + commands[0] + `
! git grep -nF example.com/presign''ed
go build ./infra/... ./lambda/...
(cd client && go build ./...)
`
	cmd := exec.CommandContext(t.Context(), "bash", "-euo", "pipefail", "-c", script)
	cmd.Dir = folder
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=-buildvcs=false")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	renamed, err := os.ReadFile(filepath.Join(folder, "go.mod"))
	if err != nil || !strings.HasPrefix(string(renamed), "module github.com/acme/presigned\n") {
		t.Errorf("go.mod: got %.60q, %v, want the new path", renamed, err)
	}
}
