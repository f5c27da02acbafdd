// Package function measures a Lambda function as a process under the local run's Runtime API: how soon it answers first,
// what a warm request costs, how much memory it holds.
//
// The contenders take turns, a short while each, so that what else the machine does meets all of them alike.
package function

import (
	"context"
	_ "embed"
	"fmt"
)

// event is what API Gateway sends for a browser's request: an access token of Cognito's length, twice.
//
//go:embed event.json
var event []byte

// Plan says how much is measured.
type Plan struct {
	Starts     int // cold starts of each contender
	Blocks     int // warm blocks of each contender, taking turns
	Block      int // URLs of a block
	WarmUp     int // requests before the first block
	Progress   func(string)
	Contenders []Contender
}

// Samples are one contender's measured values; index i of each belongs to round i of all contenders.
type Samples struct {
	FirstAnswer []float64 // milliseconds since exec
	Memory      []float64 // bytes resident after the first request
	CPU         []float64 // microseconds of CPU a URL, user and system, of each block
}

// Measure runs the plan and returns the samples in the order of its contenders.
func Measure(ctx context.Context, plan Plan) ([]Samples, error) {
	samples := make([]Samples, len(plan.Contenders))
	plan.Progress(fmt.Sprintf("cold: %d starts each", plan.Starts))
	for round := range plan.Starts {
		for i := range plan.Contenders {
			// Another one goes first in each round: the first after the slowest would always find cold caches.
			i = (i + round) % len(plan.Contenders)
			if err := samples[i].addStart(ctx, plan.Contenders[i]); err != nil {
				return nil, fmt.Errorf("%s: %w", plan.Contenders[i].Name, err)
			}
		}
	}
	plan.Progress(fmt.Sprintf("warm: %d blocks of %d requests each", plan.Blocks, plan.Block))
	return samples, measureWarm(ctx, plan, samples)
}

// addStart executes the contender once and ends it after its first answer.
func (s *Samples) addStart(ctx context.Context, c Contender) error {
	p, err := c.start()
	if err != nil {
		return err
	}
	defer p.function.Close()
	done, err := p.invoke(ctx, c)
	if err != nil {
		return err
	}
	_, memory, err := p.usage()
	if err != nil {
		return err
	}
	s.FirstAnswer = append(s.FirstAnswer, float64(done.Answered.Sub(done.Started).Nanoseconds())/1e6)
	s.Memory = append(s.Memory, float64(memory.Resident))
	return nil
}

func measureWarm(ctx context.Context, plan Plan, samples []Samples) error {
	running := make([]*process, len(plan.Contenders))
	for i, c := range plan.Contenders {
		p, err := c.start()
		if err != nil {
			return err
		}
		defer p.function.Close()
		for range max(plan.WarmUp/c.URLs, 1) {
			if _, err := p.invoke(ctx, c); err != nil {
				return fmt.Errorf("%s: %w", c.Name, err)
			}
		}
		running[i] = p
	}
	for block := range plan.Blocks {
		for i := range running {
			i = (i + block) % len(running)
			if err := samples[i].addBlock(ctx, running[i], plan.Contenders[i], plan.Block); err != nil {
				return fmt.Errorf("%s: %w", plan.Contenders[i].Name, err)
			}
		}
	}
	return nil
}

// addBlock has the contender sign that many URLs.
func (s *Samples) addBlock(ctx context.Context, p *process, c Contender, urls int) error {
	before, _, err := p.usage()
	if err != nil {
		return err
	}
	requests := max(urls/c.URLs, 1)
	for range requests {
		if _, err := p.invoke(ctx, c); err != nil {
			return err
		}
	}
	after, _, err := p.usage()
	if err != nil {
		return err
	}
	s.CPU = append(s.CPU, float64((after-before).Nanoseconds())/1e3/float64(requests*c.URLs))
	return nil
}
