package stage_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"example.com/presigned/infra/stage"
	"example.com/presigned/lambda/operation"
)

// section is a chapter of docs/deploy.md, which tells a platform team what it chooses and grants.
func section(t *testing.T, title string) string {
	t.Helper()
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "deploy.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, text, found := strings.Cut(string(page), "\n## "+title+"\n")
	if !found {
		t.Fatalf("docs/deploy.md has no section %q", title)
	}
	text, _, _ = strings.Cut(text, "\n## ")
	return text
}

func TestEveryOptionIsOnTheDeployPage(t *testing.T) {
	var written []string
	for _, row := range regexp.MustCompile("(?m)^- (`[^:]*):").FindAllStringSubmatch(section(t, "Choose a stage"), -1) {
		for _, name := range regexp.MustCompile("`(\\w+)`").FindAllStringSubmatch(row[1], -1) {
			written = append(written, name[1])
		}
	}
	for _, name := range stage.Fields() {
		if !slices.Contains(written, name) {
			t.Errorf("docs/deploy.md does not name %s: add it under \"Choose a stage\" to the item of its purpose. Its comment in stage.go has default, bounds and IAM actions", name)
		}
	}
	for _, name := range written {
		if !slices.Contains(stage.Fields(), name) {
			t.Errorf("docs/deploy.md names %s, which no stage has", name)
		}
	}
}

func TestEveryOperationsActionIsInTheGrantsOfTheDeployPage(t *testing.T) {
	granted := section(t, "What the stack grants")
	for _, op := range operation.Table() {
		row := strings.ToLower(op.Route.Name()) + " function"
		line := regexp.MustCompile("(?m)^\\| " + row + " \\|.*$").FindString(granted)
		if !strings.Contains(line, "`"+op.Action+"`") {
			t.Errorf("%s needs %s: add it to the row of the %s under \"What the stack grants\" in docs/deploy.md", op.Name, op.Action, row)
		}
	}
}
