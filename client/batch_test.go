package client_test

import (
	"context"
	"errors"
	"net/http"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"example.com/presigned/client"
	"example.com/presigned/client/internal/fakestack"
)

func TestPartsArePresignedByTheWindow(t *testing.T) {
	if testing.Short() {
		t.Skip("takes long: make test-long runs it")
	}
	t.Parallel()
	large := content(1, 12*5*mib)
	for name, test := range map[string]struct {
		prepare func(*fakestack.Stack)
		want    int64 // requests: createMultipartUpload, 8 parts, 4 parts and the completion
	}{
		"a usual stack":                 {func(*fakestack.Stack) {}, 1 + 1 + 1},
		"three at once":                 {func(s *fakestack.Stack) { s.MaxBatch = 3 }, 1 + 1 + 3 + 2},
		"no batches":                    {func(s *fakestack.Stack) { s.MaxBatch = 1 }, 1 + 1 + 12 + 1},
		"a URL about to expire":         {func(s *fakestack.Stack) { s.ShortLived = 2 }, 1 + 2 + 1},
		"a part refused once":           {func(s *fakestack.Stack) { s.Plan("uploadPart", fakestack.Refuse(400, "BadDigest", "no")) }, 3},
		"a window's first request lost": {func(s *fakestack.Stack) { s.Plan("ask uploadPart", fakestack.Lose()) }, 1 + 2 + 1},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			test.prepare(r.stack)
			_, f := onDisk(t, large)
			r.uploads(t, f)
			if n := r.Requests(); n != test.want {
				t.Errorf("got %d API requests, want %d", n, test.want)
			}
		})
	}
}

// The bounds are those of docs/benchmarks.md. Connections to a server that is not behind TLS are all HTTP/1.1.
func TestManySmallFilesNeedFewRequestsAndConnections(t *testing.T) {
	if testing.Short() {
		t.Skip("takes long: make test-long runs it")
	}
	t.Parallel()
	const files, requests = 2500, 30
	r := newRig(t, func(c *client.Config) { c.Parallel = 0 })
	keys, dir := make([]string, files), t.TempDir()
	bad := r.concurrently(files, func(i int) error {
		got, err := r.Upload(t.Context(), client.Bytes("a.txt", "", content(uint64(i), 100)))
		keys[i] = got.Key
		return err
	})
	up := r.Requests()
	bad = append(bad, r.concurrently(files, func(i int) error {
		_, err := r.DownloadFile(t.Context(), client.Download{Key: keys[i], Target: filepath.Join(dir, strconv.Itoa(i))})
		return err
	})...)
	down := r.Requests() - up
	bad = append(bad, r.concurrently(files, func(i int) error { return r.Delete(t.Context(), keys[i]) })...)
	deleted := r.Requests() - up - down
	if len(bad) > 0 || up > requests || down > requests || deleted > requests {
		t.Errorf("got errors %v, %d API requests up, %d down and %d to delete, want none and at most %d each", bad, up, down, deleted, requests)
	}
	if left := len(r.stack.Objects()); left > 0 {
		t.Errorf("%d objects are left", left)
	}
	const most = 10 * client.DefaultParallel // 64 for small files, some for the API, and some that a slow machine opens again
	if n := r.stack.Connections.Load(); n > most {
		t.Errorf("got %d connections, want at most %d", n, most)
	}
}

// concurrently does n things, up to client.FilesAhead at once, and returns the errors.
func (r *rig) concurrently(n int, do func(i int) error) (errs []error) {
	var mu sync.Mutex
	var group errgroup.Group
	group.SetLimit(client.FilesAhead)
	for i := range n {
		group.Go(func() error {
			if err := do(i); err != nil {
				mu.Lock()
				defer mu.Unlock()
				errs = append(errs, err)
			}
			return nil
		})
	}
	_ = group.Wait()
	return errs
}

func TestURLsThatWaitedTooLongArePresignedAgain(t *testing.T) {
	const files = 60
	r := newRig(t)
	r.stack.ShortLived = files - 10
	bad := r.concurrently(files, func(i int) error {
		_, err := r.Upload(t.Context(), client.Bytes("a.txt", "", content(uint64(i), 100)))
		return err
	})
	if n := r.stack.Count("putObject"); len(bad) > 0 || n != files {
		t.Errorf("got errors %v, %d requests to S3, want none and %d", bad, n, files)
	}
}

func TestAURLPresignedAgainAndRefusedIsNotSentTwice(t *testing.T) {
	r := newRig(t)
	r.stack.ShortLived = 1
	r.stack.Plan("putObject", fakestack.Expired())
	if _, err := r.Upload(t.Context(), client.Bytes("a.txt", "", nil)); err != nil {
		t.Fatal(err)
	}
	if asked, sent := r.stack.Count("ask putObject"), r.stack.Count("putObject"); asked != 3 || sent != 2 {
		t.Errorf("asked %d times and sent %d times, want 3 and 2", asked, sent)
	}
}

func TestPresigningEndsWithItsLastCaller(t *testing.T) {
	r := newRig(t)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	r.stack.Plan("ask putObject", func(_ http.ResponseWriter, request *http.Request, _ http.HandlerFunc) {
		cancel()
		<-request.Context().Done()
		close(ended)
	})
	if _, err := r.Upload(ctx, client.Bytes("a.txt", "", nil)); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want it canceled", err)
	}
	select {
	case <-ended:
	case <-time.After(10 * time.Second):
		t.Error("the request to the endpoint continues without a caller")
	}
}
