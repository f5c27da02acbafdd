package client_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"example.com/presigned/client"
	"example.com/presigned/client/internal/fakestack"
)

// Every fault of this table is one that the next attempt gets over, with one object stored at the end.
func TestAPutSurvives(t *testing.T) {
	t.Parallel()
	large := content(2, 1*mib)
	for name, test := range map[string]struct {
		at     string
		faults []fakestack.Fault
		asks   int // of putObject: how many URLs it took
	}{
		"an internal error":            {"putObject", []fakestack.Fault{fakestack.Refuse(500, "InternalError", "We encountered an internal error")}, 1},
		"SlowDown":                     {"putObject", []fakestack.Fault{fakestack.Refuse(503, "SlowDown", "Please reduce your request rate")}, 1},
		"a conflicting write":          {"putObject", []fakestack.Fault{fakestack.Refuse(409, "ConditionalRequestConflict", "conflict")}, 1},
		"a slow body":                  {"putObject", []fakestack.Fault{fakestack.Refuse(400, "RequestTimeout", "Your socket connection was idle")}, 1},
		"a body that was corrupted":    {"putObject", []fakestack.Fault{fakestack.Refuse(400, "BadDigest", "did not match")}, 1},
		"an expired URL":               {"putObject", []fakestack.Fault{fakestack.Expired()}, 2},
		"an expired session":           {"putObject", []fakestack.Fault{fakestack.SessionEnded()}, 2},
		"lost, then the URL expires":   {"putObject", []fakestack.Fault{fakestack.Lose(), fakestack.Expired()}, 1},
		"lost, then the session ends":  {"putObject", []fakestack.Fault{fakestack.Lose(), fakestack.SessionEnded()}, 1},
		"400 without a document":       {"putObject", []fakestack.Fault{fakestack.Refuse(400, "", "")}, 1},
		"a key that is taken":          {"putObject", []fakestack.Fault{taken()}, 2},
		"a connection cut in the body": {"putObject", []fakestack.Fault{fakestack.Cut(300_000)}, 1},
		"three of them in a row":       {"putObject", []fakestack.Fault{fakestack.Cut(10), fakestack.Refuse(500, "InternalError", ""), fakestack.Expired()}, 2},
		"an answer that is lost":       {"putObject", []fakestack.Fault{fakestack.Lose()}, 1},
		"not stored, then it expires":  {"putObject", []fakestack.Fault{fakestack.Cut(0), fakestack.Expired()}, 2},
		"a throttled endpoint":         {"ask putObject", []fakestack.Fault{fakestack.Problem(429, "Throttled", "slow down")}, 2},
		"an endpoint that breaks":      {"ask putObject", []fakestack.Fault{fakestack.Problem(500, "InternalError", "internal error")}, 2},
		"an endpoint that disconnects": {"ask putObject", []fakestack.Fault{fakestack.Lose()}, 2},
	} {
		bothAnswers(t, func(t *testing.T, r *rig) {
			r.stack.Plan(test.at, test.faults...)
			_, f := onDisk(t, large)
			r.uploads(t, f)
			r.discreet(t, nil)
			if asks := r.stack.Count("ask putObject"); asks != test.asks {
				t.Errorf("%s: got %d presigned URLs, want %d", name, asks, test.asks)
			}
		})
	}
}

func taken() fakestack.Fault { return fakestack.Refuse(412, "PreconditionFailed", "taken") }

func TestUploadsThatGetTheSameKeyAreBothStored(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	keys := map[string]bool{}
	for _, size := range []int{10, twoParts, 10, twoParts} { // a put and a multipart upload in turn
		_, f := onDisk(t, content(1, size))
		got, err := r.Upload(t.Context(), f)
		if err != nil {
			t.Fatal(err)
		}
		keys[got.Key] = true
		r.stack.Change(func(s *fakestack.Stack) { s.RepeatKey = true })
	}
	if len(keys) != 4 || len(r.stack.Objects()) != 4 {
		t.Errorf("got keys %v and %d objects, want four of each", keys, len(r.stack.Objects()))
	}
}

func TestFailuresAreReportedEveryFewSeconds(t *testing.T) {
	now := time.Unix(1_000_000, 0)
	r := newRig(t, func(c *client.Config) { c.Clock = func() time.Time { return now }; c.Tries = 9 })
	fail := func(times int) {
		for range times {
			r.stack.Plan("putObject", fakestack.Refuse(503, "SlowDown", "slow down"))
		}
		if _, err := r.Upload(t.Context(), client.Bytes("a.bin", "", nil)); err != nil {
			t.Fatal(err)
		}
	}
	fail(1)
	if r.said() != "" {
		t.Errorf("got the notice %q of a single failure", r.said())
	}
	fail(5)
	now = now.Add(6 * time.Second)
	fail(2)
	if got := r.said(); strings.Count(got, "\n") != 1 || !strings.Contains(got, "a.bin: S3: slow down") || !strings.HasSuffix(got, "(and 3 more like it)") {
		t.Errorf("got %q, want two notices, the second of three more", got)
	}
}

func TestAPutIsRefused(t *testing.T) {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("%s followed a redirect, with token %q", r.Method, r.Header.Get("Authorization"))
	}))
	defer elsewhere.Close()
	for name, test := range map[string]struct {
		contentType string
		fault       fakestack.Fault
		at          string
		code        string
	}{
		"for its content type":       {"application/x-forbidden", nil, "", "ContentTypeNotAllowed"},
		"for its size":               {"", fakestack.Problem(413, "UploadTooLarge", "2000 bytes, at most 1000"), "ask putObject", "UploadTooLarge"},
		"by the role":                {"", fakestack.Refuse(403, "AccessDenied", "Access Denied"), "putObject", "AccessDenied"},
		"for a bucket that is gone":  {"", fakestack.Refuse(404, "NoSuchBucket", "gone"), "putObject", "NoSuchBucket"},
		"by another kind of server":  {"", fakestack.Refuse(405, "MethodNotAllowed", "nginx"), "ask putObject", ""},
		"for a token without a name": {"", fakestack.Problem(403, "TokenNotAccepted", "no username"), "ask putObject", "TokenNotAccepted"},
		"by S3's redirect":           {"", fakestack.Redirect(elsewhere.URL), "putObject", "TemporaryRedirect"},
		"by the endpoint's redirect": {"", fakestack.Redirect(elsewhere.URL), "ask putObject", "307"},
		"for an unknown method":      {"", fakestack.Refuse(501, "NotImplemented", "no"), "putObject", "NotImplemented"},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			r.stack.Plan(test.at, test.fault)
			_, err := r.Upload(t.Context(), client.Bytes("a.bin", test.contentType, content(4, 2000)))
			if err == nil || !strings.Contains(err.Error(), test.code) {
				t.Errorf("got %v, want code %q", err, test.code)
			}
			if n := r.stack.Count("putObject"); n > 1 {
				t.Errorf("sent %d times, want no second attempt", n)
			}
			r.discreet(t, err)
		})
	}
}

func TestABrokenConnectionIsNamedInTheError(t *testing.T) {
	r := newRig(t)
	for range 5 {
		r.stack.Plan("putObject", fakestack.Cut(0))
	}
	_, err := r.Upload(t.Context(), client.Bytes("a.bin", "", content(4, 2000)))
	if broken, ok := errors.AsType[*client.Broken](err); !ok || broken.Method != http.MethodPut {
		t.Errorf("got %v, want the broken PUT", err)
	}
	r.discreet(t, err)
}

// A hotel's sign-in page answers every request with 200. It may be gone at the next attempt.
func TestAPageOfAnotherServerIsNoAnswer(t *testing.T) {
	r := newRig(t)
	page := func(w http.ResponseWriter, _ *http.Request, _ http.HandlerFunc) {
		_, _ = w.Write([]byte("<html>Welcome"))
	}
	r.stack.Plan("ask putObject", page)
	if _, err := r.Upload(t.Context(), client.Bytes("a.bin", "", nil)); err == nil || !strings.Contains(err.Error(), "is it the endpoint of this stack?") {
		t.Errorf("got %v, want that it is not the endpoint", err)
	}
	r.stack.Plan("putObject", page)
	r.uploads(t, client.Bytes("a.bin", "", content(4, 10)))
	if n := r.stack.Count("putObject"); n != 2 {
		t.Errorf("sent %d times, want 2", n)
	}
}

func TestRetryAfterIsObeyed(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.stack.Plan("putObject", fakestack.RetryAfter("1", fakestack.Refuse(503, "SlowDown", "")))
	r.stack.Plan("ask putObject", fakestack.RetryAfter("1", fakestack.Problem(429, "Throttled", "")))
	began := time.Now()
	r.uploads(t, client.Bytes("a.bin", "", content(4, 10)))
	if waited := time.Since(began); waited < 2*time.Second {
		t.Errorf("waited %s, S3 and the endpoint asked for 1 s each", waited)
	}
}

func TestASilentRequestIsSentAgain(t *testing.T) {
	r := newRig(t, func(c *client.Config) { c.Stall = 300 * time.Millisecond })
	r.stack.Plan("putObject", fakestack.Silent(), fakestack.Silent())
	r.uploads(t, client.Bytes("a.bin", "", content(4, 10)))
	if !strings.Contains(r.said(), "no byte moved") {
		t.Errorf("got the notice %q, want the reason", r.said())
	}
}
