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

// The new upload does not depend on the old one, so a notice is enough.
func TestAnOldUploadThatCannotBeAbortedIsNamed(t *testing.T) {
	r := newRig(t)
	path, f := onDisk(t, content(3, 12*mib))
	if err := interrupted(t, r, f); err == nil {
		t.Fatal("got no error of an interrupted upload")
	}
	if err := os.WriteFile(path, content(4, 11*mib), 0o600); err != nil {
		t.Fatal(err)
	}
	r.stack.Plan("abortMultipartUpload", fakestack.Refuse(403, "AccessDenied", "no"))
	_, err := r.again(t).Upload(t.Context(), open(t, path))
	if want := "could not be aborted"; err != nil || !strings.Contains(r.said(), want) {
		t.Errorf("got %v, notices %q, want an upload and %q", err, r.said(), want)
	}
}

func TestAnAbortThatFailsIsAnError(t *testing.T) {
	r := newRig(t)
	path, f := onDisk(t, content(3, 17*mib))
	var during error
	r.stack.Plan("uploadPart", fakestack.First(func() { _, during = r.again(t).Abort(t.Context(), path) }))
	if err := interrupted(t, r, f); err == nil {
		t.Fatal("got no error of an interrupted upload")
	}
	if want := "another upload of it is under way"; during == nil || !strings.Contains(during.Error(), want) {
		t.Errorf("during the upload: got %v, want %q", during, want)
	}
	r.stack.Plan("abortMultipartUpload", fakestack.Refuse(403, "AccessDenied", "no"))
	if aborted, err := r.again(t).Abort(t.Context(), path); aborted || err == nil {
		t.Errorf("refused by S3: got %t, %v, want an error", aborted, err)
	}
	if aborted, err := r.again(t).Abort(t.Context(), path); !aborted || err != nil {
		t.Errorf("got %t, %v, want the upload aborted", aborted, err)
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
	var second error
	r.stack.Plan("uploadPart", fakestack.First(func() {
		_, second = r.again(t).Upload(t.Context(), open(t, path))
	}))
	if _, err := r.Upload(t.Context(), f); err != nil {
		t.Fatal(err)
	}
	if second == nil || !strings.Contains(second.Error(), "another upload of it is under way") {
		t.Errorf("got %v, want that one is under way", second)
	}
}
