// Package report writes what was measured into a Markdown page.
package report

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"example.com/presigned/test/measure"
)

// Run is one measurement of a section: the function, the client, the developer's minute.
type Run struct {
	Versions []string // "go1.26.8"
	How      string   // what was done how often, one paragraph
	Tables   []Table
	Targets  []Target
	Notes    []string // what the reader must know to read the numbers right
}

// Table has a row for each contender: its name, and numbers.
type Table struct {
	Head []string
	Rows [][]string
}

// Target is a promise that is compared with a measured value.
type Target struct {
	Text    string  // what, with the limit
	Unit    string  // of both
	Limit   float64 // inclusive
	AtLeast bool    // the value has to be at least the limit; else at most
	Got     float64
}

// Met says whether the target was reached. A value that was not measured, NaN, misses it.
func (t Target) Met() bool {
	if t.AtLeast {
		return t.Got >= t.Limit
	}
	return t.Got <= t.Limit
}

// String is the value and the verdict, a cell of the table of targets.
func (t Target) String() string {
	verdict := ", **missed**"
	if t.Met() {
		verdict = ", met"
	}
	unit := t.Unit
	if unit != "x" && unit != "" {
		unit = " " + unit
	}
	return strconv.FormatFloat(t.Got, 'g', 3, 64) + unit + verdict
}

// Update replaces a section of the page, and keeps the results of the run before beside the targets.
func Update(path, section, title string, run Run) error {
	page, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	begin, end := "<!-- "+section+": begin -->\n", "<!-- "+section+": end -->\n"
	before, rest, found := strings.Cut(string(page), begin)
	old, after, closed := strings.Cut(rest, end)
	if !found || !closed {
		return fmt.Errorf("%s lacks the lines %q and %q", path, strings.TrimSpace(begin), strings.TrimSpace(end))
	}
	return os.WriteFile(path, []byte(before+begin+"\n"+run.Markdown(title, old)+"\n"+end+after), 0o644) // a document for everybody
}

// Markdown is the section. It takes the results of the run before from the section as it was.
func (r Run) Markdown(title, old string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "## %s\n\n%s\n\n", title, r.How)
	for _, t := range r.Tables {
		b.WriteString(line(t.Head) + "|---" + strings.Repeat("|---:", len(t.Head)-1) + "|\n")
		for _, row := range t.Rows {
			b.WriteString(line(row))
		}
		b.WriteString("\n")
	}
	b.WriteString("| target | this run | run before |\n|---|---|---|\n")
	for _, target := range r.Targets {
		_, row, _ := strings.Cut(old, "| "+target.Text+" | ")
		before, _, _ := strings.Cut(row, " |")
		b.WriteString(line([]string{target.Text, target.String(), before}))
	}
	b.WriteString("\n")
	for _, note := range r.Notes {
		fmt.Fprintf(&b, "- %s\n", note)
	}
	date := time.Now().UTC().Format(time.DateOnly)
	fmt.Fprintf(&b, "\n%s. %s; %s.\n", date, measure.ThisMachine(), strings.Join(r.Versions, ", "))
	return b.String()
}

func line(cells []string) string { return "| " + strings.Join(cells, " | ") + " |\n" }
