package client_test

import (
	"bytes"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"example.com/presigned/client"
	"example.com/presigned/client/internal/fakestack"
)

func TestAFileThatChangesBeforeItsPutIsRefused(t *testing.T) {
	large, other := content(5, 1*mib), content(6, 1*mib)
	for name, test := range map[string]struct {
		hashed bool // before it changes
		change func(path string, modified time.Time) error
		want   string
	}{
		"truncated before its hash": {false, func(path string, _ time.Time) error { return os.Truncate(path, 1000) }, "it ends at byte 1000, expected 1048576"},
		"truncated":                 {true, func(path string, _ time.Time) error { return os.Truncate(path, 1000) }, ""},
		"rewritten":                 {true, func(path string, _ time.Time) error { return os.WriteFile(path, other, 0o600) }, ""},
		"rewritten, with the size and time that it had": {true, func(path string, modified time.Time) error {
			return errors.Join(os.WriteFile(path, other, 0o600), os.Chtimes(path, time.Time{}, modified))
		}, "bytes 0 to 1048575 read differently"},
	} {
		r := newRig(t)
		path, f := onDisk(t, large)
		change := func() {
			info, err := os.Stat(path)
			if err = errors.Join(err, test.change(path, info.ModTime())); err != nil {
				t.Error(err)
			}
		}
		if test.hashed {
			r.stack.Plan("ask putObject", fakestack.First(change))
		} else {
			change()
		}
		if _, err := r.Upload(t.Context(), f); !errors.Is(err, client.ErrChanged) || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, want that the file changed: %s", name, err, test.want)
		}
		if objects, sent := len(r.stack.Objects()), r.stack.Count("putObject"); objects != 0 || sent > 1 {
			t.Errorf("%s: sent it %d times and got %d objects, want no second attempt and none", name, sent, objects)
		}
	}
}

// failingAt is a file of which some bytes cannot be read.
type failingAt struct {
	bytes.Reader
	from int64
}

func (f *failingAt) ReadAt(b []byte, at int64) (int, error) {
	if at+int64(len(b)) > f.from {
		return 0, errors.New("input/output error")
	}
	return f.Reader.ReadAt(b, at)
}

// A disk error is not the network's, so the file is sent once.
func TestAFileThatFailsWhileItIsSentIsNotSentAgain(t *testing.T) {
	r := newRig(t)
	disk := &failingAt{*bytes.NewReader(content(5, 1*mib)), 1 * mib}
	r.stack.Plan("ask putObject", fakestack.First(func() { disk.from = 1000 }))
	_, err := r.Upload(t.Context(), client.File{Name: "bad", Content: disk, Size: 1 * mib})
	if want := "input/output error"; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want %q", err, want)
	}
	if n := r.stack.Count("putObject"); n > 1 {
		t.Errorf("sent %d times, want once", n)
	}
}

func TestContentThatIsShorterThanItsSizeIsNotUploaded(t *testing.T) {
	for _, size := range []int64{1000, 1 * mib, 20 * mib} { // in memory, in one PUT, in parts
		r := newRig(t)
		_, err := r.Upload(t.Context(), client.File{Name: "short", Content: bytes.NewReader(content(5, 100)), Size: size})
		if n := len(r.stack.Objects()); n != 0 || !errors.Is(err, client.ErrChanged) {
			t.Errorf("%d bytes: got %d objects and %v, want none and that it changed", size, n, err)
		}
	}
}

func TestAFileThatCannotBeReadIsNotUploaded(t *testing.T) {
	r := newRig(t)
	disk := &failingAt{*bytes.NewReader(content(5, 12*mib)), 11 * mib}
	_, err := r.Upload(t.Context(), client.File{Name: "bad", Content: disk, Size: 12 * mib})
	if want := "input/output error"; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want %q", err, want)
	}
	if n, m, sent := len(r.stack.Objects()), r.stack.Uploads(), r.stack.Count("uploadPart"); n+m+sent != 0 {
		t.Errorf("got %d objects, %d uploads left and %d parts sent, want none", n, m, sent)
	}
}

// The size of a file in /proc is 0. A large one is sent as a stream, under the same name.
func TestAFileOfUnknownSizeKeepsItsFolders(t *testing.T) {
	const path = "/proc/kallsyms"
	want, err := os.ReadFile(path)
	if err != nil || len(want) < 1*mib {
		t.Skipf("needs a large %s: %v", path, err)
	}
	for _, noMultipart := range []bool{false, true} {
		r := newRig(t)
		r.stack.NoMultipart = noMultipart
		f := open(t, path)
		f.Filename = "kernel/symbols"
		got, err := r.Upload(t.Context(), f)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasSuffix(got.Key, "-kernel_2F_symbols") {
			t.Errorf("got key %s, want it to end in the folder and the name", got.Key)
		}
		r.stored(t, got.Key, want, 1)
	}
}
