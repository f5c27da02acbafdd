// Package stack measures a request through the whole stack, from the client's socket through authorizer and function
// and back: the local run beside MiniStack, which serves the same template.
package stack

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"example.com/presigned/test/bench/measure"
	"example.com/presigned/test/bench/report"
)

const (
	ours = "local run"
	peer = "MiniStack"
	// The ceiling answers without a look at the request.
	ceiling = "an HTTP server that does nothing"
)

// levels are numbers of clients.
func levels() []int { return []int{1, 16, 128} }

// Section measures both stacks. At scale 1 each level takes five seconds, at 12 a minute.
func Section(ctx context.Context, build string, scale float64, progress func(string)) (report.Run, error) {
	duration := time.Duration(scale * float64(5*time.Second))
	run := report.Run{
		Taken: time.Now(), Machine: measure.ThisMachine(),
		Versions: []string{
			measure.Output("go", "env", "GOVERSION"),
			"MiniStack " + measure.Output(filepath.Join(build, "venv", "emulated", "bin", "python"), "-c",
				"import importlib.metadata as m; print(m.version('ministack'))"),
		},
		How: fmt.Sprintf("Clients that ask for a presigned URL with one access token, each again as soon as it is answered, for %v with 1, 16 and "+
			"128 of them; the two stacks in turn, on the same template. Clients, stack and functions share the cores. Ready: from exec until "+
			"the template is deployed and can be asked.", duration),
		Notes: []string{
			"MiniStack is measured as it comes: without IAM, signatures and policies, which the local run enforces.",
			"The server that does nothing (net/http, one fixed answer) is what these clients and HTTP alone leave of the cores.",
		},
	}
	var servers []*server
	for _, start := range []func(context.Context, string) (*server, error){startLocal, startMiniStack, startCeiling} {
		s, err := start(ctx, build)
		if err != nil {
			return run, err
		}
		defer s.stop()
		progress(fmt.Sprintf("%s: ready in %v", s.name, s.ready.Round(time.Millisecond)))
		servers = append(servers, s)
	}
	loads, err := pressAll(ctx, servers, duration, progress)
	if err != nil {
		return run, err
	}
	run.Tables, run.Targets, run.Charts = present(servers, loads)
	return run, nil
}

// pressAll returns the loads by server and level.
func pressAll(ctx context.Context, servers []*server, duration time.Duration, progress func(string)) ([][]load, error) {
	loads := make([][]load, len(servers))
	for _, clients := range levels() {
		for i, s := range servers {
			if _, err := press(ctx, s.endpoint, clients, time.Second); err != nil { // warm
				return nil, err
			}
			lasting := duration
			if s.name == ceiling {
				lasting = min(duration, ceilingTime)
			}
			l, err := press(ctx, s.endpoint, clients, lasting)
			if err != nil {
				return nil, err
			}
			progress(fmt.Sprintf("%s, %d clients: %.0f/s, %d errors %s", s.name, clients, l.rate(), l.errors, l.first))
			loads[i] = append(loads[i], l)
		}
	}
	return loads, nil
}

func present(servers []*server, loads [][]load) ([]report.Table, []report.Target, []report.Chart) {
	ready := report.Table{Head: "stack", Columns: []report.Column{{Name: "ready", Unit: "s", Digits: 2}}}
	rates := report.Table{Head: "stack and clients", Columns: []report.Column{
		{Name: "rate", Unit: "/s"}, {Name: "p50", Unit: "ms", Digits: 1}, {Name: "p99", Unit: "ms", Digits: 1}, {Name: "errors"},
	}}
	chart := report.Chart{Title: "Presigned URLs a second through the whole stack", Unit: "/s"}
	for j, clients := range levels() {
		for i, s := range servers {
			l, name := loads[i][j], fmt.Sprintf("%s, %d", s.name, clients)
			rates.Rows = append(rates.Rows, report.Row{Name: name, Values: map[string]float64{
				"rate": l.rate(), "p50": measure.Median(l.times), "p99": measure.Percentile(l.times, 99), "errors": float64(l.errors),
			}})
			chart.Bars = append(chart.Bars, report.Bar{Name: name + " clients", Value: l.rate(), Ours: i == 0})
		}
	}
	for _, s := range servers {
		ready.Rows = append(ready.Rows, report.Row{Name: s.name, Values: map[string]float64{"ready": s.ready.Seconds()}})
	}
	return []report.Table{ready, rates}, targets(servers, loads), []report.Chart{chart}
}

func targets(servers []*server, loads [][]load) []report.Target {
	var list []report.Target
	failed := 0
	for j, clients := range levels() {
		failed += loads[0][j].errors
		list = append(list, report.Target{
			Text: fmt.Sprintf("at least 50 times more requests a second, %d clients", clients), Unit: "x", Limit: 50, AtLeast: true,
			Got: loads[0][j].rate() / loads[1][j].rate(),
		})
	}
	return append(list,
		report.Target{Text: "no errors at any number of clients", Limit: 0, Got: float64(failed)},
		report.Target{Text: "ready in a quarter of its time", Unit: "x", Limit: 0.25, Got: servers[0].ready.Seconds() / servers[1].ready.Seconds()})
}
