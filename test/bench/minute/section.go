// Package minute measures what a developer waits for: the demo, the tests, the synthesis.
package minute

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"example.com/presigned/test/bench/report"
	"example.com/presigned/test/measure"
)

// command is one thing to wait for: a line for the shell, in a folder.
type command struct{ name, dir, line string }

// The names that a target needs.
const (
	demo     = "make demo, nothing changed"
	tests    = "make test, nothing changed"
	synth    = "cdk synth"
	emptyCLI = "cdk synth of an empty stack"
)

// rounds is how often a quick command runs.
const rounds = 3

// Section measures all that is quick. From scale 10 on also a first time, which compiles everything.
func Section(ctx context.Context, build string, scale float64) (report.Run, error) {
	root := filepath.Dir(build)
	run := report.Run{
		Versions: []string{measure.Output("go", "env", "GOVERSION"), "node " + measure.Output("node", "--version"), "aws-cdk " + measure.Output(filepath.Join(root, "node_modules", ".bin", "cdk"), "--version")},
		How:      "Medians of three rounds; `make test` ran once. The rows that begin with \"first\" ran once, in this order, in a fresh clone with an empty build cache.",
		Notes:    []string{"The app alone is `cdk synth` without the CLI, which has to start and to read the result. `make build` leaves CDK's checks out."},
	}
	took := map[string][]float64{} // seconds of each round
	all := commands(root, build)
	for round := range rounds {
		for _, c := range all {
			if c.name == tests && round > 0 {
				continue
			}
			if err := c.run(ctx, took); err != nil {
				return run, err
			}
		}
	}
	if scale >= 10 {
		cold, err := first(ctx, root, took)
		if err != nil {
			return run, err
		}
		all = append(all, cold...)
	}
	table := report.Table{Head: []string{"command", "time, s"}}
	for _, c := range all {
		table.Rows = append(table.Rows, []string{c.name, fmt.Sprintf("%.1f", measure.Median(took[c.name]))})
	}
	run.Tables = []report.Table{table}
	run.Targets = []report.Target{
		{Text: "an unchanged make demo under 3 s", Unit: "s", Limit: 3, Got: measure.Median(took[demo])},
		{Text: "warm make test under 60 s", Unit: "s", Limit: 60, Got: measure.Median(took[tests])},
		{Text: "cdk synth at most 1.3 times that of an empty stack", Unit: "x", Limit: 1.3, Got: measure.Ratio(took[synth], took[emptyCLI])},
	}
	return run, nil
}

func commands(root, build string) []command {
	output := filepath.Join(build, "bench", "minute")
	return []command{
		{demo, root, "make demo"},
		{tests, root, "make test"},
		{synth, root, "node_modules/.bin/cdk synth -q --app build/infra --output " + output + "/synth"},
		{emptyCLI, root, "node_modules/.bin/cdk synth -q --app build/bench/emptystack --output " + output + "/empty-synth"},
		{"the app alone", root, "CDK_OUTDIR=" + output + "/app build/infra"},
		{"the app alone, without CDK's checks", root, "CDK_VALIDATION=false CDK_OUTDIR=" + output + "/unchecked build/infra"},
		{"an empty app alone", root, "CDK_VALIDATION=false CDK_OUTDIR=" + output + "/empty-app build/bench/emptystack"},
	}
}

// run adds the seconds that the command takes.
func (c command) run(ctx context.Context, took map[string][]float64) error {
	cmd := exec.CommandContext(ctx, "bash", "-c", c.line)
	cmd.Dir = c.dir
	for _, variable := range os.Environ() {
		if !strings.HasPrefix(variable, "MAKE") && !strings.HasPrefix(variable, "MFLAGS") { // of the make that runs us
			cmd.Env = append(cmd.Env, variable)
		}
	}
	cmd.Env = append(cmd.Env, "JSII_RUNTIME_PACKAGE_CACHE=enabled")
	start := time.Now()
	if text, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%.4000s", c.name, err, text[max(0, len(text)-4000):])
	}
	seconds := time.Since(start).Seconds()
	fmt.Fprintf(os.Stderr, "  %-60s %6.2f s\n", c.name, seconds)
	took[c.name] = append(took[c.name], seconds)
	return nil
}

// first builds, runs and tests a clone with an empty build cache, with modules and packages downloaded. The steps follow
// each other and show where the time goes. It returns those that the table shows.
func first(ctx context.Context, root string, took map[string][]float64) ([]command, error) {
	dir, err := os.MkdirTemp("", "presigned-clone-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir) // a temporary folder
	clone := filepath.Join(dir, "clone")
	cold := "GOCACHE=" + filepath.Join(dir, "cache") + " JSII_RUNTIME_PACKAGE_CACHE_ROOT=" + filepath.Join(dir, "jsii") + " make "
	all := []command{
		{"git clone", dir, "git clone --quiet " + root + " " + clone},
		{"npm ci", clone, "make node_modules/.complete"},
		{"first: compile the CDK app", clone, cold + "build/infra"},
		{"first: its synthesis", clone, cold + "build/local-assembly/manifest.json"},
		{"first: the rest of make demo", clone, cold + "demo"},
		{"first: make test", clone, cold + "test"},
	}
	for _, c := range all {
		if err := c.run(ctx, took); err != nil {
			return nil, err
		}
	}
	return all[2:], nil
}
