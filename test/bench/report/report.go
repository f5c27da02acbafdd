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
	for _, table := range r.Tables {
		b.WriteString(table.markdown() + "\n")
	}
	b.WriteString("| target | this run | run before |\n|---|---|---|\n")
	for _, target := range r.Targets {
		_, row, _ := strings.Cut(old, "| "+target.Text+" | ")
		before, _, _ := strings.Cut(row, " |")
		fmt.Fprintf(&b, "| %s | %s | %s |\n", target.Text, target, before)
	}
	b.WriteString("\n")
	for _, note := range r.Notes {
		fmt.Fprintf(&b, "- %s\n", note)
	}
	date := time.Now().UTC().Format(time.DateOnly)
	fmt.Fprintf(&b, "\n%s. %s; %s.\n", date, measure.ThisMachine(), strings.Join(r.Versions, ", "))
	return b.String()
}

// markdown aligns numbers to the right.
func (t Table) markdown() string {
	heads, rules := []string{t.Head}, []string{"---"}
	for _, c := range t.Columns {
		heads, rules = append(heads, c.heading()), append(rules, "---:")
	}
	lines := []string{line(heads), "|" + strings.Join(rules, "|") + "|"}
	for _, row := range t.Rows {
		cells := []string{row.Name}
		for _, c := range t.Columns {
			text := ""
			if value, measured := row.Values[c.Name]; measured {
				text = strconv.FormatFloat(value, 'f', c.Digits, 64)
			}
			cells = append(cells, text)
		}
		lines = append(lines, line(cells))
	}
	return strings.Join(lines, "\n") + "\n"
}

func (c Column) heading() string {
	if c.Unit == "" || c.Unit == "x" {
		return c.Name
	}
	return c.Name + ", " + c.Unit
}

func line(cells []string) string { return "| " + strings.Join(cells, " | ") + " |" }
