package client_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"example.com/presigned/client"
	"example.com/presigned/client/internal/fakestack"
)

// put uploads content by the client itself, so that S3 holds the checksum that it would.
func put(t *testing.T, r *rig, b []byte) string {
	t.Helper()
	_, f := onDisk(t, b)
	got, err := r.Upload(t.Context(), f)
	if err != nil {
		t.Fatal(err)
	}
	return got.Key
}

// fetched checks the target, and that nothing lies beside it.
func fetched(t *testing.T, target string, want []byte) {
	t.Helper()
	got, err := os.ReadFile(target)
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("got %d bytes, %v, want the %d stored", len(got), err, len(want))
	}
	beside(t, target, 1)
}

func beside(t *testing.T, target string, want int) {
	t.Helper()
	if files, err := os.ReadDir(filepath.Dir(target)); err != nil || len(files) != want {
		t.Errorf("got files %v, %v, want %d", files, err, want)
	}
}

func TestADownloadSurvives(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		at     string
		faults []fakestack.Fault
	}{
		"nothing":                      {"getObject", nil},
		"SlowDown":                     {"getObject", []fakestack.Fault{fakestack.Refuse(503, "SlowDown", ""), fakestack.Refuse(503, "SlowDown", "")}},
		"an expired URL":               {"getObject", []fakestack.Fault{fakestack.Expired(), fakestack.Expired()}},
		"an answer cut, and cut again": {"getObject", []fakestack.Fault{fakestack.CutAnswer(3 * mib), fakestack.CutAnswer(0), fakestack.CutAnswer(10)}},
		"a first answer lost":          {"getObject", []fakestack.Fault{fakestack.Lose(), fakestack.Refuse(500, "InternalError", "")}},
		"an ended session":             {"getObject", []fakestack.Fault{fakestack.SessionEnded()}},
		"a throttled endpoint":         {"ask getObject", []fakestack.Fault{fakestack.Problem(429, "Throttled", "")}},
	}
	for name, test := range tests {
		for _, size := range []int{0, 1, 256 << 10, 4 * mib, 17 * mib} {
			if size < 4*mib && strings.Contains(name, "URL") || size > 4*mib && testing.Short() {
				continue
			}
			t.Run(fmt.Sprintf("%s, %d bytes", name, size), func(t *testing.T) {
				t.Parallel()
				r := newRig(t)
				if size == 17*mib {
					r.stack.PartSize = 8 * mib // so that each range hashes its own parts
				}
				want := content(uint64(size), size)
				key := put(t, r, want)
				r.stack.Plan(test.at, test.faults...)
				target := filepath.Join(t.TempDir(), "out.bin")
				got, err := r.DownloadFile(t.Context(), client.Download{Key: key, Target: target})
				if err != nil {
					t.Fatal(err)
				}
				fetched(t, target, want)
				if got.Verified != "SHA256" {
					t.Errorf("verified %q, want SHA256", got.Verified)
				}
			})
		}
	}
}

func TestASmallDownloadTakesOneRequestToEachServer(t *testing.T) {
	r := newRig(t)
	want := content(1, 16<<10)
	key := put(t, r, want)
	before := len(r.stack.Log())
	target := filepath.Join(t.TempDir(), "out.bin")
	if _, err := r.DownloadFile(t.Context(), client.Download{Key: key, Target: target}); err != nil {
		t.Fatal(err)
	}
	fetched(t, target, want)
	if got := strings.Join(r.stack.Log()[before:], ", "); got != "ask getObject, getObject" {
		t.Errorf("got requests %q, want one to each server", got)
	}
}

func TestADownloadToAWriterSurvives(t *testing.T) {
	r := newRig(t)
	want := content(1, 12*mib)
	key := put(t, r, want)
	r.stack.Plan("getObject", fakestack.CutAnswer(3*mib), fakestack.Expired(), fakestack.CutAnswer(1))
	var got bytes.Buffer
	d, err := r.DownloadTo(t.Context(), client.Download{Key: key}, &got)
	if err != nil || !bytes.Equal(got.Bytes(), want) || d.Verified != "SHA256" {
		t.Errorf("got %d bytes, %+v, %v, want %d verified", got.Len(), d, err, len(want))
	}
}

func TestAnExpiredURLIsReplacedForAllRanges(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	want := content(1, 50*mib)
	key := put(t, r, want)
	r.stack.Plan("getObject", nil, fakestack.Also(r.stack.ExpireURLs, fakestack.CutAnswer(1000)))
	target := filepath.Join(t.TempDir(), "out.bin")
	if _, err := r.DownloadFile(t.Context(), client.Download{Key: key, Target: target}); err != nil {
		t.Fatal(err)
	}
	fetched(t, target, want)
	if n := r.stack.Count("ask getObject"); n != 2 {
		t.Errorf("asked for %d URLs, want one and its replacement", n)
	}
}

func TestAURLThatIsDeadAtItsFirstUseIsReplaced(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(*fakestack.Stack){"it expired": (*fakestack.Stack).ExpireURLs, "its session ended": (*fakestack.Stack).EndSession} {
		for _, size := range []int{1, 20 * mib} {
			r := newRig(t)
			want := content(1, size)
			key := put(t, r, want)
			r.stack.Plan("getObject", fakestack.Also(func() { end(r.stack) }, fakestack.SessionEnded()))
			target := filepath.Join(t.TempDir(), "out.bin")
			if _, err := r.DownloadFile(t.Context(), client.Download{Key: key, Target: target}); err != nil {
				t.Errorf("%s, %d bytes: %v", name, size, err)
				continue
			}
			fetched(t, target, want)
			if n := r.stack.Count("ask getObject"); n != 2 {
				t.Errorf("%s, %d bytes: asked for %d URLs, want one and its replacement", name, size, n)
			}
		}
	}
}

func TestADownloadIsRefused(t *testing.T) {
	r := newRig(t)
	dir := t.TempDir()
	existing := filepath.Join(dir, "there")
	if err := os.WriteFile(existing, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		d    client.Download
		want string
	}{
		"of what is not there": {client.Download{Key: "johndoe/404", Target: filepath.Join(dir, "new")}, "no such object, or none that may be read: S3: Access Denied (AccessDenied, status 403"},
		"of another user's":    {client.Download{Key: "alice/1", Target: filepath.Join(dir, "new")}, "KeyOutsidePrefix"},
		"over a file":          {client.Download{Key: "johndoe/2", Target: existing}, "file already exists"},
		"over a folder":        {client.Download{Key: "johndoe/1", Target: dir, Overwrite: true}, "is a folder"},
		"into no folder":       {client.Download{Key: "johndoe/2", Target: filepath.Join(dir, "no", "new")}, "no such file or directory"},
	}
	r.stack.Put("johndoe/2", fakestack.Object{Content: []byte("x")})
	for name, test := range tests {
		_, err := r.DownloadFile(t.Context(), test.d)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, want %q", name, err, test.want)
		}
		r.discreet(t, err)
	}
	fetched(t, existing, []byte("mine"))
}

func TestADownloadWhereThereAreNone(t *testing.T) {
	hidden := newRig(t)
	hidden.stack.NoDownloads = true
	for _, r := range []*rig{hidden, newRig(t, func(c *client.Config) { c.DownloadURL = "" })} {
		_, err := r.DownloadFile(t.Context(), client.Download{Key: "johndoe/1", Target: filepath.Join(t.TempDir(), "x")})
		if !errors.Is(err, client.ErrNoDownloads) {
			t.Errorf("got %v, want that there are no downloads", err)
		}
	}
}
