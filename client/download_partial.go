package client

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"sync"
	"time"

	"example.com/presigned/client/internal/atomicfile"
	"example.com/presigned/client/state"
)

// newFilePerm is the usual mode of a new file, before the umask.
const newFilePerm = 0o666

// saveEvery is the interval between checkpoints: a kill loses at most this much, besides the ranges under way. A download
// that takes less time has no checkpoint.
const saveEvery = time.Second

// pendingFile is a large download under way: the temporary file and its checkpoint.
type pendingFile struct {
	*atomicfile.File
	c       *Client
	slot    *state.Slot  // nil: no state is stored
	plan    plan         // of the ranges
	there   map[int]bool // ranges found from an interrupted download
	resumed int64        // bytes of them

	writing sync.Mutex

	mu         sync.Mutex
	checkpoint fetched
	saved      time.Time
	unsaved    bool // saving failed, and a notice was sent
}

// fetched is the checkpoint of a download. The object's checksum shows whether the ranges are still on the disk.
type fetched struct {
	Key    string `json:"key"`
	ETag   string `json:"etag"`
	Size   int64  `json:"size"`
	Ranges []int  `json:"ranges"` // those fetched, numbered from 0
}

// openPending opens the temporary file of an interrupted download, or a new one.
func (c *Client) openPending(ctx context.Context, d Download, o object) (*pendingFile, error) {
	path, err := filepath.Abs(d.Target)
	if err != nil {
		return nil, err
	}
	slot, err := c.lock(ctx, c.cfg.Downloads, fmt.Sprintf("download to %q", d.Target), path)
	if err != nil {
		return nil, err
	}
	label := "" // without a lock, a name that no other download has
	if slot != nil {
		sum := sha256.Sum256([]byte(filepath.Base(path) + "\x00" + d.Key))
		label = fmt.Sprintf("%x", sum[:8])
	}
	f := &pendingFile{
		c: c, slot: slot, plan: plan{o.size, rangeBytes}, there: map[int]bool{}, saved: c.cfg.Clock(),
		checkpoint: fetched{Key: d.Key, ETag: o.etag, Size: o.size},
	}
	if f.File, err = atomicfile.Create(d.Target, label, newFilePerm); err != nil {
		return nil, errors.Join(err, slot.Release())
	}
	if err := f.load(); err != nil {
		return nil, errors.Join(err, f.close())
	}
	if f.resumed > 0 {
		c.notice("%s: continuing the download: %d of %d bytes are here", d.Key, f.resumed, o.size)
	}
	return f, nil
}

// load reads the state of an interrupted download, and starts again if it does not match.
func (f *pendingFile) load() error {
	var before fetched
	if _, err := f.slot.Load(&before); err != nil {
		return err
	}
	info, err := f.Stat()
	if err != nil {
		return err
	}
	now := &f.checkpoint
	if before.Key != now.Key || before.ETag != now.ETag || before.Size != now.Size || info.Size() != now.Size {
		return f.restart()
	}
	for _, n := range before.Ranges {
		if n >= 0 && n < f.plan.parts() && !f.there[n] {
			f.there[n] = true
			now.Ranges = append(now.Ranges, n)
			_, length := f.plan.part(n + 1)
			f.resumed += length
		}
	}
	return nil
}

// restart discards the fetched ranges, and sets the file's final size. It doesn't truncate a new file to 0 first, because
// ext4 then writes the file to the disk on close.
// https://www.kernel.org/doc/html/latest/admin-guide/ext4.html (auto_da_alloc)
func (f *pendingFile) restart() error {
	f.checkpoint.Ranges, f.there, f.resumed = nil, map[int]bool{}, 0
	info, err := f.Stat()
	if err == nil && info.Size() > 0 {
		err = f.Truncate(0)
	}
	return errors.Join(err, f.Truncate(f.plan.size), f.slot.Clear())
}

// WriteAt lets one goroutine write at a time. The kernel also serializes writes to a file, but with spinning threads
// that could read from the network instead.
func (f *pendingFile) WriteAt(b []byte, offset int64) (int, error) {
	f.writing.Lock()
	defer f.writing.Unlock()
	return f.File.WriteAt(b, offset)
}

// add records a range, and saves the checkpoint every saveEvery.
func (f *pendingFile) add(n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.checkpoint.Ranges = append(f.checkpoint.Ranges, n)
	if now := f.c.cfg.Clock(); now.Sub(f.saved) >= saveEvery {
		f.saved = now
		f.save()
	}
}

// save writes the checkpoint. If that fails, the download continues without one.
func (f *pendingFile) save() {
	if err := f.slot.Save(f.checkpoint); err != nil && !f.unsaved {
		f.unsaved = true
		f.c.notice("%s: cannot be resumed if it is interrupted: %v", f.checkpoint.Key, err)
	}
}

// copyTo writes the file's content to w, in order.
func (f *pendingFile) copyTo(ctx context.Context, w io.Writer) error {
	buffer := make([]byte, hashBufferBytes)
	for n := range f.plan.parts() {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		offset, length := f.plan.part(n + 1)
		if _, err := io.CopyBuffer(w, io.NewSectionReader(f, offset, length), buffer); err != nil {
			return err
		}
	}
	return nil
}

// close closes the file. Without a checkpoint it also removes the file, unless that has been renamed to the target.
func (f *pendingFile) close() error {
	if f.slot == nil {
		return f.Discard()
	}
	_ = f.Close() // already closed if it was renamed
	return f.slot.Release()
}
