package client

import (
	"fmt"

	"example.com/presigned/test/bench/measure"
	"example.com/presigned/test/bench/report"
)

// ceiling is the tool that no other has to beat.
const ceiling = "curl"

func present(found []tool, directions []direction, samples [][][]sample) ([]report.Table, []report.Target) {
	var tables []report.Table
	var targets []report.Target
	for i, d := range directions {
		unit, of := "MiB/s", float64(d.job.bytes)/mebibyte
		if len(d.job.files) > 1 {
			unit, of = "files/s", float64(len(d.job.files))
		}
		table := report.Table{Head: d.String(), Columns: []report.Column{
			{Name: "rate", Unit: unit}, {Name: "to ours", Unit: "x", Digits: 2}, {Name: "CPU", Unit: "s/GiB", Digits: 2}, {Name: "memory", Unit: "MiB"},
		}}
		best := ""
		for k, t := range found {
			seconds := column(samples[i][k], func(s sample) float64 { return s.seconds })
			values := map[string]float64{
				"rate":    of / measure.Median(seconds),
				"to ours": measure.Ratio(column(samples[i][0], func(s sample) float64 { return s.seconds }), seconds),
				"CPU":     measure.Median(column(samples[i][k], func(s sample) float64 { return s.cpu })) / (float64(d.job.bytes) / gibibyte),
				"memory":  measure.Median(column(samples[i][k], func(s sample) float64 { return s.peak })) / mebibyte,
			}
			table.Rows = append(table.Rows, report.Row{Name: t.name, Values: values})
			if k > 0 && t.name != ceiling && (best == "" || values["to ours"] > rowOf(table, best).Values["to ours"]) {
				best = t.name
			}
		}
		tables = append(tables, table)
		if best != "" {
			targets = append(targets, report.Target{
				Text: fmt.Sprintf("%s at least as quick as the best of the others", d), Unit: "x", Limit: 1, AtLeast: true,
				Got: 1 / rowOf(table, best).Values["to ours"],
			})
		}
	}
	return tables, targets
}

func column(samples []sample, value func(sample) float64) []float64 {
	values := make([]float64, len(samples))
	for i, s := range samples {
		values[i] = value(s)
	}
	return values
}

func rowOf(t report.Table, name string) report.Row {
	for _, row := range t.Rows {
		if row.Name == name {
			return row
		}
	}
	return report.Row{}
}
