package client_test

import (
	"errors"
	"os"
	"strings"
	"sync/atomic"
	"testing"

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

func TestACreateWhoseURLExpiredTakesAnother(t *testing.T) {
	r := newRig(t)
	want := content(2, 12*mib)
	_, f := onDisk(t, want)
	r.stack.Plan("createMultipartUpload", fakestack.Also(r.stack.ExpireURLs, fakestack.Expired()))
	got, err := r.Upload(t.Context(), f)
	if err != nil {
		t.Fatal(err)
	}
	r.stored(t, got.Key, want, 1)
}

func TestAnUploadThatS3DropsBeginsAgain(t *testing.T) {
	r := newRig(t, func(c *client.Config) { c.Parallel = 1 })
	want := content(2, 12*mib)
	_, f := onDisk(t, want)
	r.stack.Plan("uploadPart", nil, fakestack.First(r.stack.Drop))
	var moved atomic.Int64
	f.Progress = func(n int64) { moved.Add(n) }
	got, err := r.Upload(t.Context(), f)
	if err != nil {
		t.Fatal(err)
	}
	r.stored(t, got.Key, want, 1)
	if moved.Load() != 12*mib {
		t.Errorf("progress says %d bytes, want each byte once", moved.Load())
	}
	if !strings.Contains(r.said(), "starting again") {
		t.Errorf("said %q, want that it started again", r.said())
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

func TestAFailedUploadWithoutMemoryLeavesNothingAtS3(t *testing.T) {
	t.Parallel()
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

// Without an upload ID the client can't abort the upload that S3 may have begun, so a notice reports it.
func TestACreateWhoseAnswerIsLostIsTold(t *testing.T) {
	r := newRig(t)
	r.stack.Plan("createMultipartUpload", fakestack.Lose())
	want := content(1, 6*mib)
	_, f := onDisk(t, want)
	if _, err := r.Upload(t.Context(), f); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(r.said(), "it may have begun a multipart upload of ") {
		t.Errorf("said %q", r.said())
	}
}
