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

// present adds a direction's row to the tables, and its targets. CPU and memory are shown for loopback only.
func present(run *report.Run, found []tool, d direction, samples [][]sample) {
	if run.Tables == nil {
		run.Tables = emptyTables(found)
	}
	unit, of := "MiB/s", float64(d.job.bytes)/mebibyte
	switch {
	case len(d.job.files) > 1:
		unit, of = "files/s", float64(len(d.job.files))
	case d.job.bytes < mebibyte:
		unit = "ms"
	}
	rates, cpu, memory := map[string]float64{}, map[string]float64{}, map[string]float64{}
	best := 0.0 // of the others' rates, to ours
	seconds := func(s sample) float64 { return s.seconds }
	for k, t := range found {
		if len(samples[k]) == 0 {
			continue
		}
		median := func(value func(sample) float64) float64 { return measure.Median(column(samples[k], value)) }
		rates[t.name] = of / median(seconds)
		if unit == "ms" {
			rates[t.name] = 1000 * median(seconds)
		}
		cpu[t.name] = median(func(s sample) float64 { return s.cpu })
		memory[t.name] = median(func(s sample) float64 { return s.peak }) / mebibyte
		if t.name != ours && t.name != ceiling {
			best = max(best, measure.Ratio(column(samples[0], seconds), column(samples[k], seconds)))
		}
	}
	run.Tables[0].Rows = append(run.Tables[0].Rows, report.Row{Name: d.String() + ", in " + unit, Values: rates})
	if d.network.name == "" {
		run.Tables[1].Rows = append(run.Tables[1].Rows, report.Row{Name: d.String(), Values: cpu})
		run.Tables[2].Rows = append(run.Tables[2].Rows, report.Row{Name: d.String(), Values: memory})
	}
	if best > 0 && d.atLeast > 0 {
		run.Targets = append(run.Targets, report.Target{
			Text: fmt.Sprintf("%s: at least %gx", d, d.atLeast), Unit: "x", Limit: d.atLeast, AtLeast: true, Got: 1 / best,
		})
	}
	if limit := map[string]float64{"large": mostRequestsLarge, "small": mostRequestsSmall}[d.job.name]; limit > 0 && d.network.name == "" {
		run.Targets = append(run.Targets, report.Target{
			Text: fmt.Sprintf("%s: at most %g API requests", d, limit), Limit: limit,
			Got: measure.Median(column(samples[0], func(s sample) float64 { return s.requests })),
		})
	}
}

// emptyTables are those of rate, CPU and memory, with a column for each tool.
func emptyTables(found []tool) []report.Table {
	var whole, exact []report.Column
	for _, t := range found {
		whole = append(whole, report.Column{Name: t.name})
		exact = append(exact, report.Column{Name: t.name, Digits: 2})
	}
	return []report.Table{{Head: "rate or time", Columns: whole}, {Head: "CPU, s", Columns: exact}, {Head: "memory, MiB", Columns: whole}}
}

func column(samples []sample, value func(sample) float64) []float64 {
	values := make([]float64, len(samples))
	for i, s := range samples {
		values[i] = value(s)
	}
	return values
}
