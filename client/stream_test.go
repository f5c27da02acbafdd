package client_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"testing"

	"example.com/presigned/client"
	"example.com/presigned/client/internal/fakestack"
)

func stream(b []byte) client.Stream {
	// A pipe returns what it has, which may be less than the buffer.
	return client.Stream{Name: "-", Content: io.MultiReader(bytes.NewReader(b[:len(b)/3]), bytes.NewReader(b[len(b)/3:]))}
}

func TestAStreamOfAnyLengthIsUploaded(t *testing.T) {
	temporary := t.TempDir()
	t.Setenv("TMPDIR", temporary)
	for _, multipart := range []bool{true, false} {
		for _, size := range []int{0, 1, 5*mib - 1, 5 * mib, 5*mib + 1, 21 * mib} {
			r := newRig(t)
			r.stack.NoMultipart, r.stack.MaxUploadBytes = !multipart, int64(size) // exactly the bound
			want := content(uint64(size), size)
			got, err := r.UploadStream(t.Context(), stream(want))
			if err != nil {
				t.Fatalf("%d bytes, multipart %t: %v", size, multipart, err)
			}
			r.stored(t, got.Key, want, 1)
			if parts := size / (5 * mib); multipart && parts > 0 && got.Parts < parts {
				t.Errorf("%d bytes: got %d parts, want at least %d", size, got.Parts, parts)
			}
		}
	}
	if files, err := os.ReadDir(temporary); err != nil || len(files) > 0 {
		t.Errorf("got %v and %v, want no temporary file left", files, err)
	}
}

func TestAStreamSurvivesWhatAFileDoes(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.stack.Plan("uploadPart", fakestack.Cut(1000), nil, fakestack.Lose(), fakestack.Refuse(400, "BadDigest", ""))
	r.stack.Plan("completeMultipartUpload", fakestack.Lose())
	want := content(9, 21*mib)
	got, err := r.UploadStream(t.Context(), stream(want))
	if err != nil {
		t.Fatal(err)
	}
	r.stored(t, got.Key, want, 1)
}

func TestAStreamThatFallsSilentCanBeInterrupted(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	silent, w := io.Pipe()
	defer w.Close()
	ctx, cancel := context.WithCancel(t.Context())
	r.stack.Plan("uploadPart", fakestack.First(cancel))
	_, err := r.UploadStream(ctx, client.Stream{Name: "-", Content: io.MultiReader(bytes.NewReader(content(1, 7*mib)), silent)})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want the interruption", err)
	}
	if n := r.stack.Uploads(); n != 0 {
		t.Errorf("got %d uploads left, want 0", n)
	}
}
