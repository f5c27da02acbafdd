package client

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"example.com/presigned/client/state"
)

// saveEvery is how much fetching a kill may cost at most, beside the ranges under way. What takes less
// is written down nowhere.
const saveEvery = time.Second

// partial is a download under way: a temporary file beside the target, and the memory of what is in it.
type partial struct {
	file    *os.File
	slot    *state.Slot // nil: not remembered
	plan    plan
	resumed int64 // bytes found from an interrupted download
	clock   func() time.Time

	writing sync.Mutex

	mu    sync.Mutex
	known progress
	saved time.Time
}

// progress is what is remembered. Whether what it says is still on the disk, the checksum tells.
type progress struct {
	Key    string `json:"key"`
	ETag   string `json:"etag"`
	Size   int64  `json:"size"`
	Ranges []int  `json:"ranges"` // those fetched, numbered from 0
}

func (c *Client) openPartial(ctx context.Context, d Download, o Object) (*partial, error) {
	slot, err := c.holdDownload(ctx, d)
	if err != nil {
		return nil, err
	}
	p := &partial{slot: slot, plan: plan{o.Size, rangeBytes}, clock: c.cfg.Clock, saved: c.cfg.Clock(), known: progress{Key: d.Key, ETag: o.ETag, Size: o.Size}}
	p.file, err = openTemporary(d, slot)
	if err != nil {
		return nil, errors.Join(err, p.release())
	}
	if err := p.load(); err != nil {
		return nil, errors.Join(err, p.close())
	}
	if p.resumed > 0 {
		c.notice("%s: continuing the download: %d of %d bytes are here", d.Key, p.resumed, o.Size)
	}
	return p, nil
}

// openTemporary opens the file that the content goes to, with the permissions of any other new file. One that is
// not remembered has a name of its own: nothing keeps another download to the same target away from it.
func openTemporary(d Download, slot *state.Slot) (*os.File, error) {
	if slot == nil {
		return createTemporary(d.Target)
	}
	return os.OpenFile(temporary(d), os.O_RDWR|os.O_CREATE, 0o666) //nolint:gosec // the umask decides who reads it
}

// temporary is the same name every time, so that the next call finds it, and hidden in a listing.
func temporary(d Download) string {
	sum := sha256.Sum256([]byte(d.Key))
	return filepath.Join(filepath.Dir(d.Target), fmt.Sprintf(".%s.%x.partial", filepath.Base(d.Target), sum[:4]))
}

// load finds out what an interrupted download has left, and starts anew where it does not fit.
func (p *partial) load() error {
	var before progress
	if p.slot != nil {
		if _, err := p.slot.Load(&before); err != nil {
			return err
		}
	}
	info, err := p.file.Stat()
	if err != nil {
		return err
	}
	want := p.known
	if before.Key != want.Key || before.ETag != want.ETag || before.Size != want.Size || info.Size() != want.Size {
		return p.restart()
	}
	for _, n := range before.Ranges {
		if n >= 0 && n < p.plan.parts() && !p.has(n) {
			p.known.Ranges = append(p.known.Ranges, n)
			_, length := p.plan.part(n + 1)
			p.resumed += length
		}
	}
	return nil
}

// restart forgets what was fetched.
func (p *partial) restart() error {
	p.known.Ranges, p.resumed = nil, 0
	err := p.empty()
	if p.slot != nil {
		err = errors.Join(err, p.slot.Clear())
	}
	return err
}

// empty makes the file one of so many zeros. A new one is not cut to nothing first: a file that ever was
// so, ext4 writes to the disk before it lets it be closed.
// https://www.kernel.org/doc/html/latest/admin-guide/ext4.html (auto_da_alloc)
func (p *partial) empty() error {
	info, err := p.file.Stat()
	if err == nil && info.Size() > 0 {
		err = p.file.Truncate(0)
	}
	return errors.Join(err, p.file.Truncate(p.plan.size))
}

// WriteAt writes one piece after the other: the kernel does so too with one file, but lets threads spin
// meanwhile that could read from the network.
func (p *partial) WriteAt(b []byte, offset int64) (int, error) {
	p.writing.Lock()
	defer p.writing.Unlock()
	return p.file.WriteAt(b, offset)
}

func (p *partial) has(n int) bool { return slices.Contains(p.known.Ranges, n) }

// add remembers a range, and writes the memory down now and then.
func (p *partial) add(n int) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.known.Ranges = append(p.known.Ranges, n)
	if now := p.clock(); now.Sub(p.saved) >= saveEvery {
		p.saved = now
		return p.save()
	}
	return nil
}

func (p *partial) save() error {
	if p.slot == nil {
		return nil
	}
	return p.slot.Save(p.known)
}

// discardUnlessResumed removes content that is wrong for sure; what was resumed is fetched once more.
func (p *partial) discardUnlessResumed() error {
	if p.resumed > 0 {
		return nil
	}
	return p.remove()
}

func (p *partial) remove() error {
	err := os.Remove(p.file.Name())
	if p.slot != nil {
		err = errors.Join(err, p.slot.Clear())
	}
	return err
}

// finish gives the content its name and forgets the rest. It does not wait for the disk, as no other
// tool does: a kill loses nothing by that, and who fears for the machine's power calls sync.
func (p *partial) finish(target string) error {
	if err := os.Rename(p.file.Name(), target); err != nil {
		return err
	}
	if p.slot == nil {
		return nil
	}
	return p.slot.Clear()
}

// close lets go. Without a memory the temporary file is of no use to anybody.
func (p *partial) close() error {
	if p.slot == nil {
		if err := os.Remove(p.file.Name()); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return errors.Join(err, p.file.Close())
		}
	}
	return errors.Join(p.file.Close(), p.release())
}

func (p *partial) release() error {
	if p.slot == nil {
		return nil
	}
	return p.slot.Release()
}
