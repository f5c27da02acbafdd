package client_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"example.com/presigned/client"
	"example.com/presigned/client/internal/fakestack"
	"example.com/presigned/client/state"
)

func TestAFileInTheJournalIsNotSentAgain(t *testing.T) {
	content, changed := []byte("content"), []byte("changed")
	for name, test := range map[string]struct {
		between func(path string)
		plan    func(*fakestack.Stack)
		later   time.Duration
		want    int // objects
	}{
		"as it was":                    {nil, nil, 0, 1},
		"with its answer lost":         {nil, func(s *fakestack.Stack) { s.Plan("putObject", fakestack.Lose()) }, 0, 1},
		"refused":                      {nil, func(s *fakestack.Stack) { s.Plan("putObject", fakestack.Refuse(403, "AccessDenied", "no")) }, 0, 1},
		"changed":                      {func(path string) { _ = os.WriteFile(path, changed, 0o600) }, nil, 0, 2},
		"touched":                      {func(path string) { _ = os.Chtimes(path, time.Time{}, time.Unix(1, 0)) }, nil, 0, 2},
		"stored longer than a day ago": {nil, nil, 25 * time.Hour, 2},
	} {
		t.Run(name, func(t *testing.T) {
			now := time.Now()
			r := newRig(t, func(c *client.Config) { c.Tries = 1 })
			store := state.New(t.TempDir())
			path := filepath.Join(t.TempDir(), "file")
			if err := os.WriteFile(path, content, 0o600); err != nil {
				t.Fatal(err)
			}
			if test.plan != nil {
				test.plan(r.stack)
			}
			upload := func() (client.Result, error) {
				j, err := client.OpenJournal(t.Context(), store, "upload", func() time.Time { return now })
				if err != nil {
					t.Fatal(err)
				}
				defer func() { _ = j.Close() }()
				f := open(t, path)
				f.Journal = j
				return r.Upload(t.Context(), f)
			}
			first, errFirst := upload()
			if test.between != nil {
				test.between(path)
			}
			now = now.Add(test.later)
			second, err := upload()
			if err != nil || (errFirst != nil) != (test.plan != nil) {
				t.Fatalf("got %v and %v", errFirst, err)
			}
			if got := len(r.stack.Objects()); got != test.want {
				t.Errorf("got %d objects, want %d", got, test.want)
			}
			if errFirst == nil && test.want == 1 && second.Key != first.Key {
				t.Errorf("got key %q, want the first one's %q", second.Key, first.Key)
			}
		})
	}
}

// A kill after the last record leaves the checkpoint of the multipart upload, which must not be continued later.
func TestACheckpointOfAFileInTheJournalIsRemoved(t *testing.T) {
	r := newRig(t)
	j, err := client.OpenJournal(t.Context(), state.New(t.TempDir()), "upload", time.Now)
	if err != nil {
		t.Fatal(err)
	}
	path, f := onDisk(t, content(1, threeParts))
	f.Journal = j
	_ = interrupted(t, r, f)
	checkpoint := func(use func(*state.Slot) error) {
		if err := r.cfg.Uploads.With(t.Context(), path, time.Minute, use); err != nil {
			t.Fatal(err)
		}
	}
	var left map[string]any
	checkpoint(func(s *state.Slot) error { _, err := s.Load(&left); return err })
	first := r.uploads(t, f)
	checkpoint(func(s *state.Slot) error { return s.Save(left) })
	if again := r.uploads(t, f); again.Key != first.Key {
		t.Errorf("got key %q, want %q from the journal", again.Key, first.Key)
	}
	checkpoint(func(s *state.Slot) error {
		if found, err := s.Load(&left); found || err != nil {
			t.Errorf("got %v, %v, want no checkpoint", left, err)
		}
		return nil
	})
}
