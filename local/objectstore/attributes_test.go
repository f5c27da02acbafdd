package objectstore

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/versity/versitygw/backend/meta"
)

func TestAnAttributeIsKeptWhateverItsSize(t *testing.T) {
	object := filepath.Join(t.TempDir(), "object")
	if err := os.WriteFile(object, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	files, err := meta.NewSideCar(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	a := attributes{files: files}
	for _, size := range []int{10, 100_000, 20, 200_000} { // ext4 takes 4 KiB of a file, no file system 64 KiB
		want := bytes.Repeat([]byte("x"), size)
		if err := a.StoreAttribute(nil, object, "", "etag", want); err != nil {
			t.Fatalf("store %d bytes: %v", size, err)
		}
		if got, err := a.RetrieveAttribute(nil, object, "", "etag"); err != nil || !bytes.Equal(got, want) {
			t.Errorf("stored %d bytes: got %d, %v", size, len(got), err)
		}
		if got, err := a.ListAttributes(object, ""); err != nil || !slices.Equal(got, []string{"etag"}) {
			t.Errorf("list after %d bytes: got %q, %v, want one etag", size, got, err)
		}
	}
	if err := a.DeleteAttribute(object, "", "etag"); err != nil {
		t.Error(err)
	}
	if _, err := a.RetrieveAttribute(nil, object, "", "etag"); !errors.Is(err, meta.ErrNoSuchKey) {
		t.Errorf("after delete: got %v, want %v", err, meta.ErrNoSuchKey)
	}
}

func TestAnAttributeOfNothingIsRefused(t *testing.T) {
	files, err := meta.NewSideCar(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	missing := filepath.Join(t.TempDir(), "object")
	if err := (attributes{files: files}).StoreAttribute(nil, missing, "", "etag", []byte("x")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("store: got %v, want %v", err, os.ErrNotExist)
	}
}
