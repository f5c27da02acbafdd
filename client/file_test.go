package client_test

import (
	"errors"
	"os"
	"testing"

	"example.com/presigned/client"
	"example.com/presigned/client/internal/fakestack"
)

func TestAFileThatChangesBetweenHashAndPutIsRefused(t *testing.T) {
	r := newRig(t)
	path, f := onDisk(t, content(5, 1*mib))
	r.stack.Plan("ask putObject", fakestack.First(func() {
		if err := os.WriteFile(path, content(6, 1*mib), 0o600); err != nil {
			t.Error(err)
		}
	}))
	_, err := r.Upload(t.Context(), f)
	if !errors.Is(err, client.ErrChanged) {
		t.Errorf("got %v, want that the file changed", err)
	}
	if n := len(r.stack.Objects()); n != 0 {
		t.Errorf("got %d objects, want none of a file that changed", n)
	}
}

func TestAFileThatShrinksBetweenHashAndPutIsRefused(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	path, f := onDisk(t, content(5, 1*mib))
	r.stack.Plan("ask putObject", fakestack.First(func() {
		if err := os.Truncate(path, 1000); err != nil {
			t.Error(err)
		}
	}))
	if _, err := r.Upload(t.Context(), f); !errors.Is(err, client.ErrChanged) {
		t.Errorf("got %v, want that the file changed", err)
	}
	if n := r.stack.Count("putObject"); n > 1 {
		t.Errorf("sent %d times, want no second attempt", n)
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
