package client_test

import (
	"cmp"
	"context"
	"errors"
	"path/filepath"
	"testing"

	"example.com/presigned/client"
	"example.com/presigned/client/internal/fakestack"
)

// bothAnswers runs a test against an S3 that answers 403 to a missing key, as it does to our roles, and
// against one that answers 404.
func bothAnswers(t *testing.T, test func(t *testing.T, r *rig)) {
	for name, mayList := range map[string]bool{"403": false, "404": true} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			r.stack.MayList = mayList
			test(t, r)
		})
	}
}

// S3 answers 403 for other reasons too. Its code tells whether another URL helps.
func TestA403MeansAMissingObjectOnlyWithoutAnotherReason(t *testing.T) {
	for code, row := range map[string]struct {
		status   int
		message  string
		replaced bool
		missing  bool
	}{
		"AccessDenied":          {403, fakestack.NotAuthorized, false, true},
		"NoSuchKey":             {404, "The specified key does not exist.", false, true}, // if the signer may list
		"":                      {403, "Request has expired", true, false},
		"ExpiredToken":          {400, "The provided token has expired.", true, false},
		"InvalidToken":          {400, "The provided token is malformed or otherwise invalid.", true, false},
		"InvalidAccessKeyId":    {403, "The AWS Access Key Id you provided does not exist in our records.", true, false},
		"RequestTimeTooSkewed":  {403, "The difference between the request time and the current time is too large.", true, false},
		"SignatureDoesNotMatch": {403, "The request signature we calculated does not match.", false, false},
	} {
		r := newRig(t)
		key := put(t, r, []byte("x"))
		r.stack.Plan("getObject", fakestack.Refuse(row.status, cmp.Or(code, "AccessDenied"), row.message))
		_, err := r.DownloadFile(t.Context(), client.Download{Key: key, Target: filepath.Join(t.TempDir(), "x")})
		if (err == nil) != row.replaced || errors.Is(err, client.ErrNoObject) != row.missing {
			t.Errorf("%s: got %v, want it replaced %t, missing %t", code, err, row.replaced, row.missing)
		}
		if n := r.stack.Count("getObject"); !row.replaced && n != 1 {
			t.Errorf("%s: asked S3 %d times, want 1", code, n)
		}
		r.discreet(t, err)
	}
}

// The PUT is stored and its answer lost, and then its URL has ended: the client finds out whether the
// object is there.
func TestAnUploadThatMayBeStoredIsLookedForOrSaidToBeUnsure(t *testing.T) {
	ended := fakestack.Refuse(403, "InvalidAccessKeyId", "no such key")
	for what, row := range map[string]struct {
		gets   []fakestack.Fault
		unsure bool
	}{
		"found":                             {},
		"found by a second URL":             {gets: []fakestack.Fault{ended}},
		"refused for another reason":        {gets: []fakestack.Fault{fakestack.Refuse(403, "SignatureDoesNotMatch", "no")}, unsure: true},
		"not to be found out by any":        {gets: []fakestack.Fault{ended, ended, ended, ended, ended}, unsure: true},
		"found after an answer that failed": {gets: []fakestack.Fault{fakestack.Refuse(500, "InternalError", "")}},
	} {
		r := newRig(t)
		r.stack.Plan("putObject", fakestack.Lose(), ended)
		r.stack.Plan("getObject", row.gets...)
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

// A completion fails or its process is killed. In the end there is one object and no multipart upload.
func TestACompletionIsFoundOrBegunAgain(t *testing.T) {
	for name, test := range map[string]struct {
		complete func(s *fakestack.Stack, kill func()) fakestack.Fault
		get      fakestack.Fault
		dropped  bool // by S3, before the next process
	}{
		"the upload is dropped":          {complete: func(s *fakestack.Stack, _ func()) fakestack.Fault { return fakestack.First(s.Drop) }},
		"killed before it":               {complete: func(_ *fakestack.Stack, kill func()) fakestack.Fault { return fakestack.Stop(kill) }},
		"killed before it, then dropped": {complete: func(_ *fakestack.Stack, kill func()) fakestack.Fault { return fakestack.Stop(kill) }, dropped: true},
		"killed after it":                {complete: func(_ *fakestack.Stack, kill func()) fakestack.Fault { return fakestack.LoseThen(kill) }},
		// An object that has not been scanned yet may not be read. S3's 412 says that it is there. It is this upload's,
		// because S3 no longer has the upload.
		"the object may not be read yet": {complete: func(*fakestack.Stack, func()) fakestack.Fault { return fakestack.Lose() }, get: fakestack.Refuse(403, "AccessDenied", fakestack.NotAuthorized)},
	} {
		for _, noDownloads := range []bool{false, true} {
			if noDownloads && (test.dropped || name == "the upload is dropped") {
				continue // without downloads, an upload that S3 no longer has counts as completed
			}
			t.Run(name, func(t *testing.T) {
				bothAnswers(t, func(t *testing.T, r *rig) {
					if noDownloads && r.stack.MayList {
						return // nobody asks S3 for an object
					}
					t.Parallel()
					r.stack.NoDownloads = noDownloads
					ctx, kill := context.WithCancel(t.Context())
					defer kill()
					r.stack.Plan("completeMultipartUpload", test.complete(r.stack, kill))
					r.stack.Plan("getObject", test.get)
					want := content(4, threeParts)
					path, f := onDisk(t, want)
					got, err := r.Upload(ctx, f)
					if test.dropped {
						r.stack.Drop()
					}
					if ctx.Err() != nil { // the next process
						got, err = r.again(t).Upload(t.Context(), open(t, path))
					}
					if err != nil {
						t.Fatal(err)
					}
					r.stored(t, got.Key, want, 1)
				})
			})
		}
	}
}
