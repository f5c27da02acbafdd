package client

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"sync"

	"example.com/presigned/client/internal/atomicfile"
	"example.com/presigned/client/state"
)

// newFilePerm is the usual mode of a new file, before the umask.
const newFilePerm = 0o666

// pendingFile is a large download that is not complete: the temporary file, and the journal of its ranges.
type pendingFile struct {
	*atomicfile.File
	c        *Client
	slot     *state.Slot // nil: no journal
	ranges   ranges
	template fetchedRange // a line of the journal for this object; add sets its Range
	present  map[int]bool // ranges from an interrupted download
	resumed  int64        // bytes of those

	writing   sync.Mutex
	unsavable sync.Once // for one notice
}

// fetchedRange is a line of the journal. The object's checksum shows later whether the range is still on the disk.
type fetchedRange struct {
	Key   string `json:"key"`
	ETag  string `json:"etag"`
	Size  int64  `json:"size"`  // bytes, of the object
	Range int    `json:"range"` // from 0
}

// openPending opens the temporary file of an interrupted download, or a new one.
func (o *object) openPending(ctx context.Context, d Download) (*pendingFile, error) {
	path, err := filepath.Abs(d.Target)
	if err != nil {
		return nil, err
	}
	slot, err := o.c.lock(ctx, o.c.cfg.Downloads, fmt.Sprintf("download to %q", d.Target), path)
	if err != nil {
		return nil, err
	}
	label := "" // without a lock: a random name, which no other download has
	if slot != nil {
		sum := sha256.Sum256([]byte(filepath.Base(path) + "\x00" + d.Key))
		label = fmt.Sprintf("%x", sum[:8])
	}
	f := &pendingFile{
		c: o.c, slot: slot, ranges: ranges{o.size, rangeBytes},
		template: fetchedRange{Key: d.Key, ETag: o.etag, Size: o.size},
	}
	if f.File, err = atomicfile.Create(d.Target, label, newFilePerm); err != nil {
		return nil, errors.Join(err, slot.Release())
	}
	if err := f.load(); err != nil {
		return nil, errors.Join(err, f.close())
	}
	if f.resumed > 0 {
		f.c.notice("%s: continuing the download: %d of %d bytes are here", d.Key, f.resumed, o.size)
	}
	return f, nil
}

// load reads the journal of an interrupted download. It starts again if the journal is about another object.
func (f *pendingFile) load() error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	f.present = map[int]bool{}
	err = f.slot.Lines(func(line []byte) {
		var r fetchedRange
		if json.Unmarshal(line, &r) == nil && r.Range >= 0 && r.Range < f.ranges.count() {
			n := r.Range
			if r.Range = 0; r == f.template { // the same object
				f.present[n] = true
			}
		}
	})
	if err != nil || len(f.present) == 0 || info.Size() != f.ranges.size {
		return errors.Join(err, f.restart())
	}
	for n := range f.present {
		_, length := f.ranges.at(n)
		f.resumed += length
	}
	return nil
}

// restart discards the fetched ranges, and sets the file's final size. It doesn't truncate a new file to 0 first, because
// ext4 then writes the file to the disk on close.
// https://www.kernel.org/doc/html/latest/admin-guide/ext4.html (auto_da_alloc)
func (f *pendingFile) restart() error {
	f.present, f.resumed = nil, 0
	info, err := f.Stat()
	if err == nil && info.Size() > 0 {
		err = f.Truncate(0)
	}
	return errors.Join(err, f.Truncate(f.ranges.size), f.slot.Clear())
}

// WriteAt lets one goroutine write at a time. The kernel also serializes writes to a file, but with spinning threads
// that could read from the network instead.
func (f *pendingFile) WriteAt(b []byte, offset int64) (int, error) {
	f.writing.Lock()
	defer f.writing.Unlock()
	return f.File.WriteAt(b, offset)
}

// add records a range that was fetched. If that fails, the download continues, but can't be resumed.
func (f *pendingFile) add(n int) {
	r := f.template
	r.Range = n
	if err := f.slot.Append(r); err != nil {
		f.unsavable.Do(func() { f.c.notice("%s: cannot be resumed if it is interrupted: %v", r.Key, err) })
	}
}

// copyTo writes the file's content to w, in order.
func (f *pendingFile) copyTo(ctx context.Context, w io.Writer) error {
	buffer := make([]byte, hashBufferBytes)
	for n := range f.ranges.count() {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		offset, length := f.ranges.at(n)
		if _, err := io.CopyBuffer(w, io.NewSectionReader(f, offset, length), buffer); err != nil {
			return err
		}
	}
	return nil
}

// close closes the file. Without a journal it also removes the file, unless that has been renamed to the target.
func (f *pendingFile) close() error {
	if f.slot == nil {
		return f.Discard()
	}
	_ = f.Close() // already closed if it was renamed
	return f.slot.Release()
}
