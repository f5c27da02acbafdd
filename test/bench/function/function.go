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
	"os"

	"github.com/prometheus/procfs"

	"example.com/presigned/test/measure"
)

// event is what API Gateway sends for a browser's request: an access token of Cognito's length, twice.
//
//go:embed event.json
var event []byte

// contender is a function to measure, and its measured values. Index i of each belongs to round i of all contenders.
type contender struct {
	name    string
	program string // absolute
	env     map[string]string
	event   []byte // what it answers
	urls    int    // how many presigned URLs the answer has

	firstAnswer []float64 // milliseconds since exec
	memory      []float64 // bytes resident after the first request
	cpu         []float64 // microseconds of CPU a URL, user and system, of each block
}

// What is measured of each contender: cold starts, URLs before the first block, and URLs of a block.
const (
	starts = 40
	warmUp = 500
	blocks = 40
	block  = 300
)

// measureAll adds the values of all contenders. scale multiplies how often.
func measureAll(ctx context.Context, all []*contender, scale float64) error {
	rounds := func(n int) int { return max(int(float64(n)*scale), 2) }
	fmt.Fprintf(os.Stderr, "cold: %d starts each\n", rounds(starts))
	if err := inTurn(all, rounds(starts), func(c *contender) error { return c.addStart(ctx) }); err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, "warm: %d blocks of %d URLs each\n", rounds(blocks), block)
	running := map[*contender]*process{}
	for _, c := range all {
		var err error
		if running[c], err = c.start(); err != nil {
			return err
		}
		defer running[c].function.Close()
		if err := running[c].sign(ctx, warmUp); err != nil {
			return fmt.Errorf("%s: %w", c.name, err)
		}
	}
	return inTurn(all, rounds(blocks), func(c *contender) error { return c.addBlock(ctx, running[c]) })
}

// inTurn has another one go first in each round: the first after the slowest would always find cold caches.
func inTurn(all []*contender, rounds int, do func(*contender) error) error {
	for round := range rounds {
		for i := range all {
			c := all[(i+round)%len(all)]
			if err := do(c); err != nil {
				return fmt.Errorf("%s: %w", c.name, err)
			}
		}
	}
	return nil
}

// addStart executes the contender once and ends it after its first answer.
func (c *contender) addStart(ctx context.Context) error {
	p, err := c.start()
	if err != nil {
		return err
	}
	defer p.function.Close()
	if err := p.invoke(ctx); err != nil {
		return err
	}
	running, err := procfs.NewProc(p.last.PID)
	if err != nil {
		return err
	}
	status, err := running.NewStatus()
	c.firstAnswer = append(c.firstAnswer, float64(p.last.Answered.Sub(p.last.Started).Nanoseconds())/1e6)
	c.memory = append(c.memory, float64(status.VmRSS))
	return err
}

// addBlock has the process sign the URLs of a block.
func (c *contender) addBlock(ctx context.Context, p *process) error {
	before, errBefore := measure.CPUTime(p.last.PID)
	err := p.sign(ctx, block)
	after, errAfter := measure.CPUTime(p.last.PID)
	c.cpu = append(c.cpu, float64((after-before).Nanoseconds())/1e3/float64(max(block, c.urls)))
	return errors.Join(errBefore, err, errAfter)
}
