package client_test

import (
	"errors"
	"testing"

	"example.com/presigned/client"
	"example.com/presigned/client/internal/fakestack"
)

// The PUT is stored and its answer lost, and then its URL has ended: whether it is there has to be found out.
func TestAnUploadThatMayBeStoredIsLookedForOrSaidToBeUnsure(t *testing.T) {
	ended := func() fakestack.Fault { return fakestack.Refuse(403, "InvalidAccessKeyId", "no such key") }
	for what, row := range map[string]struct {
		heads  []fakestack.Fault
		unsure bool
	}{
		"found":                             {},
		"found by a second URL":             {heads: []fakestack.Fault{ended()}},
		"not to be found out by any":        {heads: []fakestack.Fault{ended(), ended()}, unsure: true},
		"found after an answer that failed": {heads: []fakestack.Fault{fakestack.Refuse(500, "InternalError", "")}},
	} {
		r := newRig(t)
		r.stack.Plan("putObject", fakestack.Lose(), ended())
		r.stack.Plan("headObject", row.heads...)
		want := content(4, 10)
		got, err := r.Upload(t.Context(), client.Bytes("a.bin", "", want))
		switch {
		case row.unsure && !errors.Is(err, client.ErrUnsure):
			t.Errorf("%s: got %v, want %v", what, err, client.ErrUnsure)
		case !row.unsure && err != nil:
			t.Errorf("%s: %v", what, err)
		case err == nil:
			r.stored(t, got.Key, want, 1)
		}
		if n := len(r.stack.Objects()); n != 1 {
			t.Errorf("%s: got %d objects, want 1", what, n)
		}
	}
}
