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
	r := newRig(t)
	r.stack.ListPage = 1
	want := content(3, 22*mib)
	path, f := onDisk(t, want)
	err := interrupted(t, r, f)
	var kept *client.Resumable
	if !errors.As(err, &kept) || kept.Held != 10*mib || kept.Path != path {
		t.Fatalf("got %v, want that 10 MiB are held", err)
	}
	got, err := r.again(t).Upload(t.Context(), open(t, path))
	if err != nil {
		t.Fatal(err)
	}
	r.stored(t, got.Key, want, 1)
	if got.Key != kept.Key || got.Resumed != 10*mib {
		t.Errorf("got %+v, want the upload %q continued after 10 MiB", got, kept.Key)
	}
}

func TestAnInterruptedUploadOfAFileThatChangedBeginsAgain(t *testing.T) {
	r := newRig(t)
	path, f := onDisk(t, content(3, 22*mib))
	_ = interrupted(t, r, f)
	want := content(4, 21*mib)
	if err := os.WriteFile(path, want, 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := r.again(t).Upload(t.Context(), open(t, path))
	if err != nil {
		t.Fatal(err)
	}
	r.stored(t, got.Key, want, 1)
	if got.Resumed != 0 || !strings.Contains(r.said(), "cannot be continued: it had 23068672 bytes") {
		t.Errorf("resumed %d bytes, said %q", got.Resumed, r.said())
	}
}

func TestAChangeThatKeepsSizeAndTimeIsFoundOnResuming(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	path, f := onDisk(t, content(3, 22*mib))
	_ = interrupted(t, r, f)
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	want := content(4, 22*mib)
	if err := os.WriteFile(path, want, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(path, time.Time{}, info.ModTime()); err != nil {
		t.Fatal(err)
	}
	got, err := r.again(t).Upload(t.Context(), open(t, path))
	if err != nil {
		t.Fatal(err)
	}
	r.stored(t, got.Key, want, 1)
}

func TestAnUploadKilledWhileCompletingIsRecognised(t *testing.T) {
	t.Parallel()
	for _, hidden := range []bool{false, true} {
		r := newRig(t)
		r.stack.NoDownloads = hidden
		want := content(3, 12*mib)
		path, f := onDisk(t, want)
		ctx, cancel := context.WithCancel(t.Context())
		r.stack.Plan("completeMultipartUpload", fakestack.LoseThen(cancel))
		if _, err := r.Upload(ctx, f); err == nil {
			t.Fatal("got no error from the interrupted call")
		}
		got, err := r.again(t).Upload(t.Context(), open(t, path))
		if err != nil {
			t.Fatal(err)
		}
		r.stored(t, got.Key, want, 1)
	}
}

func TestAbortDropsAnInterruptedUpload(t *testing.T) {
	r := newRig(t)
	path, f := onDisk(t, content(3, 22*mib))
	_ = interrupted(t, r, f)
	if n := r.stack.Uploads(); n != 1 {
		t.Fatalf("got %d uploads under way, want 1", n)
	}
	for _, want := range []bool{true, false} {
		found, err := r.again(t).Abort(t.Context(), path)
		if err != nil || found != want {
			t.Errorf("got %t, %v, want %t", found, err, want)
		}
	}
	if n := r.stack.Uploads(); n != 0 {
		t.Errorf("got %d uploads left, want 0", n)
	}
}

func TestTwoUploadsOfOneFileAtOnceAreNotMixed(t *testing.T) {
	if testing.Short() {
		t.Skip("takes long: make test-long runs it")
	}
	t.Parallel()
	r := newRig(t)
	path, f := onDisk(t, content(3, 12*mib))
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
