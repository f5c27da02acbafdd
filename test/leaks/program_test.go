package leaks_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"example.com/presigned/test/harness"
)

// program is `presigned`, as somebody runs it at home.
type program struct {
	t   *testing.T
	s   *harness.Stack
	dir string
}

// run runs the program, searches all that it prints, and checks that it succeeds or fails with these words.
func (p program) run(stdin, says string, args ...string) string {
	p.t.Helper()
	cmd := exec.CommandContext(p.t.Context(), harness.Build("presigned"), args...)
	cmd.Dir = p.dir
	cmd.Env = []string{"HOME=" + p.dir, "PRESIGNED_OUTPUTS=" + p.s.OutputsFile}
	cmd.Stdin = strings.NewReader(stdin)
	out, err := cmd.CombinedOutput()
	harness.Printed(p.t, "presigned "+strings.Join(args, " "), string(out))
	if (err != nil) != (says != "") || !strings.Contains(string(out), says) {
		p.t.Errorf("presigned %s: got %v, %s, want %q", strings.Join(args, " "), err, out, says)
	}
	return string(out)
}

// What the command-line client prints lets nobody else in. That its errors have no URL is proved in client/internal/wire.
func TestTheProgramPrintsNoSecret(t *testing.T) {
	s := harness.Serve(t, "local-assembly")
	p := program{t, s, t.TempDir()}
	wrong := "Wrong-7-" + p.s.Password
	p.run(wrong, "NotAuthorizedException", "login", p.s.Username, "--password-stdin")
	p.run("", "not signed in", "list")
	p.run(p.s.Password, "", "login", p.s.Username, "--password-stdin")
	p.run("", "", "whoami", "--json")
	small, large := p.file("small.txt", 19), p.file("large.bin", 9<<20)
	p.run("", "", "upload", small)
	p.run("", "", "upload", large, "--multipart-above", "1000")
	var listed struct{ Objects []struct{ Key string } }
	if err := json.Unmarshal([]byte(p.run("", "", "list", "--json")), &listed); err != nil || len(listed.Objects) != 2 {
		t.Fatalf("list: got %v, %v, want two objects", listed, err)
	}
	p.run("", "", "download", listed.Objects[1].Key, "-o", "back.bin")
	p.run("", "KeyOutsidePrefix", "download", "alice/1595114575104", "-o", "alice")
	p.run("", "no such object", "download", p.s.Username+"/1", "-o", "nothing")
	p.run("", "", "logout", "--everywhere")
}

func (p program) file(name string, size int) string {
	p.t.Helper()
	path := filepath.Join(p.dir, name)
	if err := os.WriteFile(path, make([]byte, size), 0o600); err != nil {
		p.t.Fatal(err)
	}
	return path
}
