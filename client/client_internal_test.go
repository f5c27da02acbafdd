package client

import (
	"context"
	"errors"
	"testing"

	"example.com/presigned/client/internal/wire"
)

// Several ranges may hold the same refused URL. If no other is to be had, each gets the endpoint's error.
func TestAURLThatCannotBeReplacedIsAnErrorToEachWhoAsks(t *testing.T) {
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
		if err := cfg.CheckBounds(); err == nil {
			t.Errorf("%s: got no error", what)
		}
	}
	for _, cfg := range []Config{{}, {Parallel: 1, Tries: 1, MultipartAbove: 1, PartBytes: minPartBytes}} {
		if err := cfg.CheckBounds(); err != nil {
			t.Error(err)
		}
	}
}
