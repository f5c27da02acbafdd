package client_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"testing/iotest"

	"example.com/presigned/client"
	"example.com/presigned/client/internal/fakestack"
)

func TestAnUploadInPartsSurvives(t *testing.T) {
	slowDown := fakestack.Refuse(503, "SlowDown", "")
	want := content(2, threeParts)
	for name, test := range map[string]struct {
		at     string
		faults func(*fakestack.Stack) []fakestack.Fault
		said   string
	}{
		"a create that breaks":               {"createMultipartUpload", faults(fakestack.Refuse(500, "InternalError", "")), ""},
		"a create whose URL expired":         {"createMultipartUpload", expireURLs, ""},
		"a create whose answer is lost":      {"createMultipartUpload", faults(fakestack.Lose()), "it may have begun a multipart upload of "},
		"a part cut":                         {"uploadPart", faults(fakestack.Cut(1000), fakestack.Cut(4*mib)), ""},
		"a part whose answer is lost":        {"uploadPart", faults(fakestack.Lose()), ""},
		"a part whose URL expired":           {"uploadPart", expireURLs, ""},
		"a part that was corrupted":          {"uploadPart", faults(fakestack.Refuse(400, "BadDigest", "")), ""},
		"SlowDown for all parts":             {"uploadPart", faults(slowDown, slowDown, slowDown), ""},
		"an upload that S3 drops":            {"uploadPart", func(s *fakestack.Stack) []fakestack.Fault { return []fakestack.Fault{nil, fakestack.First(s.Drop)} }, "starting again"},
		"a throttled endpoint":               {"ask uploadPart", faults(fakestack.Problem(429, "Throttled", ""), nil, fakestack.Problem(503, "CredentialsExpired", "")), ""},
		"a complete that breaks":             {"completeMultipartUpload", faults(fakestack.Refuse(500, "InternalError", "")), ""},
		"a complete that fails after its OK": {"completeMultipartUpload", faults(fakestack.Refuse(200, "InternalError", "Please try again")), ""},
		"a complete whose answer is lost":    {"completeMultipartUpload", faults(fakestack.Lose()), ""},
		"a complete whose URL expired":       {"completeMultipartUpload", expireURLs, ""},
		"a complete that has begun already":  {"completeMultipartUpload", faults(fakestack.Refuse(409, "OperationAborted", "")), ""},
	} {
		for _, noDownloads := range []bool{false, true} {
			if noDownloads && test.at != "completeMultipartUpload" {
				continue // only a completion is looked for
			}
			t.Run(name+map[bool]string{true: ", without downloads"}[noDownloads], func(t *testing.T) {
				t.Parallel()
				r := newRig(t)
				r.stack.NoDownloads = noDownloads
				r.stack.Plan(test.at, test.faults(r.stack)...)
				_, f := onDisk(t, want)
				got, err := r.Upload(t.Context(), f)
				if err != nil {
					t.Fatal(err)
				}
				orphans := map[bool]int{true: 1}[name == "a create whose answer is lost"] // nobody knows its upload ID
				if n := r.stack.Uploads(); n != orphans {
					t.Errorf("got %d multipart uploads left at S3, want %d", n, orphans)
				}
				r.stack.Drop()
				r.stored(t, got.Key, want, 1)
				r.discreet(t, nil)
				if !strings.Contains(r.said(), test.said) {
					t.Errorf("got the notices %q, want %q", r.said(), test.said)
				}
				if test.at != "createMultipartUpload" && strings.Contains(r.said(), "may have begun") {
					t.Errorf("got the notices %q, want none of an unknown upload", r.said())
				}
			})
		}
	}
}

func faults(planned ...fakestack.Fault) func(*fakestack.Stack) []fakestack.Fault {
	return func(*fakestack.Stack) []fakestack.Fault { return planned }
}

// expireURLs ends all URLs when one is used.
func expireURLs(s *fakestack.Stack) []fakestack.Fault {
	return []fakestack.Fault{fakestack.After(func() { s.EndURLs(fakestack.Expired()) }, fakestack.Expired())}
}

func TestProgressCountsEachByteOnce(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]func(*rig) fakestack.Fault{
		"when all is well":   func(*rig) fakestack.Fault { return nil },
		"after a cut":        func(*rig) fakestack.Fault { return fakestack.Cut(4 * mib) },
		"after a lost part":  func(*rig) fakestack.Fault { return fakestack.Lose() },
		"after a new upload": func(r *rig) fakestack.Fault { return fakestack.First(r.stack.Drop) },
	} {
		r := newRig(t, func(c *client.Config) { c.Parallel = 1 })
		r.stack.Plan("uploadPart", nil, fault(r))
		_, f := onDisk(t, content(2, threeParts))
		var sent atomic.Int64
		f.Progress = func(n int64) { sent.Add(n) }
		r.uploads(t, f)
		if sent.Load() != threeParts {
			t.Errorf("%s: progress says %d bytes, want each byte once", name, sent.Load())
		}
	}
}

func TestAKeyTakenMeanwhileIsLeftAlone(t *testing.T) {
	r := newRig(t)
	want := content(2, threeParts)
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
	path, f := onDisk(t, content(5, threeParts))
	r.stack.Plan("uploadPart", nil, nil, fakestack.First(func() {
		if err := os.WriteFile(path, content(6, threeParts), 0o600); err != nil {
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

func TestAFailedUploadLeavesNothingAtS3(t *testing.T) {
	t.Parallel()
	large, denied := content(1, threeParts), fakestack.Refuse(403, "AccessDenied", "no")
	for name, test := range map[string]struct {
		stack  func(*fakestack.Stack)
		stream io.Reader // nil: a file, without a store for uploads
		parts  int64     // bytes of one that the user asks for
		want   string
	}{
		"a file that is refused":      {func(s *fakestack.Stack) { s.Plan("uploadPart", denied) }, nil, 0, "AccessDenied"},
		"a file that is too large":    {func(s *fakestack.Stack) { s.MaxUploadBytes = 10 * mib }, nil, 0, "at most 10485760"},
		"a stream that is refused":    {func(s *fakestack.Stack) { s.Plan("uploadPart", nil, denied) }, bytes.NewReader(large), 0, "AccessDenied"},
		"a stream that is too long":   {func(s *fakestack.Stack) { s.MaxUploadBytes = 10 * mib }, bytes.NewReader(large), 0, "at most 10485760"},
		"a stream that can't be read": {func(*fakestack.Stack) {}, io.MultiReader(bytes.NewReader(content(1, 7*mib)), iotest.ErrReader(errors.New("broken pipe"))), 0, "broken pipe"},
		"an empty stream that fails":  {func(*fakestack.Stack) {}, iotest.ErrReader(errors.New("disk error")), 0, "disk error"},
		"a stream of a user without access": {func(s *fakestack.Stack) {
			s.Plan("ask createMultipartUpload", fakestack.Problem(403, "No", "no access"))
		}, bytes.NewReader(nil), 0, "no access"},
		"a stream that may not be begun": {func(s *fakestack.Stack) { s.Plan("createMultipartUpload", denied) }, bytes.NewReader(large), 0, "AccessDenied"},
		"a stream in parts too large":    {func(s *fakestack.Stack) { s.MaxUploadBytes = 10 * mib }, bytes.NewReader(nil), 6 * mib, "at most"},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, func(c *client.Config) { c.Uploads, c.PartBytes = nil, test.parts })
			test.stack(r.stack)
			var err error
			if test.stream != nil {
				_, err = r.UploadStream(t.Context(), client.Stream{Name: "-", Content: test.stream})
			} else {
				_, f := onDisk(t, large)
				_, err = r.Upload(t.Context(), f)
			}
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
			if n, m := len(r.stack.Objects()), r.stack.Uploads(); n+m != 0 {
				t.Errorf("got %d objects and %d uploads left, want none", n, m)
			}
			r.discreet(t, err)
		})
	}
}
