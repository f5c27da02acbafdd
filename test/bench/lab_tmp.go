//go:build ignore

package main

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"

	"example.com/presigned/test/bench/function"
	"example.com/presigned/test/bench/measure"
)

// usage: lab starts blocks block name=cmd,arg ...
func main() {
	n := func(i int) int { v, _ := strconv.Atoi(os.Args[i]); return v }
	plan := function.Plan{Starts: n(1), Blocks: n(2), Block: n(3), WarmUp: 3000, Progress: func(s string) { fmt.Fprintln(os.Stderr, s) }}
	for _, a := range os.Args[4:] {
		name, cmd, _ := strings.Cut(a, "=")
		cmd, env, has := strings.Cut(cmd, "@")
		c := function.Contender{Name: name, Command: strings.Split(cmd, ",")}
		if has {
			c.Env = strings.Split(env, ";")
		}
		plan.Contenders = append(plan.Contenders, c)
	}
	s, err := function.Measure(context.Background(), plan)
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Printf("%-14s %8s %8s %6s | %8s %6s | %8s %6s | %8s %8s %6s | %6s %6s %6s\n", "", "poll", "answer", "x[0]", "cpu us", "x[0]", "p50", "x[0]", "p99", "", "x[0]", "rss", "own", "warm")
	for i, c := range plan.Contenders {
		z := s[i]
		m := measure.Median
		fmt.Printf("%-14s %8.2f %8.2f %6.2f | %8.1f %6.2f | %8.3f %6.2f | %8.3f %8s %6.2f | %6.2f %6.2f %6.2f\n", c.Name, m(z.FirstPoll), m(z.FirstAnswer), measure.Ratio(z.FirstAnswer, s[0].FirstAnswer),
			m(z.CPU), measure.Ratio(z.CPU, s[0].CPU), m(z.Times), m(z.Times)/m(s[0].Times), measure.Percentile(z.Times,99), "", measure.Percentile(z.Times,99)/measure.Percentile(s[0].Times,99), m(z.Memory)/1e6, m(z.Own)/1e6, z.WarmMemory/1e6)
	}
}
