package client

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"example.com/presigned/client/internal/fakestack"
	"example.com/presigned/client/internal/wire"
)

// Several ranges may hold the same refused URL. If the endpoint gives no other, each gets the endpoint's error.
func TestAURLThatCannotBeReplacedIsAnErrorForEachCaller(t *testing.T) {
	refused := wire.Presigned{URL: "refused"}
	urls := &urlSource{url: refused, ask: func(context.Context) (wire.Presigned, error) { return wire.Presigned{}, errors.New("no") }}
	for range 2 {
		urls.drop(refused)
		if got, err := urls.get(t.Context()); err == nil {
			t.Errorf("got %#v, want the endpoint's error", got)
		}
	}
}

func TestEachNumberHasBounds(t *testing.T) {
	for what, cfg := range map[string]Config{
		"parallel":        {Parallel: -1},
		"much parallel":   {Parallel: maxParallel + 1},
		"tries":           {Tries: -1},
		"multipart above": {MultipartAbove: -1},
		"small parts":     {PartBytes: minPartBytes - 1},
		"large parts":     {PartBytes: maxSingleBytes + 1},
		"first wait":      {FirstWait: -1},
		"stall":           {Stall: -1},
	} {
		cfg.UploadURL, cfg.Token = "http://127.0.0.1:1", func(context.Context) (string, error) { return "", nil }
		if _, err := New(cfg); err == nil {
			t.Errorf("%s: got no error", what)
		}
	}
	for _, cfg := range []Config{{}, {Parallel: 1, Tries: 1, MultipartAbove: 1, PartBytes: minPartBytes, FirstWait: 1, Stall: 1}} {
		if err := cfg.CheckBounds(); err != nil {
			t.Error(err)
		}
	}
}

func TestTwoForEachRequestArePresignedWhileTheRateIsUnknown(t *testing.T) {
	for parallel, want := range map[int]int{1: leastWindow, 4: leastWindow, 16: 32} {
		r := sendRate{parallel: parallel, began: time.Unix(1_000_000, 0)}
		if got := r.ahead(time.Unix(1_000_001, 0)); got != want {
			t.Errorf("%d at once: got a window of %d, want %d", parallel, got, want)
		}
	}
}

func TestAnOperationThatGetsNoURLIsNoLongerActive(t *testing.T) {
	c, err := New(Config{UploadURL: "http://127.0.0.1:1", Tries: 1, FirstWait: time.Millisecond,
		Token: func(context.Context) (string, error) { return "", errors.New("not signed in") }})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := c.puts.begin(t.Context(), wire.Operation{}); err == nil || c.puts.active != 0 {
		t.Errorf("got %v and %d active, want an error and none", err, c.puts.active)
	}
}

// Many small requests run at once, because each waits for the network more than it sends.
func TestSmallAndLargeTransfersHaveSlotsOfTheirOwn(t *testing.T) {
	stack := fakestack.Start(t)
	c, err := New(Config{UploadURL: stack.UploadURL, Token: func(context.Context) (string, error) { return fakestack.Token, nil }})
	if err != nil {
		t.Fatal(err)
	}
	for size, want := range map[int64][2]int{inMemoryBytes: {1, 0}, inMemoryBytes + 1: {0, 1}} {
		_, done, err := c.puts.begin(t.Context(), wire.Operation{Name: "putObject", ContentLength: &size})
		if err != nil {
			t.Fatal(err)
		}
		if got := [2]int{len(c.small), len(c.large)}; got != want {
			t.Errorf("%d bytes: got %v small and large slots in use, want %v", size, got, want)
		}
		if done(); c.puts.rate.done.Load() != 1 {
			t.Errorf("got %d counted as sent, want 1", c.puts.rate.done.Load())
		}
	}
}

func TestPartSizes(t *testing.T) {
	c := &Client{}
	for size, want := range map[int64]int64{1: 16 << 20, 200 << 30: 21 << 20, maxParts * 21 << 20: 21 << 20, 48 << 40: 5034 << 20} {
		if got, err := c.partBytesFor(size, 16<<20, 0); got != want || err != nil {
			t.Errorf("%d bytes: got parts of %d, %v, want %d", size, got, err, want)
		}
	}
	if got, err := c.partBytesFor(1, 0, 0); got != 16<<20 || err != nil {
		t.Errorf("without the stack's part size: got %d, %v, want 16 MiB", got, err)
	}
	for _, mib := range []int64{8, 16, 5, 32, 40, 48, 50, 64, 80, 96, 100, 128, 200, 250, 256, 500, 512, 1000, 1024} {
		for _, size := range []int64{99 * mib << 20, 99*mib<<20 - 1<<20} {
			if got := usualPartBytes(size, 99); !slices.Contains(got, mib<<20) {
				t.Errorf("got %v for 99 parts of %d MiB", got, mib)
			}
		}
		if got := usualPartBytes(2*mib<<20+1, 3); !slices.Contains(got, mib<<20) { // not the smallest possible size
			t.Errorf("got %v for two parts of %d MiB and a byte", got, mib)
		}
	}
	const least = 41<<20 - 6 // bytes; the object below has one byte too many for parts of least-1 bytes
	if got := usualPartBytes(maxParts*(least-1)+1, maxParts); !slices.Contains(got, least) || !slices.Contains(got, 41<<20) {
		t.Errorf("got %v, want the smallest size, %d, and the same in whole MiB", got, least)
	}
	if got := usualPartBytes(3*41<<20+1, 3); !slices.Contains(got, 42<<20) {
		t.Errorf("got %v, want 42 MiB for three parts of a little more than 41", got)
	}
}

func TestABatchIsWhatIsSentWithinTwoMinutes(t *testing.T) {
	for name, test := range map[string]struct {
		sent                  int64
		unused, waiting, want int
	}{
		"nothing is known yet":               {0, 0, 300, 8},
		"exactly a window waits":             {0, 0, 8, 8},
		"less than a window waits":           {0, 0, 7, 0},
		"nothing was sent of the first ones": {0, 8, 300, 0},
		"a slow line":                        {10, 0, 300, 20}, // 10 in a minute are 20 in two
		"a slow line, half of them unused":   {10, 11, 300, 0},
		"slower than one for each request":   {1, 0, 300, 4},
		"a quick line":                       {100, 0, 300, 100},
		"a quick line, some unused":          {100, 90, 300, 100},
		"a quick line, two minutes' unused":  {100, 101, 300, 0},
	} {
		t.Run(name, func(t *testing.T) {
			now := time.Unix(1_000_000, 0)
			c, err := New(Config{UploadURL: "http://127.0.0.1:1", Parallel: 4, Clock: func() time.Time { return now },
				Token: func(context.Context) (string, error) { return "", errors.New("not signed in") }})
			if err != nil {
				t.Fatal(err)
			}
			g := c.puts
			g.rate = sendRate{parallel: 4, began: now.Add(-time.Minute)}
			g.rate.done.Store(test.sent)
			g.unused = test.unused
			for range test.waiting {
				g.waiting = append(g.waiting, batched{t.Context(), wire.Operation{}, make(chan wire.Result, 1)})
			}
			g.mu.Lock()
			defer g.mu.Unlock()
			g.dispatchIfDue()
			if got := g.unused - test.unused; got != test.want {
				t.Errorf("got a batch of %d, want %d", got, test.want)
			}
		})
	}
}
