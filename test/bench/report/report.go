// Package report keeps what was measured, and writes it as JSON, Markdown and a picture.
package report

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"time"

	"example.com/presigned/test/bench/measure"
)

// Run is one measurement of a section: the function, the stack, the client, the developer's minute.
type Run struct {
	Taken    time.Time
	Machine  measure.Machine
	Versions []string // "node v24.21.0"
	How      string   // what was done how often, one paragraph
	Tables   []Table
	Targets  []Target
	Charts   []Chart
	Notes    []string // what the reader must know to read the numbers right
}

// Table has a row for each contender.
type Table struct {
	Head    string // of the first column
	Columns []Column
	Rows    []Row
}

// Column is one quantity.
type Column struct {
	Name   string
	Unit   string // "ms", "us", "MiB", "x" for a ratio, ...
	Digits int    // after the point
}

// Row is one contender's values by the columns' names; one that was not measured is absent.
type Row struct {
	Name   string
	Values map[string]float64
}

// Target is a promise that is held against a measured value.
type Target struct {
	Text    string  // what, with the limit
	Unit    string  // of both
	Limit   float64 // inclusive
	AtLeast bool    // the value has to be at least the limit; else at most
	Got     float64
}

// Met says whether the target was reached.
func (t Target) Met() bool {
	if t.AtLeast {
		return t.Got >= t.Limit
	}
	return t.Got <= t.Limit
}

// Chart is a picture of one quantity.
type Chart struct {
	Title string
	Unit  string
	Bars  []Bar
}

// Bar is one contender's value; Ours stands out.
type Bar struct {
	Name  string
	Value float64
	Ours  bool
}

// Log has the last two runs of each section, the newer one first: what is measured once is an accident.
type Log map[string][]Run

// Load reads a log; one that is not there is empty.
func Load(path string) (Log, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return Log{}, nil
	}
	if err != nil {
		return nil, err
	}
	var log Log
	return log, json.Unmarshal(text, &log)
}

// Add puts a run before the others of its section.
func (l Log) Add(section string, run Run) {
	runs := append([]Run{run}, l[section]...)
	l[section] = runs[:min(len(runs), 2)]
}

// Save writes the log.
func (l Log) Save(path string) error {
	text, err := json.MarshalIndent(l, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(text, '\n'), 0o644) // a document for everybody
}
