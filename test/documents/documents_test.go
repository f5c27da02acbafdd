// Package documents checks what the documents name: links, commands of make, tests, packages. It runs the README's
// commands of the client.
package documents

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"example.com/presigned/test/harness"
	"example.com/presigned/test/markdown"
)

// read returns the repository's files that match git's patterns, by path from its root.
func read(t *testing.T, patterns ...string) map[string]string {
	t.Helper()
	found := map[string]string{}
	for name := range strings.FieldsSeq(output(t, ".", "git", append([]string{"ls-files", "--cached", "--others", "--exclude-standard"}, patterns...)...)) {
		text, err := os.ReadFile(harness.Build("../" + name))
		if os.IsNotExist(err) {
			continue // removed, and not committed yet
		}
		if err != nil {
			t.Fatal(err)
		}
		found[name] = string(text)
	}
	if len(found) == 0 {
		t.Fatalf("no file matches %q", patterns)
	}
	return found
}

// output runs a program in a folder of the repository and returns what it prints.
func output(t *testing.T, folder, program string, args ...string) string {
	t.Helper()
	cmd := exec.Command(program, args...)
	cmd.Dir = harness.Build("../" + folder)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %q: %v", program, args, err)
	}
	return string(out)
}

func all(files map[string]string) string {
	var text strings.Builder
	for _, one := range files {
		text.WriteString(one)
	}
	return text.String()
}

func TestEveryLinkLeadsToAFile(t *testing.T) {
	link := regexp.MustCompile(`\]\(([^)#:\s]+)(#[^)]*)?\)`)
	for path, text := range read(t, "*.md") {
		for _, m := range link.FindAllStringSubmatch(text, -1) {
			if _, err := os.Stat(harness.Build("../" + filepath.Join(filepath.Dir(path), m[1]))); err != nil {
				t.Errorf("%s links to %s: %v", path, m[1], err)
			}
		}
	}
}

func TestEveryCommandOfMakeExists(t *testing.T) {
	command := regexp.MustCompile("(?m)(?:`|^\\s*(?:- run: )?)make (?:-\\S+ )*([a-z][\\w-]*)")
	rules := all(read(t, "Makefile", "*.mk"))
	for path, text := range read(t, "*.md", "*.yml", ".ci/run") {
		for _, m := range command.FindAllStringSubmatch(text, -1) {
			if !regexp.MustCompile(`(?m)^` + m[1] + `:`).MatchString(rules) {
				t.Errorf("%s says make %s, which is no target", path, m[1])
			}
		}
	}
}

// A test of the local run proves nothing about AWS, so the page on security may not cite it.
func TestEveryTestThatADocumentNamesExists(t *testing.T) {
	tests, emulated := all(read(t, "*_test.go")), all(read(t, "local/*_test.go"))
	for path, text := range read(t, "*.md") {
		for line := range strings.Lines(text) {
			aboutAWS := path == "docs/security.md" && !strings.Contains(line, "local run")
			for _, name := range regexp.MustCompile(`\b(Test|Fuzz)[A-Z]\w+`).FindAllString(line, -1) {
				if !strings.Contains(tests, "func "+name+"(") {
					t.Errorf("%s names %s, which is no test", path, name)
				}
				if aboutAWS && strings.Contains(emulated, "func "+name+"(") {
					t.Errorf("%s cites %s, which tests the local run", path, name)
				}
			}
		}
	}
}

// docs/reliability.md lists what goes wrong in test/faults, and what holds then.
func TestEveryFaultHasARowInTheDocument(t *testing.T) {
	page := all(read(t, "docs/reliability.md"))
	for _, found := range regexp.MustCompile(`(?m)^func (Test\w+)\(t `).FindAllStringSubmatch(all(read(t, "test/faults/*_test.go")), -1) {
		if name := found[1]; !strings.Contains(page, "`"+name+"`") && name != "TestAScheduleIsItsSeedsAlone" {
			t.Errorf("%s: add a row to docs/reliability.md: what goes wrong, what holds, and this test", name)
		}
	}
}

// The other commands of the README and of CONTRIBUTING.md are go test, and those of make, which CI runs.
func TestTheREADMEsCommandsOfTheClientWork(t *testing.T) {
	s := harness.Serve(t, "local-assembly")
	block := markdown.Of(t, harness.Build("../README.md"), "sh")[2]
	script := strings.Replace(block, " login johndoe\n", " login johndoe --password-stdin\n", 1)
	if script == block {
		t.Fatalf("the README doesn't sign in: %s", block)
	}
	cmd := exec.Command("bash", "-euo", "pipefail", "-c", script)
	cmd.Dir = harness.Build("..")
	cmd.Env = append(os.Environ(), "PRESIGNED_OUTPUTS="+s.OutputsFile, "HOME="+t.TempDir(), "XDG_CONFIG_HOME="+t.TempDir(), "XDG_STATE_HOME="+t.TempDir())
	cmd.Stdin = strings.NewReader(s.Password)
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "johndoe/") || !strings.Contains(string(out), "119") {
		t.Errorf("the README's commands: %v\n%s\nwant a list with the file of 119 bytes", err, out)
	}
}
