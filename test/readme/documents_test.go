package readme

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"example.com/presigned/test/harness"
)

// files returns the repository's files with an ending, by path, without those that were installed or built.
func files(t *testing.T, ending string) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir(harness.Build(".."), func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && strings.Contains(" node_modules build cdk.out .git dist ", " "+entry.Name()+" "):
			return filepath.SkipDir
		case !entry.IsDir() && strings.HasSuffix(path, ending):
			text, err := os.ReadFile(path)
			found[path] = string(text)
			return err
		}
		return nil
	})
	if err != nil || len(found) == 0 {
		t.Fatalf("%d files %s: %v", len(found), ending, err)
	}
	return found
}

func TestEveryLinkOfTheDocumentsLeadsSomewhere(t *testing.T) {
	link := regexp.MustCompile(`\]\(([^)#\s]+)(#[^)]*)?\)`)
	for path, text := range files(t, ".md") {
		for _, m := range link.FindAllStringSubmatch(text, -1) {
			if strings.Contains(m[1], "://") || strings.HasPrefix(m[1], "mailto:") {
				continue
			}
			if _, err := os.Stat(filepath.Join(filepath.Dir(path), m[1])); err != nil {
				t.Errorf("%s links to %s, which is not there", path, m[1])
			}
		}
	}
}

// A guard of the threat model is as good as the test that it names.
func TestTheTestsThatTheDocumentsNameExist(t *testing.T) {
	var tests strings.Builder
	for _, text := range files(t, "_test.go") {
		tests.WriteString(text)
	}
	name := regexp.MustCompile(`\b(Test|Fuzz)[A-Z]\w+`)
	for path, text := range files(t, ".md") {
		for _, named := range name.FindAllString(text, -1) {
			if !strings.Contains(tests.String(), "func "+named+"(") {
				t.Errorf("%s names %s, which is no test", path, named)
			}
		}
	}
}

// A threat without a guard that somebody checks is a wish: the last column names a test, or the page with the check that
// no test can do.
func TestEveryThreatHasAGuardAndATest(t *testing.T) {
	text, err := os.ReadFile(harness.Build("../docs/security.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, table, found := strings.Cut(string(text), "| who | attack | guard | test |\n")
	table, _, _ = strings.Cut(table, "\n\n")
	rows := strings.Split(table, "\n")[1:]
	if !found || len(rows) < 20 {
		t.Fatalf("docs/security.md has %d threats, want its table", len(rows))
	}
	proof := regexp.MustCompile("`(Test|Fuzz)[A-Z]\\w+`|\\]\\(\\w+\\.md#")
	for _, row := range rows {
		cells := strings.Split(strings.Trim(row, "| "), " | ")
		if len(cells) != 4 || !proof.MatchString(cells[3]) {
			t.Errorf("threat %q: want who, attack, guard and a test", row)
		}
	}
}

// The statements that the documents call guards are those of the stack.
func TestTheStatementsThatTheSecurityPageNamesExist(t *testing.T) {
	text, err := os.ReadFile(harness.Build("../docs/security.md"))
	if err != nil {
		t.Fatal(err)
	}
	templates := ""
	for _, template := range files(t, ".template.json") {
		templates += template
	}
	named := regexp.MustCompile("`(Deny[A-Z]\\w+)`").FindAllStringSubmatch(string(text), -1)
	if len(named) == 0 {
		t.Fatal("docs/security.md names no statement")
	}
	for _, m := range named {
		if !strings.Contains(templates, `"Sid": "`+m[1]+`"`) {
			t.Errorf("docs/security.md names %s, which no template has", m[1])
		}
	}
}
