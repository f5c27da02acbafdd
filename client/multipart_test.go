package client_test

import (
	"context"
	"errors"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"example.com/presigned/client"
	"example.com/presigned/client/internal/fakestack"
)

func TestALargeFileGoesInParts(t *testing.T) {
	r := newRig(t)
	want := content(1, 12*mib)
	_, f := onDisk(t, want)
	var moved atomic.Int64
	f.Progress = func(n int64) { moved.Add(n) }
	got, err := r.Upload(t.Context(), f)
	if err != nil {
		t.Fatal(err)
	}
	r.stored(t, got.Key, want, 1)
	if got.Parts != 3 || got.ChecksumSHA256 != r.stack.Objects()[got.Key].Checksum {
		t.Errorf("got %+v, want three parts and the checksum that S3 computed", got)
	}
	if moved.Load() != 12*mib {
		t.Errorf("progress says %d bytes, want each byte once", moved.Load())
	}
}

func TestAStackWithoutMultipartGetsASinglePut(t *testing.T) {
	r := newRig(t)
	r.stack.NoMultipart = true
	want := content(1, 6*mib)
	for range 2 {
		_, f := onDisk(t, want)
		if _, err := r.Upload(t.Context(), f); err != nil {
			t.Fatal(err)
		}
	}
	if n := r.stack.Count("ask createMultipartUpload"); n != 1 {
		t.Errorf("asked %d times for multipart, want to remember the answer", n)
	}
}

func TestAnUploadInPartsSurvives(t *testing.T) {
	tests := map[string]struct {
		at     string
		faults []fakestack.Fault
	}{
		"a create that breaks":               {"createMultipartUpload", []fakestack.Fault{fakestack.Refuse(500, "InternalError", "")}},
		"a create that expires":              {"createMultipartUpload", []fakestack.Fault{fakestack.Expired()}},
		"a part cut":                         {"uploadPart", []fakestack.Fault{fakestack.Cut(1000), fakestack.Cut(4 * mib)}},
		"a part whose answer is lost":        {"uploadPart", []fakestack.Fault{fakestack.Lose()}},
		"a part whose URL expired":           {"uploadPart", []fakestack.Fault{fakestack.Expired()}},
		"a part spoilt on the way":           {"uploadPart", []fakestack.Fault{fakestack.Refuse(400, "BadDigest", "")}},
		"SlowDown for all parts":             {"uploadPart", []fakestack.Fault{fakestack.Refuse(503, "SlowDown", ""), fakestack.Refuse(503, "SlowDown", ""), fakestack.Refuse(503, "SlowDown", "")}},
		"a throttled endpoint":               {"ask uploadPart", []fakestack.Fault{fakestack.Problem(429, "Throttled", ""), nil, fakestack.Problem(503, "CredentialsExpired", "")}},
		"a complete that breaks":             {"completeMultipartUpload", []fakestack.Fault{fakestack.Refuse(500, "InternalError", "")}},
		"a complete that fails after its OK": {"completeMultipartUpload", []fakestack.Fault{fakestack.Refuse(200, "InternalError", "Please try again")}},
		"a complete whose answer is lost":    {"completeMultipartUpload", []fakestack.Fault{fakestack.Lose()}},
		"a complete under way already":       {"completeMultipartUpload", []fakestack.Fault{fakestack.Refuse(409, "OperationAborted", "")}},
	}
	want := content(2, 12*mib)
	for name, test := range tests {
		for _, hidden := range []bool{false, true} {
			t.Run(name+map[bool]string{true: ", without downloads"}[hidden], func(t *testing.T) {
				t.Parallel()
				r := newRig(t)
				r.stack.NoDownloads = hidden
				r.stack.Plan(test.at, test.faults...)
				_, f := onDisk(t, want)
				var moved atomic.Int64
				f.Progress = func(n int64) { moved.Add(n) }
				got, err := r.Upload(t.Context(), f)
				if err != nil {
					t.Fatal(err)
				}
				r.stored(t, got.Key, want, 1)
				r.discreet(t, nil)
				if moved.Load() != int64(len(want)) {
					t.Errorf("progress says %d bytes, want %d", moved.Load(), len(want))
				}
			})
		}
	}
}

func TestAnUploadThatS3DropsBeginsAnew(t *testing.T) {
	r := newRig(t, func(c *client.Config) { c.Parallel = 1 })
	want := content(2, 12*mib)
	_, f := onDisk(t, want)
	r.stack.Plan("uploadPart", nil, fakestack.First(r.stack.Drop))
	got, err := r.Upload(t.Context(), f)
	if err != nil {
		t.Fatal(err)
	}
	r.stored(t, got.Key, want, 1)
	if !strings.Contains(r.said(), "beginning anew") {
		t.Errorf("said %q, want that it began anew", r.said())
	}
}

func TestAKeyTakenMeanwhileIsLeftAlone(t *testing.T) {
	r := newRig(t)
	want := content(2, 12*mib)
	_, f := onDisk(t, want)
	const taken = "johndoe/1595114575001"
	r.stack.Plan("completeMultipartUpload", fakestack.First(func() {
		r.stack.Put(taken, fakestack.Object{Content: []byte("another's")})
	}))
	got, err := r.Upload(t.Context(), f)
	if err != nil {
		t.Fatal(err)
	}
	r.stored(t, got.Key, want, 2)
	if string(r.stack.Objects()[taken].Content) != "another's" {
		t.Error("the other object was overwritten")
	}
}

// interrupted uploads until the given part, then stops as by Ctrl-C.
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

func TestAnInterruptedUploadOfAFileThatChangedBeginsAnew(t *testing.T) {
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

func TestAFileThatChangesBetweenItsPartsIsRefused(t *testing.T) {
	r := newRig(t, func(c *client.Config) { c.Parallel = 1 })
	path, f := onDisk(t, content(5, 12*mib))
	r.stack.Plan("uploadPart", nil, nil, fakestack.First(func() {
		if err := os.WriteFile(path, content(6, 12*mib), 0o600); err != nil {
			t.Error(err)
		}
	}))
	_, err := r.Upload(t.Context(), f)
	if !errors.Is(err, client.ErrChanged) {
		t.Errorf("got %v, want that the file changed", err)
	}
	if n, m := len(r.stack.Objects()), r.stack.Uploads(); n+m != 0 {
		t.Errorf("got %d objects and %d uploads left, want none", n, m)
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

func TestAFailedUploadWithoutMemoryLeavesNothingAtS3(t *testing.T) {
	r := newRig(t, func(c *client.Config) { c.Uploads = nil })
	r.stack.Plan("uploadPart", fakestack.Refuse(403, "AccessDenied", "no"))
	_, f := onDisk(t, content(3, 12*mib))
	if _, err := r.Upload(t.Context(), f); err == nil {
		t.Error("got no error")
	}
	if n := r.stack.Uploads(); n != 0 {
		t.Errorf("got %d uploads left, want 0", n)
	}
}

func TestAFileBeyondTheStacksBoundIsNotBegun(t *testing.T) {
	r := newRig(t)
	r.stack.MaxUploadBytes = 10 * mib
	_, f := onDisk(t, content(3, 12*mib))
	if _, err := r.Upload(t.Context(), f); !errors.Is(err, client.ErrTooLarge) {
		t.Errorf("got %v, want too large", err)
	}
	if n := r.stack.Count("createMultipartUpload"); n != 0 {
		t.Errorf("began %d uploads, want 0", n)
	}
}

func TestTwoUploadsOfOneFileAtOnceAreNotMixed(t *testing.T) {
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
