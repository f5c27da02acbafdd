package client_test

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"example.com/presigned/client"
	"example.com/presigned/client/internal/fakestack"
)

// interrupted uploads two parts, then stops as by Ctrl-C.
func interrupted(t *testing.T, r *rig, f client.File) error {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	r.stack.Plan("uploadPart", nil, nil, fakestack.Stop(cancel))
	r.cfg.Parallel = 1
	_, err := r.again(t).Upload(ctx, f)
	return err
}

func TestAnInterruptedUploadIsResumed(t *testing.T) {
	for name, test := range map[string]struct {
		change  func(path string, modified time.Time) error
		sameKey bool
		resumed int64
		said    string
	}{
		"as it was": {func(string, time.Time) error { return nil }, true, 10 * mib, "S3 holds 2 of 3 parts"},
		"with another size": {func(path string, _ time.Time) error {
			return os.WriteFile(path, content(4, threeParts-1), 0o600)
		}, false, 0, "cannot be continued: it had 10485860 bytes"},
		"changed, with the size and time that it had": {func(path string, modified time.Time) error {
			return errors.Join(os.WriteFile(path, content(4, threeParts), 0o600), os.Chtimes(path, time.Time{}, modified))
		}, true, 0, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			r.stack.ListPage = 1
			path, f := onDisk(t, content(3, threeParts))
			err := interrupted(t, r, f)
			kept, ok := errors.AsType[*client.Resumable](err)
			if !ok || kept.Held != 10*mib || kept.Path != path {
				t.Fatalf("got %v, want that 10 MiB are held", err)
			}
			info, err := os.Stat(path)
			if err = errors.Join(err, test.change(path, info.ModTime())); err != nil {
				t.Fatal(err)
			}
			got := r.uploadsBy(t, r.again(t), open(t, path))
			if got.Resumed != test.resumed || (got.Key == kept.Key) != test.sameKey || !strings.Contains(r.said(), test.said) {
				t.Errorf("got %+v after %q, notices %q; want %d bytes resumed, %q", got, kept.Key, r.said(), test.resumed, test.said)
			}
		})
	}
}

// Whoever refuses the second part, the upload is kept, and the next call continues it.
func TestAnUploadThatFailedHalfWayIsContinued(t *testing.T) {
	t.Parallel()
	for at, faults := range map[string][]fakestack.Fault{
		"uploadPart": {nil, fakestack.Refuse(403, "AccessDenied", "no")},
		// The URLs of two parts are about to expire, so each part asks for another.
		"ask uploadPart": {nil, nil, fakestack.Problem(401, "Unauthorized", "the access token has expired")},
	} {
		r := newRig(t, func(c *client.Config) { c.Parallel = 1 })
		r.stack.ShortLived = 3
		r.stack.Plan(at, faults...)
		path, f := onDisk(t, content(3, threeParts))
		_, err := r.Upload(t.Context(), f)
		kept, ok := errors.AsType[*client.Resumable](err)
		if !ok || kept.Held != 5*mib {
			t.Fatalf("%s: got %v, want that 5 MiB are held", at, err)
		}
		if got := r.uploadsBy(t, r.again(t), open(t, path)); got.Resumed != 5*mib || got.Key != kept.Key {
			t.Errorf("%s: got %+v, want %q continued", at, got, kept.Key)
		}
	}
}

func TestTwoUploadsOfOneFileAtOnceAreNotMixed(t *testing.T) {
	if testing.Short() {
		t.Skip("takes long: make test-long runs it")
	}
	t.Parallel()
	r := newRig(t)
	path, f := onDisk(t, content(3, threeParts))
	var second, abort error
	r.stack.Plan("uploadPart", fakestack.First(func() {
		_, second = r.again(t).Upload(t.Context(), open(t, path))
		_, abort = r.again(t).Abort(t.Context(), path)
	}))
	if _, err := r.Upload(t.Context(), f); err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{second, abort} {
		if err == nil || !strings.Contains(err.Error(), "another upload of it is under way") {
			t.Errorf("got %v, want that one is under way", err)
		}
	}
}
