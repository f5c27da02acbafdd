package client_test

import (
	"fmt"
	"sync"
	"testing"

	"example.com/presigned/client"
	"example.com/presigned/client/internal/fakestack"
)

func TestPartsArePresignedByTheWindow(t *testing.T) {
	large := content(1, 12*5*mib)
	for name, test := range map[string]struct {
		prepare func(*fakestack.Stack)
		want    int64 // requests: createMultipartUpload, 8 parts, 4 parts and the completion
	}{
		"a usual stack":                 {func(*fakestack.Stack) {}, 1 + 1 + 1},
		"three at once":                 {func(s *fakestack.Stack) { s.MaxBatch = 3 }, 1 + 1 + 3 + 2},
		"no batches":                    {func(s *fakestack.Stack) { s.MaxBatch = 1 }, 1 + 1 + 12 + 1},
		"a window about to end":         {func(s *fakestack.Stack) { s.ShortLived = 9 }, 1 + 2 + 1},
		"a flipped byte is refused":     {func(s *fakestack.Stack) { s.Plan("uploadPart", fakestack.Refuse(400, "BadDigest", "no")) }, 3},
		"a window's first request lost": {func(s *fakestack.Stack) { s.Plan("ask uploadPart", fakestack.Lose()) }, 1 + 2 + 1},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			test.prepare(r.stack)
			_, f := onDisk(t, large)
			got, err := r.Upload(t.Context(), f)
			if err != nil {
				t.Fatal(err)
			}
			r.stored(t, got.Key, large, 1)
			if n := r.Requests(); n != test.want {
				t.Errorf("got %d API requests, want %d", n, test.want)
			}
		})
	}
}

func TestSmallFilesArePresignedTogether(t *testing.T) {
	const files = 250
	r := newRig(t)
	bad := 0
	var mu sync.Mutex
	var group sync.WaitGroup
	for i := range files {
		group.Go(func() {
			kind := "text/plain"
			if i == 125 {
				kind = "application/x-forbidden"
			}
			if _, err := r.Upload(t.Context(), client.Bytes(fmt.Sprintf("%d.txt", i), kind, content(uint64(i), 10))); err != nil {
				mu.Lock()
				defer mu.Unlock()
				bad++
			}
		})
	}
	group.Wait()
	if n := r.Requests(); bad != 1 || len(r.stack.Objects()) != files-1 || n > 12 {
		t.Errorf("got %d failures, %d objects, %d API requests, want 1, %d, at most 12", bad, len(r.stack.Objects()), n, files-1)
	}
}
