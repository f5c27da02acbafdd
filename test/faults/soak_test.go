package faults

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"example.com/presigned/client"
)

var (
	soakTime = flag.Duration("soak.time", 0, "draw schedules for so long; 0: -soak.runs of them")
	soakSeed = flag.Uint64("soak.seed", 1, "seed of the first schedule")
	soakRuns = flag.Int("soak.runs", 10, "schedules to run, unless -soak.time says how long")
)

// Random schedules of faults and of what a user does: whatever happens, what was reported is stored, once, and nothing
// else is.
func TestRandomSchedulesLoseAndDoubleNothing(t *testing.T) {
	if !canKill() {
		t.Skip("killing the functions needs /proc")
	}
	w := shared
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
		steps := scheduleOf(seed)
		steps.seed = 0
		seen[steps.String()] = true
	}
	if len(seen) != 100 {
		t.Errorf("100 seeds gave %d schedules", len(seen))
	}
}

// soaker is a user in the soak.
type soaker struct {
	*rig
	next    uint64 // of the content
	objects []object
	pending []string // files whose upload can be continued
	wrong   []string
}

type object struct {
	key  string
	want []byte
}

func (w *world) soak(t *testing.T, s schedule) {
	r := w.rig(t, func(c *client.Config) { c.Stall = 400 * time.Millisecond })
	r.shortTokens()
	k := &soaker{rig: r, next: s.seed << 16}
	r.plan(s)
	for i, st := range s.steps {
		ctx, cancel := context.WithCancel(t.Context())
		r.setStop(cancel)
		k.step(ctx, fmt.Sprintf("file%d", i), st)
		cancel()
	}
	r.setStop(nothing)
	for _, l := range []*link{r.api, r.s3} {
		l.clear()
		l.gate.acting.Wait()
	}
	k.settle()
	if wrong := append(k.wrong, r.wrongs(t.Context())...); len(wrong) > 0 {
		for _, one := range wrong {
			t.Error(one)
		}
		t.Errorf("%ssaid:\n%s\n%s%s\nhint: it replays by\n  make soak SOAK_SEED=%d SOAK_RUNS=1", s, r.said(), r.ledger.String(), r.w.logOf(r.user), s.seed)
	}
}

func (k *soaker) step(ctx context.Context, name string, s step) {
	switch s.do {
	case "put", "multi":
		k.send(ctx, name, k.write(name, s.size))
	case "burst":
		var wait sync.WaitGroup
		for i := range 4 {
			each := fmt.Sprintf("%s-%d", name, i)
			b := k.write(each, max(1, s.size/(i+1)))
			wait.Go(func() { k.send(ctx, each, b) })
		}
		wait.Wait()
	case "get":
		if len(k.objects) > 0 {
			k.get(ctx, name, k.objects[s.pick%len(k.objects)], false)
		}
	case "list":
		for _, err := range k.client().List(ctx) {
			if err != nil {
				k.complain(secretsIn(err.Error())...)
			}
		}
	case "resume":
		k.resume(ctx)
	}
}

func (k *soaker) write(name string, size int) []byte {
	k.next++
	b := content(k.next, size)
	k.file(name, b)
	return b
}

func (k *soaker) complain(wrong ...string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.wrong = append(k.wrong, wrong...)
}

// send uploads a file, and reports whether that was the end of it.
func (k *soaker) send(ctx context.Context, name string, b []byte) bool {
	got, err := k.upload(ctx, name)
	var kept *client.Resumable
	k.mu.Lock()
	defer k.mu.Unlock()
	switch {
	case err == nil:
		k.objects = append(k.objects, object{got.Key, b})
	case errors.As(err, &kept):
		k.pending = append(k.pending, name)
		return false
	}
	return true
}

func (k *soaker) resume(ctx context.Context) (ended bool) {
	names := k.pending
	k.pending, ended = nil, true
	for _, name := range names {
		b, err := os.ReadFile(filepath.Join(k.folder, name))
		if err != nil {
			k.complain(err.Error())
			continue
		}
		ended = k.send(ctx, name, b) && ended
	}
	return ended
}

// settle is what the user does once nothing goes wrong any more: every upload that can be continued is, and everything
// is fetched.
func (k *soaker) settle() {
	transportOf(k.cfg.HTTPClient).CloseIdleConnections() // some of them may still be in trouble
	if !k.resume(k.t.Context()) {
		k.complain("an upload could not be continued although nothing went wrong any more: " + fmt.Sprint(k.ledger.all[len(k.ledger.all)-1].err))
	}
	for i, o := range k.objects {
		k.get(k.t.Context(), fmt.Sprintf("at the end %d", i), o, true)
	}
}

// get downloads an object. Under faults it may fail, but not leave anything under the target's name.
func (k *soaker) get(ctx context.Context, name string, o object, must bool) {
	target := filepath.Join(k.folder, "got "+name)
	_, err := k.client().DownloadFile(ctx, client.Download{Key: o.key, Target: target})
	b, unread := os.ReadFile(target)
	switch {
	case err != nil && must:
		k.complain(fmt.Sprintf("download of %q although nothing went wrong any more: %v", o.key, err))
	case err != nil && unread == nil:
		k.complain(fmt.Sprintf("download of %q failed, and left %d bytes as %q: %v", o.key, len(b), target, err))
	case err == nil && !bytes.Equal(b, o.want):
		k.complain(fmt.Sprintf("lost: download of %q gave %d bytes, not the %d sent", o.key, len(b), len(o.want)))
	}
	if err != nil {
		k.complain(secretsIn(err.Error())...)
	}
}
