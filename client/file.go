package client

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"mime"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"
)

// File is content to upload. The content must not change until the upload is done.
type File struct {
	Name        string      // for messages, and for the content type by its extension
	Filename    string      // part of the key, with "/" between folders; empty: Name's last element
	ContentType string      // empty: by the name's extension, else application/octet-stream
	Content     io.ReaderAt // read from several goroutines
	Size        int64       // bytes

	// Progress is called with bytes sent, negative when they are sent again, from several goroutines; may be nil.
	Progress func(bytes int64)
	// Held is called instead for bytes that S3 held already, negative when the upload starts again. If it is nil, Progress is
	// called.
	Held func(bytes int64)

	// Journal has the files that an interrupted upload has stored, and records this one; may be nil.
	Journal *Journal

	path    string    // set for a file on disk: makes the upload resumable
	modTime time.Time // detects changes of the file
	disk    *os.File  // nil: not from OpenFile, so it is not checked for changes
}

// Result is the result of an upload.
type Result struct {
	Key            string `json:"key"`
	Size           int64  `json:"size"` // bytes
	ContentType    string `json:"contentType"`
	ChecksumSHA256 string `json:"checksumSHA256"` // base64; of a multipart upload S3's composite, <base64>-<parts>
	Parts          int    `json:"parts"`          // 0: single PUT
	Resumed        int64  `json:"resumedBytes"`   // bytes that S3 already held from an interrupted upload
}

// Bytes returns a File with content in memory.
func Bytes(name, contentType string, content []byte) File {
	return File{Name: name, ContentType: contentType, Content: bytes.NewReader(content), Size: int64(len(content))}
}

// OpenFile opens a file on disk. An interrupted upload of it is resumed. Close it afterwards.
func OpenFile(name string) (File, error) {
	path, err := filepath.Abs(name)
	if err != nil {
		return File{}, err
	}
	info, err := os.Stat(name) // before it is opened, because opening a pipe waits for its writer
	if err != nil {
		return File{}, err
	}
	if !info.Mode().IsRegular() {
		return File{}, fmt.Errorf("%q is not a regular file", name)
	}
	f, err := os.Open(name) //nolint:gosec // the caller chooses the file
	if err != nil {
		return File{}, err
	}
	if info, err = f.Stat(); err != nil {
		return File{}, errors.Join(err, f.Close())
	}
	return File{Name: name, Content: f, Size: info.Size(), path: path, modTime: info.ModTime(), disk: f}, nil
}

// Close closes the file on disk, if it is one.
func (f File) Close() error {
	if f.disk == nil {
		return nil
	}
	return f.disk.Close()
}

// contentType is the content type that is signed and stored.
func (f File) contentType() string {
	return cmp.Or(f.ContentType, mime.TypeByExtension(filepath.Ext(f.Name)), "application/octet-stream")
}

// unchanged checks that the file was not written to or replaced since it was opened. The signed checksums detect a write
// that keeps size and time.
func (f File) unchanged() error {
	if f.disk == nil {
		return nil
	}
	opened, err := f.disk.Stat()
	if err != nil {
		return err
	}
	named, err := os.Stat(f.path)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrChanged, err)
	}
	if opened.Size() != f.Size || !opened.ModTime().Equal(f.modTime) || !os.SameFile(opened, named) {
		return fmt.Errorf("%w: it had %d bytes and was changed at %s, now it has %d and was changed at %s", ErrChanged, f.Size,
			stamp(f.modTime), named.Size(), stamp(named.ModTime()))
	}
	return nil
}

func (f File) progress(n int64) {
	if f.Progress != nil && n != 0 {
		f.Progress(n)
	}
}

func (f File) held(n int64) {
	if f.Held == nil {
		f.progress(n)
	} else if n != 0 {
		f.Held(n)
	}
}

// section is part of the content.
func (f File) section(offset, length int64) *io.SectionReader {
	return io.NewSectionReader(f.Content, offset, length)
}

// inMemoryBytes is the size up to which content is kept in memory. A file is then read once instead of twice, so the sent
// bytes are the hashed ones, and an object is written to disk after it is verified. At most 8 MiB
// of uploads are kept, and 16 MiB of downloads, with the default of Parallel.
const inMemoryBytes = 256 << 10

// errNoSize is the error of an unchanged file that has more content than its size says, as in /proc.
var errNoSize = errors.New("the file system does not know the file's size")

// inMemory reads a small file to its end, whatever its size says: in /proc the size is 0, and in /sys it is too large.
func (f File) inMemory() (File, error) {
	if f.Size > inMemoryBytes {
		return f, nil
	}
	end := f.Size
	if f.disk != nil {
		end = inMemoryBytes + 1
	}
	content, err := io.ReadAll(f.section(0, end))
	if err == nil {
		err = f.unchanged()
	}
	switch size := int64(len(content)); {
	case err != nil:
		return f, err
	case size > inMemoryBytes:
		return f, errNoSize
	case size < f.Size && f.disk == nil: // a file on disk is unchanged, so its size was wrong, as in /sys
		return f, fmt.Errorf("%w: read %d of %d bytes", ErrChanged, size, f.Size)
	}
	f.Content, f.Size, f.disk = bytes.NewReader(content), int64(len(content)), nil
	return f, nil
}

// counter reports counts of bytes, and subtracts them if a transfer starts again.
type counter struct {
	report func(bytes int64)
	sum    atomic.Int64
}

func (c *counter) add(bytes int64) {
	c.sum.Add(bytes)
	c.report(bytes)
}

func (c *counter) reset() { c.add(-c.sum.Load()) }

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }
