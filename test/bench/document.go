package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"example.com/presigned/test/bench/report"
)

// document is docs/benchmarks: .json is what was measured, .md and .svg are drawn from it.
type document struct{ dir string }

// add prints a run, and writes it into the document, so that a later section that fails loses nothing.
func (d document) add(s section, run report.Run) error {
	path := filepath.Join(d.dir, "benchmarks.json")
	log, err := report.Load(path)
	if err != nil {
		return err
	}
	log.Add(s.name, run)
	fmt.Println(report.Markdown(s.title, log[s.name]))
	if err := log.Save(path); err != nil {
		return err
	}
	return d.draw(log)
}

func (d document) draw(log report.Log) error {
	var text strings.Builder
	var charts []report.Chart
	for _, s := range sections() {
		if runs := log[s.name]; len(runs) > 0 {
			text.WriteString(report.Markdown(s.title, runs) + "\n")
			charts = append(charts, runs[0].Charts...)
		}
	}
	path := filepath.Join(d.dir, "benchmarks.md")
	before, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	after, err := report.Between(string(before), strings.TrimSpace(text.String())+"\n")
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	if err := os.WriteFile(path, []byte(after), 0o644); err != nil { // a document for everybody
		return err
	}
	return os.WriteFile(filepath.Join(d.dir, "benchmarks.svg"), []byte(report.Picture(charts)), 0o644) // likewise
}
