package objectstore

import (
	"errors"
	"io/fs"
	"os"

	"github.com/versity/versitygw/backend/meta"
)

// attributes keeps what an object has besides its bytes (ETag, content type, checksums) as extended attributes of its
// file: a file of its own for each, which is the gateway's other way, makes a small PUT take several times as long. What
// the file system does not take goes there still: some have no extended attributes (tmpfs before Linux 6.6), and ext4
// has 4 KiB of them for a file, less than the sizes of 10,000 unequal parts need.
type attributes struct {
	meta.XattrMeta
	files meta.SideCar
}

var _ meta.MetadataStorer = attributes{}

// RetrieveAttribute looks into the file's attributes first.
func (a attributes) RetrieveAttribute(f *os.File, bucket, object, name string) ([]byte, error) {
	value, err := a.XattrMeta.RetrieveAttribute(f, bucket, object, name)
	if err == nil || errors.Is(err, fs.ErrNotExist) {
		return value, err
	}
	return a.files.RetrieveAttribute(f, bucket, object, name)
}

// StoreAttribute leaves the value in one place only.
func (a attributes) StoreAttribute(f *os.File, bucket, object, name string, value []byte) error {
	err := a.XattrMeta.StoreAttribute(f, bucket, object, name, value)
	switch {
	case err == nil:
		return ignoreMissing(a.files.DeleteAttribute(bucket, object, name))
	case errors.Is(err, fs.ErrNotExist):
		return err
	}
	if f == nil { // a file that is being written has no earlier value
		_ = a.XattrMeta.DeleteAttribute(bucket, object, name)
	}
	return a.files.StoreAttribute(f, bucket, object, name, value)
}

// DeleteAttribute deletes the value wherever it is.
func (a attributes) DeleteAttribute(bucket, object, name string) error {
	if err := a.XattrMeta.DeleteAttribute(bucket, object, name); err == nil || errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return a.files.DeleteAttribute(bucket, object, name)
}

// ListAttributes lists both.
func (a attributes) ListAttributes(bucket, object string) ([]string, error) {
	names, err := a.XattrMeta.ListAttributes(bucket, object)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	more, err := a.files.ListAttributes(bucket, object)
	return append(names, more...), err
}

// DeleteAttributes is for those in files: the others go with the object's file.
func (a attributes) DeleteAttributes(bucket, object string) error {
	return a.files.DeleteAttributes(bucket, object)
}

// RenameObject is for those in files, too.
func (a attributes) RenameObject(bucket, from, to string) error {
	return a.files.RenameObject(bucket, from, to)
}

func ignoreMissing(err error) error {
	if errors.Is(err, meta.ErrNoSuchKey) {
		return nil
	}
	return err
}
