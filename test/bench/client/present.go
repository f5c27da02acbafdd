package client

import (
	"fmt"

	"example.com/presigned/test/bench/report"
	"example.com/presigned/test/measure"
)

// ceiling is the tool that no other has to beat.
const ceiling = "curl"

// The bounds on requests to the API, for 1 GiB in one file and for 2,500 files.
const (
	mostRequestsLarge = 6
	mostRequestsSmall = 30
)

// present adds a table of a direction, and its targets.
func present(run *report.Run, found []tool, d direction, samples [][]sample) {
	rate := report.Column{Name: "rate", Unit: "MiB/s"}
	of := float64(d.job.bytes) / mebibyte
	switch {
	case len(d.job.files) > 1:
		rate.Unit, of = "files/s", float64(len(d.job.files))
	case d.job.bytes < mebibyte:
		rate = report.Column{Name: "time", Unit: "ms"}
	}
	table := report.Table{Head: d.String(), Columns: []report.Column{
		rate, {Name: "to ours", Unit: "x", Digits: 2}, {Name: "CPU", Unit: "s/GiB", Digits: 2}, {Name: "memory", Unit: "MiB"}, {Name: "API requests"},
	}}
	best := 0.0 // of the others' rates, to ours
	for k, t := range found {
		if len(samples[k]) == 0 {
			continue
		}
		median := func(value func(sample) float64) float64 { return measure.Median(column(samples[k], value)) }
		seconds := func(s sample) float64 { return s.seconds }
		values := map[string]float64{
			"rate":    of / median(seconds),
			"time":    1000 * median(seconds),
			"to ours": measure.Ratio(column(samples[0], seconds), column(samples[k], seconds)),
			"CPU":     median(func(s sample) float64 { return s.cpu }) / (float64(d.job.bytes) / gibibyte),
			"memory":  median(func(s sample) float64 { return s.peak }) / mebibyte,
		}
		if k == 0 {
			values["API requests"] = median(func(s sample) float64 { return s.requests })
		} else if t.name != ceiling {
			best = max(best, values["to ours"])
		}
		table.Rows = append(table.Rows, report.Row{Name: t.name, Values: values})
	}
	run.Tables = append(run.Tables, table)
	if best > 0 && d.atLeast > 0 {
		run.Targets = append(run.Targets, report.Target{
			Text: fmt.Sprintf("%s at least %g of the best of the others, without curl", d, d.atLeast), Unit: "x", Limit: d.atLeast, AtLeast: true, Got: 1 / best,
		})
	}
	if limit := map[string]float64{"large": mostRequestsLarge, "small": mostRequestsSmall}[d.job.name]; limit > 0 && d.network.name == "" {
		run.Targets = append(run.Targets, report.Target{
			Text: fmt.Sprintf("API requests for the %s at most %g", d, limit), Limit: limit, Got: table.Rows[0].Values["API requests"],
		})
	}
}

func column(samples []sample, value func(sample) float64) []float64 {
	values := make([]float64, len(samples))
	for i, s := range samples {
		values[i] = value(s)
	}
	return values
}
