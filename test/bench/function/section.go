package function

import (
	"context"
	"fmt"
	"path/filepath"

	"example.com/presigned/test/bench/measure"
	"example.com/presigned/test/bench/report"
)

// Section measures the function beside the limit. scale multiplies how often: 1 takes about half a minute.
func Section(ctx context.Context, build string, scale float64, progress func(string)) (report.Run, error) {
	all, err := contenders(build)
	if err != nil {
		return report.Run{}, err
	}
	times := func(n int) int { return max(int(float64(n)*scale), 2) }
	plan := Plan{Starts: times(40), Blocks: times(40), Block: 300, WarmUp: 500, Contenders: all, Progress: progress}
	samples, err := Measure(ctx, plan)
	if err != nil {
		return report.Run{}, err
	}
	arm, err := deployed(filepath.Join(build, "bench", "arm64-assembly"))
	if err != nil {
		return report.Run{}, err
	}
	zip, err := zipSize(arm.Command[0])
	if err != nil {
		return report.Run{}, err
	}
	return report.Run{
		Versions: []string{measure.Output("go", "env", "GOVERSION")},
		How: fmt.Sprintf("Each function runs as a process under the local run's Runtime API and answers a browser's request (%d bytes) with a presigned URL. "+
			"They take turns: %d cold starts, %d URLs to warm up, %d blocks of %d URLs. The table has medians; a ratio is the median of each turn's.",
			len(event), plan.Starts, plan.WarmUp, plan.Blocks, plan.Block),
		Tables:  []report.Table{table(all, samples)},
		Targets: targets(samples[0], samples[1], samples[2], zip),
		Notes: []string{
			"The limit decodes the event with encoding/json and signs with fifty lines of Go. It checks nothing and logs nothing.",
			"First answer: from exec until the first event is answered. Memory: resident after that, with the pages of the program's file.",
		},
	}, nil
}

const mebibyte = 1 << 20

func table(all []Contender, samples []Samples) report.Table {
	t := report.Table{Head: "function", Columns: []report.Column{
		{Name: "first answer", Unit: "ms", Digits: 1}, {Name: "CPU of a URL", Unit: "us"}, {Name: "memory", Unit: "MiB", Digits: 1},
	}}
	for i, c := range all {
		t.Rows = append(t.Rows, report.Row{Name: c.Name, Values: map[string]float64{
			"first answer": measure.Median(samples[i].FirstAnswer),
			"CPU of a URL": measure.Median(samples[i].CPU),
			"memory":       measure.Median(samples[i].Memory) / mebibyte,
		}})
	}
	return t
}

func targets(us, bare, batch Samples, zip float64) []report.Target {
	return []report.Target{
		{Text: "first answer at most 1.7x the limit's", Unit: "x", Limit: 1.7, Got: measure.Ratio(us.FirstAnswer, bare.FirstAnswer)},
		{Text: "CPU of a URL at most 3x the limit's", Unit: "x", Limit: 3, Got: measure.Ratio(us.CPU, bare.CPU)},
		{Text: "CPU of a URL in a batch of 100 at most 0.35x a single one's", Unit: "x", Limit: 0.35, Got: measure.Ratio(batch.CPU, us.CPU)},
		{Text: "memory at most 7 MiB", Unit: "MiB", Limit: 7, Got: measure.Median(us.Memory) / mebibyte},
		{Text: "arm64 zip at most 2.6 MiB", Unit: "MiB", Limit: 2.6, Got: zip / mebibyte},
	}
}
