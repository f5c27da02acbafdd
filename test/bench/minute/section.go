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

// command is one thing to wait for.
type command struct {
	name   string
	args   []string
	env    []string
	rounds int
}

// The names that a target or another row needs.
const (
	demo      = "make demo, nothing changed"
	tests     = "make test, nothing changed"
	synth     = "cdk synth"
	emptyCLI  = "cdk synth of an empty stack"
	app       = "the app alone, without the CLI"
	unchecked = "the same without CDK's checks, as make builds"
	emptyApp  = "an empty app alone: jsii starts, and loads aws-cdk-lib"
	// What follows happens once in a fresh clone, one after the other, with modules and packages downloaded.
	coldInfra = "first: compile the CDK app, awscdk above all"
	coldSynth = "first: its synthesis, with jsii unpacking aws-cdk-lib"
	coldDemo  = "first: what else make demo builds, and the demo"
	coldTest  = "first: make test"
)

// Section measures all that is quick. From scale 10 on also a first time, which compiles everything.
func Section(ctx context.Context, build string, scale float64, progress func(string)) (report.Run, error) {
	root := filepath.Dir(build)
	run := report.Run{
		Versions: []string{measure.Output("go", "env", "GOVERSION"), "node " + measure.Output("node", "--version"), "aws-cdk " + measure.PackageVersion(filepath.Join(root, "node_modules", "aws-cdk"))},
		How:      "Each command runs in the repository's folder, the quick ones in turn, three times. The table has medians, in seconds of elapsed time.",
	}
	took, err := inTurn(ctx, root, commands(build), progress)
	if err != nil {
		return run, err
	}
	if scale >= 10 {
		if err := first(ctx, root, took, progress); err != nil {
			return run, err
		}
	}
	run.Tables, run.Targets = present(took)
	run.Notes = []string{
		"`cdk synth` takes longer than the app alone because the CLI starts and reads the result. The two rows of the app alone show what the " +
			"checks cost. The empty app is the lower limit for CDK in Go.",
	}
	return run, nil
}

func commands(build string) []command {
	cdk := filepath.Join(filepath.Dir(build), "node_modules", ".bin", "cdk")
	output := func(name string) string { return filepath.Join(build, "bench", "minute", name) }
	ours, empty := filepath.Join(build, "infra"), filepath.Join(build, "bench", "emptystack")
	return []command{
		{name: demo, args: []string{"make", "demo"}, rounds: 3},
		{name: synth, args: []string{cdk, "synth", "-q", "--app", ours, "--output", output("synth")}, rounds: 3},
		{name: emptyCLI, args: []string{cdk, "synth", "-q", "--app", empty, "--output", output("empty-synth")}, rounds: 3},
		{name: app, args: []string{ours}, env: []string{"CDK_OUTDIR=" + output("app")}, rounds: 3},
		{name: unchecked, args: []string{ours}, env: []string{"CDK_OUTDIR=" + output("unchecked"), "CDK_VALIDATION=false"}, rounds: 3},
		{name: emptyApp, args: []string{empty}, env: []string{"CDK_OUTDIR=" + output("empty-app"), "CDK_VALIDATION=false"}, rounds: 3},
		{name: tests, args: []string{"make", "test"}, rounds: 1},
	}
}

// inTurn returns the seconds of each round by the command's name.
func inTurn(ctx context.Context, root string, all []command, progress func(string)) (map[string][]float64, error) {
	took := map[string][]float64{}
	for round := range 3 {
		for _, c := range all {
			if round >= c.rounds {
				continue
			}
			seconds, err := c.run(ctx, root)
			if err != nil {
				return nil, err
			}
			progress(fmt.Sprintf("  %-60s %6.2f s", c.name, seconds))
			took[c.name] = append(took[c.name], seconds)
		}
	}
	return took, nil
}

func (c command) run(ctx context.Context, dir string) (float64, error) {
	cmd := exec.CommandContext(ctx, c.args[0], c.args[1:]...)
	cmd.Dir = dir
	for _, variable := range os.Environ() {
		if !strings.HasPrefix(variable, "MAKE") && !strings.HasPrefix(variable, "MFLAGS") { // of the make that runs us
			cmd.Env = append(cmd.Env, variable)
		}
	}
	cmd.Env = append(cmd.Env, "JSII_RUNTIME_PACKAGE_CACHE=enabled")
	cmd.Env = append(cmd.Env, c.env...)
	start := time.Now()
	if text, err := cmd.CombinedOutput(); err != nil {
		return 0, fmt.Errorf("%s: %w\n%.4000s", c.name, err, text[max(0, len(text)-4000):])
	}
	return time.Since(start).Seconds(), nil
}

// first builds, shows and tests a clone with an empty build cache, in steps that tell where the time goes.
func first(ctx context.Context, root string, took map[string][]float64, progress func(string)) error {
	dir, err := os.MkdirTemp("", "presigned-clone-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir) // a temporary folder
	checkout := filepath.Join(dir, "clone")
	env := []string{"GOCACHE=" + filepath.Join(dir, "cache"), "JSII_RUNTIME_PACKAGE_CACHE_ROOT=" + filepath.Join(dir, "jsii")}
	for _, c := range []command{
		{name: "git clone", args: []string{"git", "clone", "--quiet", root, checkout}},
		{name: "npm ci", args: []string{"make", "-C", checkout, "node_modules/.complete"}},
		{name: coldInfra, args: []string{"make", "-C", checkout, "build/infra"}, env: env},
		{name: coldSynth, args: []string{"make", "-C", checkout, "build/local-assembly/manifest.json"}, env: env},
		{name: coldDemo, args: []string{"make", "-C", checkout, "demo"}, env: env},
		{name: coldTest, args: []string{"make", "-C", checkout, "test"}, env: env},
	} {
		seconds, err := c.run(ctx, dir)
		if err != nil {
			return err
		}
		progress(fmt.Sprintf("  %-60s %6.2f s", c.name, seconds))
		took[c.name] = []float64{seconds}
	}
	return nil
}

func present(took map[string][]float64) ([]report.Table, []report.Target) {
	table := report.Table{Head: "command", Columns: []report.Column{{Name: "time", Unit: "s", Digits: 1}}}
	for _, name := range []string{demo, tests, synth, emptyCLI, app, unchecked, emptyApp, coldInfra, coldSynth, coldDemo, coldTest} {
		if len(took[name]) > 0 {
			table.Rows = append(table.Rows, report.Row{Name: name, Values: map[string]float64{"time": measure.Median(took[name])}})
		}
	}
	return []report.Table{table}, []report.Target{
		{Text: "an unchanged make demo under 3 s", Unit: "s", Limit: 3, Got: measure.Median(took[demo])},
		{Text: "warm make test under 60 s", Unit: "s", Limit: 60, Got: measure.Median(took[tests])},
		{Text: "cdk synth at most 1.3 times that of an empty stack", Unit: "x", Limit: 1.3, Got: measure.Ratio(took[synth], took[emptyCLI])},
	}
}
