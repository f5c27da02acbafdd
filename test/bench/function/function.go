// Package function measures a Lambda function as a process under the local run's Runtime API: how soon it answers first,
// what a warm request costs, how much memory it holds.
//
// The contenders take turns, a short while each, so that what else the machine does meets all of them alike.
package function

import (
	"context"
	_ "embed"
	"errors"
	"fmt"

	"example.com/presigned/test/measure"
)

// event is what API Gateway sends for a browser's request: an access token of Cognito's length, twice.
//
//go:embed event.json
var event []byte

// plan says how much is measured.
type plan struct {
	starts int // cold starts of each contender
	blocks int // warm blocks of each contender, taking turns
	block  int // URLs of a block
	warmUp int // URLs before the first block
}

// samples are one contender's measured values; index i of each belongs to round i of all contenders.
type samples struct {
	firstAnswer []float64 // milliseconds since exec
	memory      []float64 // bytes resident after the first request
	cpu         []float64 // microseconds of CPU a URL, user and system, of each block
}

// measureAll runs the plan and returns the samples in the order of the contenders.
func (p plan) measureAll(ctx context.Context, all []contender, progress func(string)) ([]samples, error) {
	found := make([]samples, len(all))
	progress(fmt.Sprintf("cold: %d starts each", p.starts))
	for round := range p.starts {
		for i := range all {
			// Another one goes first in each round: the first after the slowest would always find cold caches.
			i = (i + round) % len(all)
			if err := found[i].addStart(ctx, all[i]); err != nil {
				return nil, fmt.Errorf("%s: %w", all[i].name, err)
			}
		}
	}
	progress(fmt.Sprintf("warm: %d blocks of %d URLs each", p.blocks, p.block))
	running := make([]*process, len(all))
	for i, c := range all {
		var err error
		if running[i], err = c.start(); err != nil {
			return nil, err
		}
		defer running[i].function.Close()
		if err := running[i].sign(ctx, p.warmUp); err != nil {
			return nil, fmt.Errorf("%s: %w", c.name, err)
		}
	}
	for round := range p.blocks {
		for i := range all {
			i = (i + round) % len(all)
			if err := found[i].addBlock(ctx, running[i], p.block); err != nil {
				return nil, fmt.Errorf("%s: %w", all[i].name, err)
			}
		}
	}
	return found, nil
}

// addStart executes the contender once and ends it after its first answer.
func (s *samples) addStart(ctx context.Context, c contender) error {
	p, err := c.start()
	if err != nil {
		return err
	}
	defer p.function.Close()
	if err := p.invoke(ctx); err != nil {
		return err
	}
	memory, err := measure.MemoryOf(p.last.PID)
	s.firstAnswer = append(s.firstAnswer, float64(p.last.Answered.Sub(p.last.Started).Nanoseconds())/1e6)
	s.memory = append(s.memory, float64(memory.Resident))
	return err
}

// addBlock has the process sign that many URLs.
func (s *samples) addBlock(ctx context.Context, p *process, urls int) error {
	before, errBefore := measure.CPUTime(p.last.PID)
	err := p.sign(ctx, urls)
	after, errAfter := measure.CPUTime(p.last.PID)
	s.cpu = append(s.cpu, float64((after-before).Nanoseconds())/1e3/float64(max(urls, p.urls)))
	return errors.Join(errBefore, err, errAfter)
}
