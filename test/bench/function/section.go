package function

import (
	"context"
	"fmt"
	"path/filepath"

	"example.com/presigned/test/bench/report"
	"example.com/presigned/test/measure"
)

const mebibyte = 1 << 20

// Section measures the function beside the limit. scale multiplies how often: 1 takes about half a minute.
func Section(ctx context.Context, build string, scale float64) (report.Run, error) {
	us, limit, batch, err := contenders(build)
	if err != nil {
		return report.Run{}, err
	}
	all := []*contender{us, limit, batch}
	if err := measureAll(ctx, all, scale); err != nil {
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
	table := report.Table{Head: []string{"function", "first answer, ms", "CPU of a URL, us", "memory, MiB"}}
	for _, c := range all {
		table.Rows = append(table.Rows, []string{
			c.name, fmt.Sprintf("%.1f", measure.Median(c.firstAnswer)), fmt.Sprintf("%.0f", measure.Median(c.cpu)),
			fmt.Sprintf("%.1f", measure.Median(c.memory)/mebibyte),
		})
	}
	return report.Run{
		Versions: []string{measure.Output("go", "env", "GOVERSION")},
		How: fmt.Sprintf("Each function runs as a process under the local run's Runtime API and answers a browser's request (%d bytes) with a presigned URL. "+
			"They take turns: %d cold starts, %d URLs to warm up, %d blocks of %d URLs. The table has medians; a ratio is the median of the turns' ratios.",
			len(event), len(us.memory), warmUp, len(us.cpu), block),
		Tables: []report.Table{table},
		Targets: []report.Target{
			{Text: "first answer at most 1.7x the limit's", Unit: "x", Limit: 1.7, Got: measure.Ratio(us.firstAnswer, limit.firstAnswer)},
			{Text: "CPU of a URL at most 3x the limit's", Unit: "x", Limit: 3, Got: measure.Ratio(us.cpu, limit.cpu)},
			{Text: "CPU of a URL in a batch of 100 at most 0.35x a single one's", Unit: "x", Limit: 0.35, Got: measure.Ratio(batch.cpu, us.cpu)},
			{Text: "memory at most 7 MiB", Unit: "MiB", Limit: 7, Got: measure.Median(us.memory) / mebibyte},
			{Text: "arm64 zip at most 2.6 MiB", Unit: "MiB", Limit: 2.6, Got: zip / mebibyte},
		},
		Notes: []string{
			"The limit decodes the event with encoding/json and signs with fifty lines of Go. It checks nothing and logs nothing.",
			"First answer: from exec until the first event is answered. Memory: resident after that, with the pages of the program's file.",
		},
	}, nil
}
