package client_test

import (
	"errors"
	"os"
	"testing"

	"example.com/presigned/client"
	"example.com/presigned/client/internal/fakestack"
)

func TestAFileThatChangesBetweenHashAndPutIsRefused(t *testing.T) {
	for name, change := range map[string]func(path string) error{
		"rewritten": func(path string) error { return os.WriteFile(path, content(6, 1*mib), 0o600) },
		"truncated": func(path string) error { return os.Truncate(path, 1000) },
	} {
		r := newRig(t)
		path, f := onDisk(t, content(5, 1*mib))
		r.stack.Plan("ask putObject", fakestack.First(func() {
			if err := change(path); err != nil {
				t.Error(err)
			}
		}))
		if _, err := r.Upload(t.Context(), f); !errors.Is(err, client.ErrChanged) {
			t.Errorf("%s: got %v, want that the file changed", name, err)
		}
		if objects, sent := len(r.stack.Objects()), r.stack.Count("putObject"); objects != 0 || sent > 1 {
			t.Errorf("%s: sent it %d times and got %d objects, want no second attempt and none", name, sent, objects)
		}
	}
}

func TestAFileThatShrinksIsRefused(t *testing.T) {
	r := newRig(t)
	path, f := onDisk(t, content(5, 1*mib))
	if err := os.Truncate(path, 1000); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Upload(t.Context(), f); !errors.Is(err, client.ErrChanged) {
		t.Errorf("got %v, want that the file changed", err)
	}
}
