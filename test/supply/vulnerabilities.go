package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"example.com/presigned/test/supply/advisory"
)

// vulnerabilities asks govulncheck for each module of the repository. The reports come as a Go module too: a machine that
// gets modules needs no other host, and what it got is verified by the checksum database.
func vulnerabilities(root, scanner, database string, now time.Time, out io.Writer) error {
	dir, err := reports(root, database, out)
	if err != nil {
		return err
	}
	byID := map[string]advisory.Finding{} // what one module calls, another may only have
	for _, module := range goModules() {
		found, err := scan(filepath.Join(root, module), scanner, dir)
		if err != nil {
			return err
		}
		for _, f := range found {
			if byID[f.ID+f.Module].Symbol == "" {
				byID[f.ID+f.Module] = f
			}
		}
	}
	var findings []advisory.Finding
	for _, id := range slices.Sorted(maps.Keys(byID)) {
		findings = append(findings, byID[id])
	}
	toolchain, err := toolchainOf(root)
	if err != nil {
		return err
	}
	verdict := advisory.Judge(findings, toolchain, advisory.Accepted(), now)
	for _, note := range verdict.Notes {
		fmt.Fprintln(out, "note:", note)
	}
	return report(fmt.Sprintf("vulnerabilities: %d modules scanned", len(goModules())), verdict.Failures, out)
}

// goCommand runs go in a module's folder and returns what it printed.
func goCommand(dir string, args ...string) ([]byte, error) {
	cmd := exec.Command("go", args...)
	cmd.Dir = dir
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	answer, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go %s in %q: %w\n%s%s", strings.Join(args, " "), dir, err, answer, stderr.String())
	}
	return answer, nil
}

// reports downloads the database. Its files in OSV format are one that govulncheck reads as they are.
func reports(root, database string, out io.Writer) (string, error) {
	answer, err := goCommand(filepath.Join(root, "test"), "mod", "download", "-json", database)
	if err != nil {
		return "", err
	}
	var module struct{ Version, Dir string }
	if err := json.Unmarshal(answer, &module); err != nil {
		return "", fmt.Errorf("download %s: %w", database, err)
	}
	fmt.Fprintln(out, "reports:", module.Version)
	dir := filepath.Join(module.Dir, "data", "osv")
	return dir, advisory.CheckDatabase(dir)
}

func scan(dir, scanner, database string) ([]advisory.Finding, error) {
	answer, err := goCommand(dir, "run", scanner, "-format", "json", "-db", "file://"+filepath.ToSlash(database), "./...")
	if err != nil {
		return nil, err
	}
	found, err := advisory.Read(bytes.NewReader(answer))
	if err != nil {
		return nil, fmt.Errorf("scan %q: %w", dir, err)
	}
	return found, nil
}

// toolchainOf returns the Go that go.mod asks for: the one that builds what deploys.
func toolchainOf(root string) (string, error) {
	answer, err := goCommand(root, "mod", "edit", "-json")
	if err != nil {
		return "", err
	}
	var file struct{ Toolchain string }
	err = json.Unmarshal(answer, &file)
	return file.Toolchain, err
}

// report prints what was looked at, or every failure.
func report(done string, failures []string, out io.Writer) error {
	for _, failure := range failures {
		fmt.Fprintln(os.Stderr, "error:", failure)
	}
	if len(failures) > 0 {
		return fmt.Errorf("%d failures", len(failures))
	}
	fmt.Fprintln(out, done)
	return nil
}
