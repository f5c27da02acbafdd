package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"sync"
	"time"

	"example.com/presigned/test/attack"
)

// profile returns the tables of a profile, with its rows.
func profile(name string) ([]attack.Table, error) {
	switch name {
	case "full":
		return attack.Tables(), nil
	case "smoke":
	default:
		return nil, fmt.Errorf("profile %q: want smoke or full", name)
	}
	var short []attack.Table
	for _, table := range attack.Tables() {
		table.Rows = slices.DeleteFunc(table.Rows, func(r attack.Row) bool { return !slices.Contains(attack.Smoke(), table.ID(r)) })
		if len(table.Rows) > 0 {
			short = append(short, table)
		}
	}
	return short, nil
}

// skips are rows that a target is known not to do, each with the reason.
type skips map[string]string

func readSkips(file string) (skips, error) {
	if file == "" {
		return nil, nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var s skips
	if err := json.Unmarshal(text, &s); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	known := map[string]bool{}
	for _, table := range attack.Tables() {
		for _, r := range table.Rows {
			known[table.ID(r)] = true
		}
	}
	for id := range s {
		if !known[id] {
			return nil, fmt.Errorf("%s: no row is named %q", file, id)
		}
	}
	return s, nil
}

// atOnce is how many rows run at the same time. Each has requests of its own, so more would only be throttled.
const atOnce = 4

// play sends the rows, table by table, and reports each.
func play(ctx context.Context, target *attack.Target, tables []attack.Table, skip skips, progress io.Writer) report {
	r := report{Started: time.Now().UTC(), Stack: target.UploadURL}
	for _, table := range tables {
		rows := make([]outcome, len(table.Rows))
		places := make(chan struct{}, atOnce)
		var wait sync.WaitGroup
		for i, row := range table.Rows {
			places <- struct{}{}
			wait.Go(func() {
				defer func() { <-places }()
				rows[i] = try(ctx, target, table, row, skip)
			})
		}
		wait.Wait()
		r.Rows = append(r.Rows, rows...)
		_, _ = fmt.Fprintf(progress, "%4.0f s  %s, %d rows\n", time.Since(r.Started).Seconds(), table.Name, len(rows))
	}
	r.Seconds = time.Since(r.Started).Seconds()
	return r
}

func try(ctx context.Context, target *attack.Target, table attack.Table, row attack.Row, skip skips) outcome {
	o := outcome{Row: table.ID(row), Guard: row.Guard, Want: attack.Want(table, row)}
	if o.Skipped = target.Without(table); o.Skipped == "" {
		o.Skipped = skip[o.Row]
	}
	if o.Skipped != "" {
		return o
	}
	if ctx.Err() != nil {
		o.Failures = []string{"not sent: " + context.Cause(ctx).Error()}
		return o
	}
	start := time.Now()
	result := attack.Judge(ctx, target, table, row)
	o.Seconds, o.Got, o.Failures = time.Since(start).Seconds(), result.Got, result.Failures
	return o
}
