package readme

import (
	"errors"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"example.com/presigned/test/harness"
	"example.com/presigned/test/markdown"
)

// leftOut are the commands of the walk-through that are not run in the copy, and why.
func leftOut() map[string]string {
	return map[string]string{
		"make demo": "builds everything anew there, in minutes; .ci/run does so in a fresh clone",
	}
}

// without takes what is left out from a block, which must have it.
func without(t *testing.T, block string) string {
	t.Helper()
	for command := range leftOut() {
		line := regexp.MustCompile(`(?m)^` + regexp.QuoteMeta(command) + `( .*)?$`)
		if !line.MatchString(block) {
			t.Errorf("%q is left out, but is not there", command)
		}
		block = line.ReplaceAllString(block, "")
	}
	return block
}

// noRepository: inside a hook, git's variables name the repository of whoever runs the tests, and not the copy.
const noRepository = "unset $(git rev-parse --local-env-vars)\n"

// fresh copies the working tree as `git clone` would give it. The copy is always in the same place, because go's cache
// knows a package by its folder: what has not changed since the last time is not compiled again.
func fresh(t *testing.T) string {
	t.Helper()
	clone := harness.Build("first-change")
	remove := func() {
		if err := os.RemoveAll(clone); err != nil {
			t.Error(err)
		}
	}
	remove()
	t.Cleanup(remove)
	bash(t, noRepository+`git init -q "$CLONE"
git --git-dir="$CLONE/.git" --work-tree=. -c core.safecrlf=false add --all
cd "$CLONE"
git -c user.name=newcomer -c user.email=newcomer@example.com -c commit.gpgsign=false commit -q --no-verify -m 'a fresh clone'
git reset -q --hard`, "", "CLONE="+clone)
	return clone
}

// walk types a block of the walk-through in a folder. It returns what stood on the screen, and whether all went well.
func walk(t *testing.T, folder, block string) (screen string, ok bool) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "bash", "-euc", noRepository+block)
	cmd.Dir = folder
	out, err := cmd.CombinedOutput()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return string(out), err == nil
}

// The walk-through for a newcomer does what its prose says, in a copy of this checkout.
func TestTheFirstChangeOfCONTRIBUTINGGoesAsItSays(t *testing.T) {
	document := harness.Build("../CONTRIBUTING.md")
	prose, err := os.ReadFile(document)
	if err != nil {
		t.Fatal(err)
	}
	blocks := markdown.Of(t, document, "sh")
	if len(blocks) != 3 {
		t.Fatalf("got %d blocks, want three: all is well, a change, back again", len(blocks))
	}
	clone := fresh(t)
	status := func() string { return bash(t, noRepository+`git -C "$CLONE" status --porcelain`, "", "CLONE="+clone) }

	if screen, ok := walk(t, clone, without(t, blocks[0])); !ok {
		t.Fatalf("before the change: %s", screen)
	}
	screen, ok := walk(t, clone, blocks[1])
	red := regexp.MustCompile(`(?m)^--- FAIL: (\w+)`).FindAllStringSubmatch(screen, -1)
	for _, m := range red {
		if !strings.Contains(string(prose), "`"+m[1]+"`") {
			t.Errorf("%s is red, and the document does not say so", m[1])
		}
	}
	if ok || len(red) != 2 || !strings.Contains(string(prose), "\nTwo tests are red.") {
		t.Fatalf("after the change %q are red, want two:\n%s", red, screen)
	}
	if !strings.Contains(string(prose), `"at most 255"`) || !strings.Contains(screen, "at most 255") {
		t.Errorf("want a refusal of the client that was promised at most 255:\n%s", screen)
	}

	update := regexp.MustCompile("`(go test [^`]+ -update)`").FindStringSubmatch(string(prose))
	if update == nil {
		t.Fatal("the document does not say how the contract is written anew")
	}
	if screen, ok := walk(t, clone, update[1]); !ok || !strings.Contains(status(), " M docs/openapi.json\n") {
		t.Errorf("%s left %q: want the contract written anew\n%s", update[1], status(), screen)
	}

	if screen, ok := walk(t, clone, blocks[2]); !ok || status() != "" {
		t.Errorf("back again, but git status says %q\n%s", status(), screen)
	}
}
