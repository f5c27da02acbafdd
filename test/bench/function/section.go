package function

import (
	"context"
	"fmt"
	"path/filepath"

	"example.com/presigned/test/bench/report"
	"example.com/presigned/test/measure"
)

// Section measures the function beside the limit. scale multiplies how often: 1 takes about half a minute.
func Section(ctx context.Context, build string, scale float64, progress func(string)) (report.Run, error) {
	all, err := contenders(build)
	if err != nil {
		return report.Run{}, err
	}
	times := func(n int) int { return max(int(float64(n)*scale), 2) }
	plan := plan{starts: times(40), blocks: times(40), block: 300, warmUp: 500}
	found, err := plan.measureAll(ctx, all, progress)
	if err != nil {
		return report.Run{}, err
	}
	arm, err := deployed(filepath.Join(build, "bench", "arm64-assembly"))
	if err != nil {
		return report.Run{}, err
	}
	zip, err := zipSize(arm.program)
	if err != nil {
		return report.Run{}, err
	}
	return report.Run{
		Versions: []string{measure.Output("go", "env", "GOVERSION")},
		How: fmt.Sprintf("Each function runs as a process under the local run's Runtime API and answers a browser's request (%d bytes) with a presigned URL. "+
			"They take turns: %d cold starts, %d URLs to warm up, %d blocks of %d URLs. The table has medians; a ratio is the median of the turns' ratios.",
			len(event), plan.starts, plan.warmUp, plan.blocks, plan.block),
		Tables:  []report.Table{table(all, found)},
		Targets: targets(found[0], found[1], found[2], zip),
		Notes: []string{
			"The limit decodes the event with encoding/json and signs with fifty lines of Go. It checks nothing and logs nothing.",
			"First answer: from exec until the first event is answered. Memory: resident after that, with the pages of the program's file.",
		},
	}, nil
}

const mebibyte = 1 << 20

func table(all []contender, found []samples) report.Table {
	t := report.Table{Head: "function", Columns: []report.Column{
		{Name: "first answer", Unit: "ms", Digits: 1}, {Name: "CPU of a URL", Unit: "us"}, {Name: "memory", Unit: "MiB", Digits: 1},
	}}
	for i, c := range all {
		t.Rows = append(t.Rows, report.Row{Name: c.name, Values: map[string]float64{
			"first answer": measure.Median(found[i].firstAnswer),
			"CPU of a URL": measure.Median(found[i].cpu),
			"memory":       measure.Median(found[i].memory) / mebibyte,
		}})
	}
	return t
}

func targets(us, bare, batch samples, zip float64) []report.Target {
	return []report.Target{
		{Text: "first answer at most 1.7x the limit's", Unit: "x", Limit: 1.7, Got: measure.Ratio(us.firstAnswer, bare.firstAnswer)},
		{Text: "CPU of a URL at most 3x the limit's", Unit: "x", Limit: 3, Got: measure.Ratio(us.cpu, bare.cpu)},
		{Text: "CPU of a URL in a batch of 100 at most 0.35x a single one's", Unit: "x", Limit: 0.35, Got: measure.Ratio(batch.cpu, us.cpu)},
		{Text: "memory at most 7 MiB", Unit: "MiB", Limit: 7, Got: measure.Median(us.memory) / mebibyte},
		{Text: "arm64 zip at most 2.6 MiB", Unit: "MiB", Limit: 2.6, Got: zip / mebibyte},
	}
}
