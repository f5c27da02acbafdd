package client_test

import (
	"context"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

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

// interruptedUpload interrupts the upload of a file on disk.
func interruptedUpload(t *testing.T) (r *rig, path string) {
	t.Helper()
	r = newRig(t)
	path, f := onDisk(t, content(3, threeParts))
	if err := interrupted(t, r, f); !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v, want the interruption", err)
	}
	return r, path
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
		// The last part may have been sent before the refusal ended the upload.
		if !ok || kept.Held < 5*mib {
			t.Fatalf("%s: got %v, want that 5 MiB or more are held", at, err)
		}
		if got := r.uploadsBy(t, r.again(t), open(t, path)); got.Resumed != kept.Held || got.Key != kept.Key {
			t.Errorf("%s: got %+v, want %q continued", at, got, kept.Key)
		}
	}
}

func TestAnInterruptedUploadThatS3NoLongerHasStartsAgain(t *testing.T) {
	t.Parallel()
	r, path := interruptedUpload(t)
	r.stack.Drop()
	got := r.uploadsBy(t, r.again(t), open(t, path))
	if want := "S3 no longer knows this multipart upload; starting again"; got.Resumed != 0 || !strings.Contains(r.said(), want) {
		t.Errorf("resumed %d bytes, notices %q, want 0 and %q", got.Resumed, r.said(), want)
	}
}

func TestAfterAnAbortTheUploadBeginsFromTheStart(t *testing.T) {
	t.Parallel()
	r, path := interruptedUpload(t)
	if aborted, err := r.Abort(t.Context(), path); !aborted || err != nil {
		t.Fatalf("got %t, %v, want an upload aborted", aborted, err)
	}
	if got := r.uploads(t, open(t, path)); got.Resumed != 0 {
		t.Errorf("resumed %d bytes of an aborted upload", got.Resumed)
	}
}

func TestACheckpointThatCannotBeReadIsAnError(t *testing.T) {
	t.Parallel()
	r, path := interruptedUpload(t)
	checkpoint := r.document(t, "up")
	if err := errors.Join(os.Remove(checkpoint), os.Mkdir(checkpoint, 0o700)); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Abort(t.Context(), path); err == nil {
		t.Error("abort: got no error")
	}
	if _, err := r.Upload(t.Context(), open(t, path)); err == nil {
		t.Error("upload: got no error")
	}
}

// The bound of the stage was lowered, so no later call can continue the upload.
func TestAnUploadThatBecameTooLargeIsAborted(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	_, f := onDisk(t, content(3, threeParts))
	tooLarge := fakestack.Problem(413, "UploadTooLarge", "at most 1000 bytes")
	r.stack.Plan("ask uploadPart", slices.Repeat([]fakestack.Fault{tooLarge}, 10)...)
	_, err := r.Upload(t.Context(), f)
	if _, kept := errors.AsType[*client.Resumable](err); kept || err == nil || !strings.Contains(err.Error(), "UploadTooLarge") {
		t.Errorf("got %v, want a refusal of an upload that is not kept", err)
	}
	if n := r.stack.Uploads(); n != 0 {
		t.Errorf("got %d uploads left at S3, want none", n)
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
