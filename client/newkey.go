package client

import (
	"context"
	"slices"
	"sync"
	"time"

	"example.com/presigned/client/internal/wire"
)

// The endpoint names new keys by the millisecond, so that two requests of one user in the same one get
// the same key, and whoever writes second is refused. One process need not fight with itself.
const (
	keySpacing = time.Millisecond // between two requests for a new key
	keyMemory  = 256              // keys remembered: far more than are given within one millisecond
	keyAttempt = 5                // requests until a key given twice is taken as it is, and S3 decides
)

// newKeys spaces the requests for new keys, and remembers the latest keys.
type newKeys struct {
	mu   sync.Mutex
	next time.Time
	keys []string
}

// askNewKey asks for a URL with a new key that no other upload of this process has been given.
func (c *Client) askNewKey(ctx context.Context, r wire.Request) (a wire.Answer, err error) {
	for range keyAttempt {
		if err := c.newKeys.wait(ctx); err != nil {
			return a, err
		}
		if a, err = c.upload.Ask(ctx, r); err != nil || c.newKeys.claim(a.Key) {
			return a, err
		}
	}
	return a, nil
}

// wait waits for this request's turn.
func (k *newKeys) wait(ctx context.Context) error {
	k.mu.Lock()
	turn := time.Now()
	if k.next.After(turn) {
		turn = k.next
	}
	k.next = turn.Add(keySpacing)
	k.mu.Unlock()

	ahead := time.Until(turn)
	if ahead <= 0 {
		return context.Cause(ctx)
	}
	timer := time.NewTimer(ahead)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// claim reports whether the key is given for the first time.
func (k *newKeys) claim(key string) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	if slices.Contains(k.keys, key) {
		return false
	}
	k.keys = append(k.keys, key)
	if len(k.keys) > keyMemory {
		k.keys = slices.Delete(k.keys, 0, keyMemory/2)
	}
	return true
}
