package function

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"example.com/presigned/test/bench/measure"
	"example.com/presigned/test/bench/report"
)

// Section measures the function beside its peers. scale multiplies how often: 1 takes about two minutes.
func Section(ctx context.Context, build string, scale float64, progress func(string)) (report.Run, error) {
	all, err := contenders(build)
	if err != nil {
		return report.Run{}, err
	}
	times := func(n int) int { return max(int(float64(n)*scale), 2) }
	plan := Plan{Starts: times(40), Blocks: times(40), Block: 250, WarmUp: 500, Contenders: all, Progress: progress}
	run := report.Run{
		Taken: time.Now(), Machine: measure.ThisMachine(), Versions: versions(build),
		How: fmt.Sprintf("Each function runs as a process under one and the same Runtime API, which sends the event of a browser's request "+
			"(%d bytes) and checks that a presigned URL comes back. They take turns: %d cold starts each, one at a time; then, all of them warm "+
			"after %d requests, %d blocks of %d requests each. Medians; a ratio is the median of the ratios of each turn.",
			len(event), plan.Starts, plan.WarmUp, plan.Blocks, plan.Block),
	}
	samples, err := Measure(ctx, plan)
	if err != nil {
		return report.Run{}, err
	}
	sizes, err := zipSizes(ctx, build, all)
	if err != nil {
		return report.Run{}, err
	}
	run.Tables = []report.Table{table(all, samples, sizes)}
	run.Targets = targets(all, samples, sizes)
	run.Charts = charts(all, samples)
	run.Notes = []string{
		"The peers check nothing and log nothing: they sign whatever the body asks for. " + ours + " checks every field, and writes a line of log.",
		"Their runtime loops are the smallest that can be, ours is aws-lambda-go. The limit decodes the event with encoding/json, signs " +
			"with fifty lines of its own, and checks nothing; the one without decoding looks for two values in the event as text: what Go and " +
			"four system calls cost, not a function to deploy.",
		"Memory is all that is resident, pages of the program's own file included, which make up six sevenths of ours.",
	}
	return run, nil
}

func zipSizes(ctx context.Context, build string, all []Contender) (map[string]float64, error) {
	arm, err := deployed(filepath.Join(build, "bench", "arm64-assembly"))
	if err != nil {
		return nil, err
	}
	sizes := map[string]float64{}
	for name, path := range map[string]string{
		"arm64": arm.Command[0], ours: all[0].Command[0], limit: all[1].Command[0], all[3].Name: all[3].Command[2],
	} {
		size, err := zipSize(ctx, nodeProgram(build), path)
		if err != nil {
			return nil, err
		}
		sizes[name] = size
	}
	return sizes, nil
}

const mebibyte = 1 << 20

func table(all []Contender, samples []Samples, sizes map[string]float64) report.Table {
	t := report.Table{Head: "function", Columns: []report.Column{
		{Name: "exec to first poll", Unit: "ms", Digits: 1},
		{Name: "to first answer", Unit: "ms", Digits: 1},
		{Name: "of ours", Unit: "x", Digits: 1},
		{Name: "CPU a request", Unit: "us", Digits: 0},
		{Name: "of our CPU", Unit: "x", Digits: 2},
		{Name: "p50", Unit: "ms", Digits: 2},
		{Name: "p99", Unit: "ms", Digits: 2},
		{Name: "memory after the first", Unit: "MiB", Digits: 1},
		{Name: "after all", Unit: "MiB", Digits: 1},
		{Name: "zip", Unit: "MiB", Digits: 2},
	}}
	for i, c := range all {
		s := samples[i]
		values := map[string]float64{
			"exec to first poll":     measure.Median(s.FirstPoll),
			"to first answer":        measure.Median(s.FirstAnswer),
			"of ours":                measure.Ratio(s.FirstAnswer, samples[0].FirstAnswer),
			"CPU a request":          measure.Median(s.CPU),
			"of our CPU":             measure.Ratio(s.CPU, samples[0].CPU),
			"p50":                    measure.Median(s.Times),
			"p99":                    measure.Percentile(s.Times, 99),
			"memory after the first": measure.Median(s.Memory) / mebibyte,
			"after all":              s.WarmMemory / mebibyte,
		}
		if size, known := sizes[c.Name]; known {
			values["zip"] = size / mebibyte
		}
		t.Rows = append(t.Rows, report.Row{Name: c.Name, Values: values})
	}
	return t
}

// targets are those of the project's performance issue.
func targets(all []Contender, samples []Samples, sizes map[string]float64) []report.Target {
	of := func(name string) Samples {
		for i, c := range all {
			if c.Name == name {
				return samples[i]
			}
		}
		panic("no contender " + name)
	}
	us, bare, node := of(ours), of(limit), of(article)
	return []report.Target{
		{
			Text: "first answer at least 50 times quicker than the article's", Unit: "x", Limit: 50, AtLeast: true,
			Got: measure.Ratio(node.FirstAnswer, us.FirstAnswer),
		},
		{Text: "first answer at most 1.7 times the limit's", Unit: "x", Limit: 1.7, Got: measure.Ratio(us.FirstAnswer, bare.FirstAnswer)},
		{Text: "CPU a request at most 0.35 of the article's", Unit: "x", Limit: 0.35, Got: measure.Ratio(us.CPU, node.CPU)},
		{Text: "CPU a request at most 3 times the limit's", Unit: "x", Limit: 3, Got: measure.Ratio(us.CPU, bare.CPU)},
		{
			Text: "p99 at most 0.16 of the article's", Unit: "x", Limit: 0.16,
			Got: measure.Percentile(us.Times, 99) / measure.Percentile(node.Times, 99),
		},
		{Text: "memory after the first request at most 7 MiB", Unit: "MiB", Limit: 7, Got: measure.Median(us.Memory) / mebibyte},
		{Text: "arm64 zip at most 2.6 MiB", Unit: "MiB", Limit: 2.6, Got: sizes["arm64"] / mebibyte},
	}
}

func charts(all []Contender, samples []Samples) []report.Chart {
	draw := func(title, unit string, value func(Samples) float64) report.Chart {
		chart := report.Chart{Title: title, Unit: unit}
		for i, c := range all {
			chart.Bars = append(chart.Bars, report.Bar{Name: c.Name, Value: value(samples[i]), Ours: i == 0})
		}
		return chart
	}
	return []report.Chart{
		draw("Cold start: exec to the first answer", "ms", func(s Samples) float64 { return measure.Median(s.FirstAnswer) }),
		draw("CPU time of a warm request", "us", func(s Samples) float64 { return measure.Median(s.CPU) }),
		draw("Memory after the first request", "MiB", func(s Samples) float64 { return measure.Median(s.Memory) / mebibyte }),
	}
}

// versions asks each program for its own.
func versions(build string) []string {
	bench := filepath.Join(build, "bench")
	return []string{
		measure.Output("go", "env", "GOVERSION"),
		"node " + measure.Output(nodeProgram(build), "--version"),
		"aws-sdk " + measure.PackageVersion(filepath.Join(bench, "node", "node_modules", "aws-sdk")),
		"@aws-sdk/client-s3 " + measure.PackageVersion(filepath.Join(bench, "node", "node_modules", "@aws-sdk", "client-s3")),
		measure.Output(python(build), "--version"),
		"boto3 " + measure.Output(python(build), "-c", "import boto3; print(boto3.__version__)"),
	}
}
