package main

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"example.com/presigned/test/harness"
)

// report is what came of a run. The JSON document is this.
type report struct {
	Stack   string    `json:"stack"` // its upload URL
	Profile string    `json:"profile"`
	Started time.Time `json:"started"`
	Seconds float64   `json:"seconds"`
	Rows    []outcome `json:"rows"`
	Left    []string  `json:"left,omitempty"` // keys of objects that nobody could remove, if they are there
}

// outcome is what came of a row.
type outcome struct {
	Row      string   `json:"row"`
	Guard    string   `json:"guard,omitempty"`
	Want     string   `json:"want"`
	Got      string   `json:"got,omitempty"`
	Seconds  float64  `json:"seconds,omitempty"`
	Skipped  string   `json:"skipped,omitempty"` // why it was not sent
	Failures []string `json:"failures,omitempty"`
}

func (r report) count() (passed, failed, skipped int) {
	for _, o := range r.Rows {
		switch {
		case o.Skipped != "":
			skipped++
		case len(o.Failures) > 0:
			failed++
		default:
			passed++
		}
	}
	return passed, failed, skipped
}

// print writes the table: a line for each row that was sent, what is wrong, and what was left out and why.
func (r report) print(out io.Writer) error {
	to := &strings.Builder{}
	table := tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "\trow\twant\tgot")
	why := map[string][]string{}
	for _, o := range r.Rows {
		mark := "ok"
		if o.Skipped != "" {
			why[o.Skipped] = append(why[o.Skipped], o.Row)
			continue
		}
		if len(o.Failures) > 0 {
			mark = "RED"
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", mark, o.Row, o.Want, o.Got)
	}
	_ = table.Flush()
	for _, reason := range slices.Sorted(maps.Keys(why)) {
		fmt.Fprintf(to, "\nnot sent, %s:\n  %s\n", reason, strings.Join(why[reason], "\n  "))
	}
	for _, o := range r.Rows {
		if len(o.Failures) > 0 {
			fmt.Fprintf(to, "\nRED  %s\n     %s\n", o.Row, strings.ReplaceAll(strings.Join(o.Failures, "\n"), "\n", "\n     "))
		}
	}
	if len(r.Left) > 0 {
		fmt.Fprintf(to, "\nperhaps in the bucket, because only an administrator deletes objects:\n  %s\n", strings.Join(r.Left, "\n  "))
	}
	passed, failed, skipped := r.count()
	fmt.Fprintf(to, "\n%s: %d ok, %d red, %d not sent, in %.0f s\n", r.Profile, passed, failed, skipped, r.Seconds)
	if leaks := harness.Secrets("the table", to.String()); len(leaks) > 0 {
		return fmt.Errorf("the table is not shown: %v", leaks)
	}
	_, err := io.WriteString(out, to.String())
	return err
}

// verdict is an error if a row is red, or if none was sent. A secret in a refusal makes its row red.
func (r report) verdict() error {
	passed, failed, _ := r.count()
	if failed > 0 {
		return fmt.Errorf("%d rows are red", failed)
	}
	if passed == 0 {
		return fmt.Errorf("no row was sent")
	}
	return nil
}

// write writes the report to a file, unless its name is empty. It may hold no secret.
func (r report) write(file string) error {
	if file == "" {
		return nil
	}
	document, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	if leaks := harness.Secrets("the report", string(document)); len(leaks) > 0 {
		return fmt.Errorf("the report is not written: %v", leaks)
	}
	return os.WriteFile(file, append(document, '\n'), 0o600)
}
