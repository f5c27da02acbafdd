package client_test

import (
	"errors"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"example.com/presigned/client"
	"example.com/presigned/client/internal/fakestack"
)

func TestASmallFileGoesByOnePut(t *testing.T) {
	r := newRig(t)
	want := content(1, 100)
	got, err := r.Upload(t.Context(), client.Bytes("a.json", "", want))
	if err != nil {
		t.Fatal(err)
	}
	r.stored(t, got.Key, want, 1)
	if object := r.stack.Objects()[got.Key]; object.ContentType != "application/json" || object.Checksum != got.ChecksumSHA256 {
		t.Errorf("got content type %q and checksum %q, want those signed", object.ContentType, object.Checksum)
	}
}

func TestAnEmptyFileIsUploaded(t *testing.T) {
	r := newRig(t)
	_, f := onDisk(t, nil)
	got, err := r.Upload(t.Context(), f)
	if err != nil {
		t.Fatal(err)
	}
	r.stored(t, got.Key, nil, 1)
}

// Every fault of this table is one that the next attempt gets over, with one object stored at the end.
func TestAPutSurvives(t *testing.T) {
	large := content(2, 1*mib)
	tests := map[string]struct {
		at     string
		faults []fakestack.Fault
		asks   int // of putObject: how many URLs it took
	}{
		"an internal error":             {"putObject", []fakestack.Fault{fakestack.Refuse(500, "InternalError", "We encountered an internal error")}, 1},
		"SlowDown":                      {"putObject", []fakestack.Fault{fakestack.Refuse(503, "SlowDown", "Please reduce your request rate")}, 1},
		"a conflicting write under way": {"putObject", []fakestack.Fault{fakestack.Refuse(409, "ConditionalRequestConflict", "conflict")}, 1},
		"a slow body":                   {"putObject", []fakestack.Fault{fakestack.Refuse(400, "RequestTimeout", "Your socket connection was idle")}, 1},
		"a body spoilt on the way":      {"putObject", []fakestack.Fault{fakestack.Refuse(400, "BadDigest", "did not match")}, 1},
		"an expired URL":                {"putObject", []fakestack.Fault{fakestack.Expired()}, 2},
		"an expired session":            {"putObject", []fakestack.Fault{fakestack.Refuse(403, "ExpiredToken", "The provided token has expired")}, 2},
		"a key that is taken":           {"putObject", []fakestack.Fault{fakestack.Refuse(412, "PreconditionFailed", "taken")}, 2},
		"a connection cut in the body":  {"putObject", []fakestack.Fault{fakestack.Cut(300_000)}, 1},
		"three of them in a row":        {"putObject", []fakestack.Fault{fakestack.Cut(10), fakestack.Refuse(500, "InternalError", ""), fakestack.Expired()}, 2},
		"an answer that is lost":        {"putObject", []fakestack.Fault{fakestack.Lose()}, 1},
		"a throttled endpoint":          {"ask putObject", []fakestack.Fault{fakestack.Problem(429, "Throttled", "slow down")}, 2},
		"an endpoint that breaks":       {"ask putObject", []fakestack.Fault{fakestack.Problem(500, "InternalError", "internal error")}, 2},
		"an endpoint that hangs up":     {"ask putObject", []fakestack.Fault{fakestack.Lose()}, 2},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			r.stack.Plan(test.at, test.faults...)
			_, f := onDisk(t, large)
			got, err := r.Upload(t.Context(), f)
			if err != nil {
				t.Fatal(err)
			}
			r.stored(t, got.Key, large, 1)
			r.discreet(t, nil)
			if asks := r.stack.Count("ask putObject"); asks != test.asks {
				t.Errorf("got %d presigned URLs, want %d", asks, test.asks)
			}
		})
	}
}

func TestALostAnswerCostsACopyOnlyWhereTheStackHidesItsObjects(t *testing.T) {
	r := newRig(t)
	r.stack.NoDownloads = true
	r.stack.Plan("putObject", fakestack.Lose())
	want := content(3, 1000)
	got, err := r.Upload(t.Context(), client.Bytes("a.bin", "", want))
	if err != nil {
		t.Fatal(err)
	}
	r.stored(t, got.Key, want, 2)
}

func TestAPutIsRefused(t *testing.T) {
	tests := map[string]struct {
		contentType string
		fault       fakestack.Fault
		at          string
		code        string
	}{
		"for its content type":       {"application/x-forbidden", nil, "", "ContentTypeNotAllowed"},
		"for its size":               {"", fakestack.Problem(413, "UploadTooLarge", "2000 bytes, at most 1000"), "ask putObject", "UploadTooLarge"},
		"by the role":                {"", fakestack.Refuse(403, "AccessDenied", "Access Denied"), "putObject", "AccessDenied"},
		"for a bucket that is gone":  {"", fakestack.Refuse(404, "NoSuchBucket", "gone"), "putObject", "NoSuchBucket"},
		"by what is no endpoint":     {"", fakestack.Refuse(405, "MethodNotAllowed", "nginx"), "ask putObject", ""},
		"for another user's token":   {"", fakestack.Problem(403, "TokenNotAccepted", "no username"), "ask putObject", "TokenNotAccepted"},
		"by a redirect, unfollowed":  {"", fakestack.Refuse(307, "TemporaryRedirect", "elsewhere"), "putObject", "TemporaryRedirect"},
		"where a method is unheard ": {"", fakestack.Refuse(501, "NotImplemented", "no"), "putObject", "NotImplemented"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
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

func TestAnOrdinaryFailureNamesTheFault(t *testing.T) {
	r := newRig(t)
	for range 5 {
		r.stack.Plan("putObject", fakestack.Cut(0))
	}
	_, err := r.Upload(t.Context(), client.Bytes("a.bin", "", content(4, 2000)))
	var broken *client.Broken
	if !errors.As(err, &broken) || broken.Method != http.MethodPut {
		t.Errorf("got %v, want the broken PUT", err)
	}
	r.discreet(t, err)
}

func TestAServerThatAsksForPeaceIsLeftAlone(t *testing.T) {
	r := newRig(t)
	r.stack.Plan("putObject", fakestack.RetryAfter("1", fakestack.Refuse(503, "SlowDown", "")))
	began := time.Now()
	if _, err := r.Upload(t.Context(), client.Bytes("a.bin", "", content(4, 10))); err != nil {
		t.Fatal(err)
	}
	if waited := time.Since(began); waited < time.Second {
		t.Errorf("waited %s, Retry-After said 1 s", waited)
	}
}

func TestASilentServerIsGivenUp(t *testing.T) {
	r := newRig(t, func(c *client.Config) { c.Stall = 50 * time.Millisecond })
	r.stack.Plan("putObject", fakestack.Silent())
	want := content(4, 10)
	got, err := r.Upload(t.Context(), client.Bytes("a.bin", "", want))
	if err != nil {
		t.Fatal(err)
	}
	r.stored(t, got.Key, want, 1)
	if !strings.Contains(r.said(), "no byte moved") {
		t.Errorf("got %q, want the reason", r.said())
	}
}

func TestAFileThatChangesBetweenHashAndPutIsRefused(t *testing.T) {
	r := newRig(t)
	path, f := onDisk(t, content(5, 1*mib))
	r.stack.Plan("ask putObject", fakestack.First(func() {
		if err := os.WriteFile(path, content(6, 1*mib), 0o600); err != nil {
			t.Error(err)
		}
	}))
	_, err := r.Upload(t.Context(), f)
	if !errors.Is(err, client.ErrChanged) {
		t.Errorf("got %v, want that the file changed", err)
	}
	if n := len(r.stack.Objects()); n != 0 {
		t.Errorf("got %d objects, want none of a file that changed", n)
	}
}

func TestAFileThatShrinksIsRefused(t *testing.T) {
	r := newRig(t)
	path, f := onDisk(t, content(5, 1*mib))
	if err := os.Truncate(path, 1000); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Upload(t.Context(), f); !errors.Is(err, client.ErrChanged) {
		t.Errorf("got %v, want that the file changed", err)
	}
}
