package client

import (
	"fmt"

	"example.com/presigned/test/bench/report"
	"example.com/presigned/test/measure"
)

// ceiling is the tool that no other has to beat.
const ceiling = "curl"

// mostRequests bounds the requests to the API, for 1 GiB in one file and for 2,500 files.
var mostRequests = map[string]float64{"large": 6, "small": 30}

// present adds a direction's row to the tables, and its targets. CPU and memory are shown for loopback only.
func present(run *report.Run, found []tool, d direction, samples [][]sample) {
	if run.Tables == nil {
		run.Tables = []report.Table{{Head: []string{"rate or time"}}, {Head: []string{"CPU, s"}}, {Head: []string{"memory, MiB"}}}
		for i := range run.Tables {
			for _, t := range found {
				run.Tables[i].Head = append(run.Tables[i].Head, t.name)
			}
		}
	}
	unit, rate := "MiB/s", func(seconds float64) float64 { return float64(d.job.bytes) / mebibyte / seconds }
	switch {
	case len(d.job.files) > 1:
		unit, rate = "files/s", func(seconds float64) float64 { return float64(len(d.job.files)) / seconds }
	case d.job.bytes < mebibyte:
		unit, rate = "ms", func(seconds float64) float64 { return 1000 * seconds }
	}
	rates, cpu, memory := []string{d.String() + ", in " + unit}, []string{d.String()}, []string{d.String()}
	best := 0.0 // of the others' rates, to ours
	seconds := func(s sample) float64 { return s.seconds }
	for k, t := range found {
		if len(samples[k]) == 0 {
			rates, cpu, memory = append(rates, ""), append(cpu, ""), append(memory, "")
			continue
		}
		median := func(value func(sample) float64) float64 { return measure.Median(column(samples[k], value)) }
		rates = append(rates, fmt.Sprintf("%.0f", rate(median(seconds))))
		cpu = append(cpu, fmt.Sprintf("%.2f", median(func(s sample) float64 { return s.cpu })))
		memory = append(memory, fmt.Sprintf("%.0f", median(func(s sample) float64 { return s.peak })/mebibyte))
		if t.name != ours && t.name != ceiling {
			best = max(best, measure.Ratio(column(samples[0], seconds), column(samples[k], seconds)))
		}
	}
	run.Tables[0].Rows = append(run.Tables[0].Rows, rates)
	if d.network.name == "" {
		run.Tables[1].Rows = append(run.Tables[1].Rows, cpu)
		run.Tables[2].Rows = append(run.Tables[2].Rows, memory)
	}
	if best > 0 && d.atLeast > 0 {
		run.Targets = append(run.Targets, report.Target{
			Text: fmt.Sprintf("%s: at least %gx", d, d.atLeast), Unit: "x", Limit: d.atLeast, AtLeast: true, Got: 1 / best,
		})
	}
	if limit := mostRequests[d.job.name]; limit > 0 && d.network.name == "" {
		run.Targets = append(run.Targets, report.Target{
			Text: fmt.Sprintf("%s: at most %g API requests", d, limit), Limit: limit,
			Got: measure.Median(column(samples[0], func(s sample) float64 { return s.requests })),
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
