package faults

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"
	"sync"

	"example.com/presigned/client"
)

// sending is one upload as its user sees it.
type sending struct {
	name string
	sum  [sha256.Size]byte
	key  string // as reported; "" where the upload failed
	err  error
}

// unknowable reports that the user was told that the upload failed without an answer, or stopped it: then the object
// may be there. Whatever else is told, it must not be.
func (s sending) unknowable() bool {
	var broken *client.Broken
	var kept *client.Resumable
	return errors.As(s.err, &broken) || errors.As(s.err, &kept) || errors.Is(s.err, client.ErrUnsure) || errors.Is(s.err, context.Canceled)
}

// ledger is what the user was told of all uploads.
type ledger struct {
	mu  sync.Mutex
	all []sending
}

func (l *ledger) add(s sending) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.all = append(l.all, s)
}

// String lists the uploads, for whoever has to find out what went wrong.
func (l *ledger) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var b strings.Builder
	for _, s := range l.all {
		_, _ = fmt.Fprintf(&b, "told of %s: %q, %v\n", s.name, s.key, s.err)
	}
	return b.String()
}
