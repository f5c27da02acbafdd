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

func TestAFileThatChangesBetweenHashAndPutIsRefused(t *testing.T) {
	for name, change := range map[string]func(path string) error{
		"rewritten": func(path string) error { return os.WriteFile(path, content(6, 1*mib), 0o600) },
		"truncated": func(path string) error { return os.Truncate(path, 1000) },
	} {
		r := newRig(t)
		path, f := onDisk(t, content(5, 1*mib))
		r.stack.Plan("ask putObject", fakestack.First(func() {
			if err := change(path); err != nil {
				t.Error(err)
			}
		}))
		if _, err := r.Upload(t.Context(), f); !errors.Is(err, client.ErrChanged) {
			t.Errorf("%s: got %v, want that the file changed", name, err)
		}
		if objects, sent := len(r.stack.Objects()), r.stack.Count("putObject"); objects != 0 || sent > 1 {
			t.Errorf("%s: sent it %d times and got %d objects, want no second attempt and none", name, sent, objects)
		}
	}
}

// Size and time stay the same.
func TestBytesThatReadDifferentlyAreNamed(t *testing.T) {
	r := newRig(t)
	path, f := onDisk(t, content(5, 1*mib))
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	r.stack.Plan("ask putObject", fakestack.First(func() {
		if err := errors.Join(os.WriteFile(path, content(6, 1*mib), 0o600), os.Chtimes(path, time.Time{}, info.ModTime())); err != nil {
			t.Error(err)
		}
	}))
	_, err = r.Upload(t.Context(), f)
	if want := "bytes 0 to 1048575 read differently"; !errors.Is(err, client.ErrChanged) || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want %q", err, want)
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
