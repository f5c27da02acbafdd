package examples

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"example.com/presigned/test/harness"
	"example.com/presigned/test/markdown"
)

// pasted is what the commands of examples/README.md left behind.
type pasted struct {
	tokens map[string]string // by the program that signed in
	keys   []string          // of the uploads, in the document's order
}

// paste types the document's blocks into one shell in the repository's root, and the password when it is asked for.
func paste(t *testing.T, r reader) pasted {
	t.Helper()
	blocks := markdown.Of(t, filepath.Join(r.folder, "README.md"), "sh")
	if len(blocks) != 2 {
		t.Fatalf("examples/README.md has %d blocks, want curl's and Amplify's", len(blocks))
	}
	const show = `printf '%s\n' "$PRESIGNED_ACCESS_TOKEN"` + "\n"
	script := blocks[0] + show + blocks[1] + show
	for command, instead := range map[string]string{
		"build/local-outputs.json":           `"$OUTPUTS"`, // another run may be up
		"npm --prefix examples/amplify ci\n": "",           // `make test` did, and others use the packages meanwhile
	} {
		if strings.Count(script, command) != 1 {
			t.Fatalf("examples/README.md says %q not once, but %d times", command, strings.Count(script, command))
		}
		script = strings.Replace(script, command, instead, 1)
	}
	cmd := exec.CommandContext(t.Context(), "bash", "-euo", "pipefail", "-c", script)
	cmd.Dir = filepath.Dir(r.folder)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(), "OUTPUTS=" + r.OutputsFile}
	cmd.Stdin = strings.NewReader(r.Password + "\n")
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	harness.Printed(t, "examples/README.md, standard error", stderr.String())
	if err != nil {
		t.Fatalf("%v: %s", err, stderr.String())
	}
	lines := strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
	if len(lines) != len(uploads)+2 {
		t.Fatalf("the document's commands printed %d lines, want a key for each of %d programs", len(lines)-2, len(uploads))
	}
	last := len(lines) - 1
	return pasted{map[string]string{"curl": lines[last-1], "Amplify": lines[last]}, lines[:last-1]}
}
