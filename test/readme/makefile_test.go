package readme

import (
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"example.com/presigned/test/harness"
	"example.com/presigned/test/markdown"
)

// makefile is what the Makefile and its parts say.
type makefile struct {
	text   string
	needs  map[string][]string // prerequisites, by target
	helped []string            // the targets that `make help` should list
}

// Rules that have a pattern or a variable as their target are no commands of anybody.
var (
	rule      = regexp.MustCompile(`(?m)^([\w./-]+(?: [\w./-]+)*):([^=\n]*)$`)
	helpText  = regexp.MustCompile(`(?m)^([\w-]+):[^#\n]*## \S`)
	ciCommand = regexp.MustCompile(`(?m)^make (?:-\S+ )*([\w-]+)`)
)

func readMakefile(t *testing.T) makefile {
	t.Helper()
	m := makefile{needs: map[string][]string{}}
	for path, text := range files(t, "") {
		if filepath.Base(path) == "Makefile" || filepath.Ext(path) == ".mk" {
			m.text += strings.ReplaceAll(text, "\\\n", " ")
		}
	}
	for _, r := range rule.FindAllStringSubmatch(m.text, -1) {
		needs, _, _ := strings.Cut(r[2], "##")
		for target := range strings.FieldsSeq(r[1]) {
			m.needs[target] = append(m.needs[target], strings.Fields(needs)...)
		}
	}
	for _, h := range helpText.FindAllStringSubmatch(m.text, -1) {
		m.helped = append(m.helped, h[1])
	}
	return m
}

// mention is a command of make in a text: its target, and what follows.
type mention struct{ target, rest string }

var (
	inBackticks = regexp.MustCompile("`make (?:-\\S+ )*([a-z][\\w/-]*)([^`\n]*)`")
	inQuotes    = regexp.MustCompile(`["']make (?:-\S+ )*([a-z][\w/-]*)((?: [A-Z_]+=[^\s"']+)*)[\\"',]`)
	onALine     = regexp.MustCompile(`(?m)^\s*(?:- run: )?make (?:-\S+ )*([a-z][\w/-]*)(.*)$`)
	variable    = regexp.MustCompile(`\b([A-Z][A-Z_]+)=`)
)

// mentions finds the commands of make in prose, comments, messages, scripts and workflows.
func mentions(path, text string) []mention {
	var found []mention
	collect := func(pattern *regexp.Regexp, text string) {
		for _, m := range pattern.FindAllStringSubmatch(text, -1) {
			rest, _, _ := strings.Cut(m[2], " #")
			found = append(found, mention{m[1], rest})
		}
	}
	collect(inBackticks, text)
	collect(inQuotes, text)
	switch {
	case filepath.Ext(path) == ".md":
		for _, block := range markdown.Blocks(text) {
			collect(onALine, block.Text)
		}
	case filepath.Ext(path) == ".yml" || filepath.Base(filepath.Dir(path)) == ".ci":
		collect(onALine, text)
	}
	return found
}

// Whatever tells somebody to run make, make knows its target, and each variable that is given with it.
func TestEveryCommandOfMakeThatIsMentionedExists(t *testing.T) {
	m, seen := readMakefile(t), 0
	for path, text := range files(t, "") {
		for _, said := range mentions(path, text) {
			seen++
			if _, known := m.needs[said.target]; !known {
				t.Errorf("%s says make %s, which the Makefile does not know", path, said.target)
			}
			for _, v := range variable.FindAllStringSubmatch(said.rest, -1) {
				if !strings.Contains(m.text, "$("+v[1]+")") {
					t.Errorf("%s says make %s%s, and no recipe reads %s", path, said.target, said.rest, v[1])
				}
			}
		}
	}
	if seen < 100 {
		t.Errorf("found %d commands of make in all the repository: the search is broken", seen)
	}
}

// What a README of a package of npm tells people to run, a recipe runs too.
func TestEveryScriptOfNpmThatIsMentionedIsRunByMake(t *testing.T) {
	m, seen := readMakefile(t), 0
	script := regexp.MustCompile("`npm (?:run )?([a-z:]+)`")
	for path, text := range files(t, ".md") {
		for _, said := range script.FindAllStringSubmatch(text, -1) {
			seen++
			if !regexp.MustCompile(`(?m)\bnpm (run )?(--silent )?` + said[1] + `$`).MatchString(m.text) {
				t.Errorf("%s says %s, which no recipe runs", path, said[0])
			}
		}
	}
	if seen == 0 {
		t.Error("no document mentions a script of npm: the search is broken")
	}
}

func TestMakeHelpListsEveryTargetThatHasAHelpText(t *testing.T) {
	var listed []string
	help, m := bash(t, "make -s help", ""), readMakefile(t)
	for _, line := range regexp.MustCompile(`(?m)^  make (\S+) +\S`).FindAllStringSubmatch(help, -1) {
		listed = append(listed, line[1])
	}
	for _, heading := range regexp.MustCompile(`(?m)^##@ (.+)$`).FindAllStringSubmatch(m.text, -1) {
		if !strings.Contains(help, "\n"+heading[1]+"\n") {
			t.Errorf("make help does not print the heading %q", heading[1])
		}
	}
	helped := m.helped
	slices.Sort(listed)
	slices.Sort(helped)
	if !slices.Equal(listed, helped) {
		t.Errorf("make help lists %q, the Makefile has help for %q", listed, helped)
	}
}

// notInCI are the targets that .ci/run leaves out.
func notInCI() map[string]string {
	return map[string]string{
		"audit":          "asks for the advisories of this minute: .github/workflows/ci.yml does, after .ci/run",
		"bench":          "measures for minutes, and figures of a busy machine are none; what it is made of compiles and is tested with `make test`",
		"bench-micro":    "as bench",
		"bench-baseline": "as bench, and writes a file that a person chose to commit",
		"clean":          "removes what the other steps built",
		"deploy":         "needs an AWS account; make deploy-emulated runs the same CLI on an emulator",
		"destroy":        "as deploy",
		"diff":           "as deploy; .github/workflows/deploy.yml runs it",
		"fuzz":           "searches for as long as it gets; make test runs every seed and what was found",
		"golden":         "rewrites files whose tests say whether it would change one",
		"help":           "TestMakeHelpListsEveryTargetThatHasAHelpText runs it",
		"page":           "needs the outputs of a deployed stack; web/test/publish.test.js runs its program",
		"run":            "serves until Ctrl-C; the tests here start the same binary as it does",
	}
}

func TestEveryTargetOfMakeIsRunByCIOrSaysWhyNot(t *testing.T) {
	m := readMakefile(t)
	run := map[string]bool{}
	var mark func(target string)
	mark = func(target string) {
		if !run[target] {
			run[target] = true
			for _, need := range m.needs[target] {
				mark(need)
			}
		}
	}
	for _, command := range ciCommand.FindAllStringSubmatch(files(t, "/.ci/run")[harness.Build("../.ci/run")], -1) {
		mark(command[1])
	}
	excused := notInCI()
	for _, target := range m.helped {
		if _, ok := excused[target]; ok == run[target] {
			t.Errorf("make %s: CI runs it: %t; in the list of what it leaves out: %t", target, run[target], ok)
		}
	}
	for target := range excused {
		if !slices.Contains(m.helped, target) {
			t.Errorf("make %s is left out of CI, and is no target with a help text", target)
		}
	}
}
