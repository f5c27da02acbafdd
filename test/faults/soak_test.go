package faults

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"example.com/presigned/client"
	"example.com/presigned/test/users"
)

var (
	soakTime = flag.Duration("soak.time", 0, "draw schedules for so long; 0: -soak.runs of them")
	soakSeed = flag.Uint64("soak.seed", 1, "seed of the first schedule")
	soakRuns = flag.Int("soak.runs", 10, "schedules to run, unless -soak.time says how long")
)

// Random schedules of faults and of what a user does: whatever happens, what was reported is stored, once, and nothing
// else is; and the app's back end gets the event of each object, and counts it once.
func TestRandomSchedulesLoseAndDoubleNothing(t *testing.T) {
	if !canKill() {
		t.Skip("killing the functions needs /proc")
	}
	w := shared
	if testing.Short() {
		*soakRuns = min(*soakRuns, 3)
	}
	began, seed := time.Now(), *soakSeed
	for ; t.Context().Err() == nil; seed++ {
		if *soakTime > 0 && time.Since(began) > *soakTime || *soakTime == 0 && seed-*soakSeed >= uint64(*soakRuns) {
			break
		}
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) { w.soak(t, scheduleOf(seed)) })
		if t.Failed() {
			return
		}
	}
	fmt.Printf("soak: %d schedules, seeds %d to %d, in %s\n", seed-*soakSeed, *soakSeed, seed-1, time.Since(began).Round(time.Second))
}

// TestAScheduleIsItsSeedsAlone is what makes a failing seed worth printing.
func TestAScheduleIsItsSeedsAlone(t *testing.T) {
	seen := map[string]bool{}
	for seed := range uint64(100) {
		if a, b := scheduleOf(seed).String(), scheduleOf(seed).String(); a != b {
			t.Fatalf("seed %d gave\n%s and then\n%s", seed, a, b)
		}
		anonymous := scheduleOf(seed)
		anonymous.seed = 0
		seen[anonymous.String()] = true
	}
	if len(seen) != 100 {
		t.Errorf("100 seeds gave %d schedules", len(seen))
	}
}

func (w *world) soak(t *testing.T, s schedule) {
	r := w.rig(t, func(c *client.Config) { c.Stall = 400 * time.Millisecond })
	r.plan(s)
	for i, action := range s.actions {
		ctx, cancel := context.WithCancel(t.Context())
		r.stop.Store(cancel)
		_ = r.Act(ctx, action, rand.New(rand.NewPCG(s.seed, uint64(i)+1))) // under faults it may fail
		cancel()
	}
	r.stop.Store(context.CancelFunc(nothing))
	for _, l := range []*link{r.api, r.s3} {
		l.clear()
		l.gate.acting.Wait()
	}
	transportOf(r.Config.HTTPClient).CloseIdleConnections() // some of them may still be in trouble
	r.Config.Stall, r.Config.Tries = 10*time.Second, 20     // the faults are over, and a busy machine may stall for seconds
	r.Finish(t.Context())
	if wrong := append(users.Check(t.Context(), r.store(), r.User), r.unreported()...); len(wrong) > 0 {
		for _, one := range wrong {
			t.Error(one)
		}
		t.Errorf("%ssaid:\n%s\n%s%s\nhint: it replays by\n  make soak SOAK_SEED=%d SOAK_RUNS=1", s, r.Said(), r.String(), r.w.logOf(r.user), s.seed)
	}
}
