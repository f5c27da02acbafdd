package client

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
	"time"

	"example.com/presigned/client/state"
)

// Journal records which files of an upload of many files are stored, so that after an interruption the same upload sends
// only the missing ones. It survives a kill at any moment, but not a power cut.
type Journal struct {
	slot  *state.Slot
	clock func() time.Time

	mu      sync.Mutex
	entries map[string]journalEntry // by path
}

// journalEntry is one line of the journal. The last one of a path counts.
type journalEntry struct {
	Path    string    `json:"path"`
	ModTime time.Time `json:"modTime"`
	Time    time.Time `json:"time"`
	Result  Result    `json:"result"`
	Stored  bool      `json:"stored"` // false: its content was about to be sent
}

// journalLife is how long a journal is valid, because stored objects may be deleted later.
const journalLife = 24 * time.Hour

// OpenJournal opens the journal of that name, and locks it until Close.
func OpenJournal(ctx context.Context, store *state.Store, name string, clock func() time.Time) (*Journal, error) {
	slot, err := store.Wait(ctx, name, lockTimeout)
	if err != nil {
		return nil, err
	}
	j := &Journal{slot: slot, clock: clock, entries: map[string]journalEntry{}}
	err = slot.Lines(func(line []byte) {
		var e journalEntry
		if json.Unmarshal(line, &e) == nil && clock().Sub(e.Time) < journalLife {
			j.entries[e.Path] = e
		}
	})
	if err != nil {
		return nil, errors.Join(err, slot.Release())
	}
	return j, nil
}

// Stored counts the files that are stored.
func (j *Journal) Stored() (n int) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, e := range j.entries {
		if e.Stored {
			n++
		}
	}
	return n
}

// Clear empties the journal after a complete upload.
func (j *Journal) Clear() error { return j.slot.Clear() }

// Close closes the journal. The next journal of the same name continues it.
func (j *Journal) Close() error { return j.slot.Release() }

// record records a file that is about to be sent, or is stored. A nil journal records nothing.
func (j *Journal) record(f File, r Result, stored bool) error {
	if j == nil || f.path == "" {
		return nil
	}
	e := journalEntry{Path: f.path, ModTime: f.modTime, Time: j.clock(), Result: r, Stored: stored}
	j.mu.Lock()
	defer j.mu.Unlock()
	j.entries[e.Path] = e
	return j.slot.Append(e)
}

// find returns the entry of the unchanged file.
func (j *Journal) find(f File) (journalEntry, bool) {
	if j == nil || f.path == "" {
		return journalEntry{}, false
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	e, ok := j.entries[f.path]
	return e, ok && e.ModTime.Equal(f.modTime) && e.Result.Size == f.Size && e.Result.ContentType == f.contentType()
}

// storedBefore returns the journal's result of an earlier upload of the file. If the file was only about to be sent, it
// asks S3 for the object.
func (c *Client) storedBefore(ctx context.Context, f File) (r Result, ok bool, err error) {
	e, ok := f.Journal.find(f)
	if !ok {
		return r, false, nil
	}
	if !e.Stored {
		found, err := c.findObject(ctx, e.Result.Key, e.Result.Size, e.Result.ChecksumSHA256)
		if err != nil || found != sameContent {
			return r, false, err
		}
		if err := f.Journal.record(f, e.Result, true); err != nil {
			return r, false, err
		}
	}
	e.Result.Resumed = e.Result.Size
	f.held(f.Size)
	if f.Size > c.cfg.MultipartAbove && c.cfg.Uploads != nil { // a kill may have left the checkpoint
		err = c.cfg.Uploads.With(ctx, f.path, lockTimeout, (*state.Slot).Clear)
	}
	return e.Result, true, err
}
