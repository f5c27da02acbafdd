package client

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"

	"example.com/presigned/client/internal/wire"
)

// Several ranges may hold the same refused URL. When no other is to be had, each is told so; an answer without a URL
// would become an error about a URL that nobody gave.
func TestAURLThatCannotBeReplacedIsAnErrorToEachWhoAsks(t *testing.T) {
	endpoint := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(endpoint.Close)
	c, err := New(Config{
		UploadURL: endpoint.URL, DownloadURL: endpoint.URL, Tries: 1,
		Token: func(context.Context) (string, error) { return "token", nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	g := &getter{c: c, answer: wire.Answer{URL: "refused"}}
	for range 2 {
		if got, err := g.url(t.Context(), "refused"); err == nil {
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
