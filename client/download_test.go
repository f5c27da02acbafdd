package client_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"example.com/presigned/client"
	"example.com/presigned/client/internal/fakestack"
)

// put uploads content by the client itself, so that S3 holds the checksum of a real upload.
func put(t *testing.T, r *rig, b []byte) string {
	t.Helper()
	_, f := onDisk(t, b)
	got, err := r.Upload(t.Context(), f)
	if err != nil {
		t.Fatal(err)
	}
	return got.Key
}

// downloads downloads to a new file, and checks it.
func (r *rig) downloads(t *testing.T, key string, want []byte) {
	t.Helper()
	target := filepath.Join(t.TempDir(), "out.bin")
	got, err := r.DownloadFile(t.Context(), client.Download{Key: key, Target: target})
	if err != nil {
		t.Fatal(err)
	}
	fetched(t, target, want)
	if got.Verified != "SHA256" {
		t.Errorf("verified %q, want SHA256", got.Verified)
	}
}

// fetched checks the target, and that no other file is beside it.
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
	busy := fakestack.Refuse(503, "SlowDown", "")
	for name, test := range map[string]struct {
		at     string
		faults func(*fakestack.Stack) []fakestack.Fault
		asks   [2]int // URLs for an object of one range, and of several
	}{
		"nothing":                      {"getObject", faults(), [2]int{1, 1}},
		"SlowDown":                     {"getObject", faults(busy, busy), [2]int{1, 1}},
		"two expired URLs":             {"getObject", faults(fakestack.Expired(), fakestack.Expired()), [2]int{3, 3}},
		"an answer cut, and cut again": {"getObject", faults(fakestack.CutAnswer(3*mib), fakestack.CutAnswer(0), fakestack.CutAnswer(10)), [2]int{1, 1}},
		"a first answer lost":          {"getObject", faults(fakestack.Lose(), fakestack.Refuse(500, "InternalError", "")), [2]int{1, 1}},
		"an ended session":             {"getObject", faults(fakestack.SessionEnded()), [2]int{2, 2}},
		"a throttled endpoint":         {"ask getObject", faults(fakestack.Problem(429, "Throttled", "")), [2]int{2, 2}},
		"URLs that expired":            {"getObject", expireURLs, [2]int{2, 2}},
		"a session that ended for all": {"getObject", func(s *fakestack.Stack) []fakestack.Fault {
			return []fakestack.Fault{fakestack.After(func() { s.EndURLs(fakestack.SessionEnded()) }, fakestack.SessionEnded())}
		}, [2]int{2, 2}},
		"URLs that expire for all ranges": {"getObject", func(s *fakestack.Stack) []fakestack.Fault {
			return []fakestack.Fault{nil, fakestack.After(func() { s.EndURLs(fakestack.Expired()) }, fakestack.CutAnswer(1000))}
		}, [2]int{1, 2}},
	} {
		for _, size := range []int{0, 1, 256 << 10, 4 * mib, 20 * mib} {
			if size > 4*mib && testing.Short() {
				continue
			}
			t.Run(fmt.Sprintf("%s, %d bytes", name, size), func(t *testing.T) {
				t.Parallel()
				r := newRig(t)
				if size > 4*mib {
					r.stack.PartSize = 8 * mib // so that each range hashes its own parts
				}
				b := content(uint64(size), size)
				key := put(t, r, b)
				r.stack.Plan(test.at, test.faults(r.stack)...)
				r.downloads(t, key, b)
				want := test.asks[0]
				if size > 4*mib {
					want = test.asks[1]
				}
				if n := r.stack.Count("ask getObject"); n != want {
					t.Errorf("asked for %d URLs, want %d", n, want)
				}
			})
		}
	}
}

func TestADownloadToAWriterSurvives(t *testing.T) {
	r := newRig(t)
	want := content(1, twoParts)
	key := put(t, r, want)
	r.stack.Plan("getObject", fakestack.CutAnswer(3*mib), fakestack.Expired(), fakestack.CutAnswer(1))
	var got bytes.Buffer
	d, err := r.DownloadTo(t.Context(), client.Download{Key: key}, &got)
	if err != nil || !bytes.Equal(got.Bytes(), want) || d.Verified != "SHA256" {
		t.Errorf("got %d bytes, %+v, %v, want %d verified", got.Len(), d, err, len(want))
	}
}

func TestADownloadNeedsARouteAndAFolder(t *testing.T) {
	r := newRig(t)
	r.stack.Put("johndoe/2", fakestack.Object{Content: []byte("x")})
	noRoute := newRig(t, func(c *client.Config) { c.DownloadURL = "" })
	dir := t.TempDir()
	for name, test := range map[string]struct {
		r      *rig
		target string
		want   string
	}{
		"over a folder":         {r, dir, "is a folder"},
		"into a missing folder": {r, filepath.Join(dir, "no", "new"), "no such file or directory"},
		"without a route":       {noRoute, filepath.Join(dir, "new"), "this stack offers no downloads"},
	} {
		_, err := test.r.DownloadFile(t.Context(), client.Download{Key: "johndoe/2", Target: test.target, Overwrite: true})
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, want %q", name, err, test.want)
		}
	}
}

// A proxy may answer instead of S3.
func TestADownloadNeedsAStatus200AndALength(t *testing.T) {
	r := newRig(t)
	key := put(t, r, []byte("hello"))
	for _, answer := range []fakestack.Fault{
		func(w http.ResponseWriter, _ *http.Request, _ http.HandlerFunc) { w.WriteHeader(http.StatusNoContent) },
		func(w http.ResponseWriter, _ *http.Request, _ http.HandlerFunc) {
			http.NewResponseController(w).Flush()
		},
	} {
		r.stack.Plan("getObject", answer)
		got, err := r.DownloadFile(t.Context(), client.Download{Key: key, Target: filepath.Join(t.TempDir(), "out.bin")})
		if err == nil || !strings.Contains(err.Error(), "want 200 with a length") {
			t.Errorf("got %+v, %v, want an error", got, err)
		}
	}
}

// Some clients upload a small file in one part.
func TestAnObjectOfOnePartIsVerified(t *testing.T) {
	r := newRig(t)
	want := content(1, 300<<10)
	part := sha256.Sum256(want)
	whole := sha256.Sum256(part[:])
	r.stack.Put("johndoe/1", fakestack.Object{Content: want, Checksum: base64.StdEncoding.EncodeToString(whole[:]) + "-1"})
	r.downloads(t, "johndoe/1", want)
}

func TestContentThatDoesNotMatchIsNotKept(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.cfg.Downloads = nil
	forgetful := r.again(t)
	zeros := base64.StdEncoding.EncodeToString(make([]byte, 32))
	for _, checksum := range []string{zeros, zeros + "-3", zeros + "-0", zeros + "--1", zeros + "-x"} {
		r.stack.Put("johndoe/1", fakestack.Object{Content: content(1, 300<<10), Checksum: checksum})
		target := filepath.Join(t.TempDir(), "out.bin")
		_, err := r.DownloadFile(t.Context(), client.Download{Key: "johndoe/1", Target: target})
		if !errors.Is(err, client.ErrCorrupt) || !strings.Contains(err.Error(), checksum) {
			t.Errorf("got %v, want that %s does not match", err, checksum)
		}
		if _, err := forgetful.DownloadFile(t.Context(), client.Download{Key: "johndoe/1", Target: target}); err == nil || strings.Contains(err.Error(), "no such file") {
			t.Errorf("got %v, want only that the checksum does not match", err)
		}
		if inParts := strings.Contains(err.Error(), "no usual part size"); inParts != (checksum == zeros+"-3") {
			t.Errorf("got %v, want what was tried", err)
		}
		beside(t, target, 0)
		if _, err := r.DownloadFile(t.Context(), client.Download{Key: "johndoe/1", Target: target, KeepCorrupt: true}); err != nil {
			t.Errorf("got %v, want it kept", err)
		}
	}
}
