package report

import (
	"fmt"
	"strconv"
	"strings"
)

// Between replaces what stands between the two marker lines of a document.
func Between(document, text string) (string, error) {
	const begin, end = "<!-- measured: begin -->\n", "<!-- measured: end -->\n"
	before, rest, found := strings.Cut(document, begin)
	_, after, closed := strings.Cut(rest, end)
	if !found || !closed {
		return "", fmt.Errorf("the document lacks the lines %q and %q", strings.TrimSpace(begin), strings.TrimSpace(end))
	}
	return before + begin + "\n" + text + "\n" + end + after, nil
}

// Markdown writes the last run of a section, and its targets beside those of the run before.
func Markdown(title string, runs []Run) string {
	var b strings.Builder
	last := runs[0]
	fmt.Fprintf(&b, "## %s\n\n%s\n\n", title, last.How)
	for _, table := range last.Tables {
		b.WriteString(table.Markdown() + "\n")
	}
	if len(last.Targets) > 0 {
		writeTargets(&b, runs)
	}
	for _, note := range last.Notes {
		fmt.Fprintf(&b, "- %s\n", note)
	}
	fmt.Fprintf(&b, "\n%s. %s; %s.\n", last.Taken.UTC().Format("2006-01-02 15:04 UTC"), last.Machine, strings.Join(last.Versions, ", "))
	return b.String()
}

// Markdown writes a table, numbers to the right.
func (t Table) Markdown() string {
	var b strings.Builder
	b.WriteString("| " + t.Head + " |")
	rule := "|---|"
	for _, c := range t.Columns {
		b.WriteString(" " + c.heading() + " |")
		rule += "---:|"
	}
	b.WriteString("\n" + rule + "\n")
	for _, row := range t.Rows {
		b.WriteString("| " + row.Name + " |")
		for _, c := range t.Columns {
			text := ""
			if value, measured := row.Values[c.Name]; measured {
				text = c.format(value)
			}
			b.WriteString(" " + text + " |")
		}
		b.WriteString("\n")
	}
	return b.String()
}

func (c Column) heading() string {
	if c.Unit == "" || c.Unit == "x" {
		return c.Name
	}
	return c.Name + ", " + c.Unit
}

func (c Column) format(value float64) string {
	text := strconv.FormatFloat(value, 'f', c.Digits, 64)
	if c.Unit == "x" {
		return text + "x"
	}
	return text
}

func writeTargets(b *strings.Builder, runs []Run) {
	b.WriteString("| target | this run | run before | |\n|---|---:|---:|---|\n")
	for _, target := range runs[0].Targets {
		before, met := "", target.Met()
		if len(runs) > 1 {
			for _, other := range runs[1].Targets {
				if other.Text == target.Text {
					before, met = other.value(), met && other.Met()
				}
			}
		}
		verdict := "**missed**"
		if met {
			verdict = "met"
		}
		fmt.Fprintf(b, "| %s | %s | %s | %s |\n", target.Text, target.value(), before, verdict)
	}
	b.WriteString("\n")
}

func (t Target) value() string {
	text := strconv.FormatFloat(t.Got, 'g', 3, 64)
	if t.Unit == "x" {
		return text + "x"
	}
	return strings.TrimSpace(text + " " + t.Unit)
}
